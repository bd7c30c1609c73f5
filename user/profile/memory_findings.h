/* SPDX-License-Identifier: MIT */
/*
 * What page faults came from, by the names of those who touched, owned and gave back.
 *
 * The model knows them as calls and stacks; rows that people cannot tell apart, because the names
 * of these are the same, are one finding.
 */
#ifndef PROF_PROFILE_MEMORY_FINDINGS_H
#define PROF_PROFILE_MEMORY_FINDINGS_H

#include "profile/memory_report.h"

/* Into the report, whose model is complete, with the names of all calls. */
void findings_build(const struct recording *r, struct memory_report *report);

/* The row of lives that a finding is about, or NULL. */
const struct life_row *finding_lives(const struct memory_report *report,
				     const struct finding *finding);

#endif

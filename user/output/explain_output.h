/* SPDX-License-Identifier: MIT */
/*
 * What `prof explain` answers: all diagnoses and who made memory, or how a trial of a remedy ended.
 */
#ifndef PROF_OUTPUT_EXPLAIN_OUTPUT_H
#define PROF_OUTPUT_EXPLAIN_OUTPUT_H

#include "output/report_output.h"
#include "profile/memory_tables.h"
#include "profile/trial.h"

void explain_text(FILE *out, const struct report *report, const struct memory_tables *tables,
		  const struct report_style *style);
void explain_json(FILE *out, const struct report *report, const struct memory_tables *tables);

void trial_text(FILE *out, const struct trial *trial);
void trial_json(FILE *out, const struct trial *trial);

#endif

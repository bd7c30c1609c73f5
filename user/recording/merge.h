/* SPDX-License-Identifier: MIT */
/*
 * Several recordings as one.
 *
 * Tasks, stacks and modules of each stay its own, with numbers behind those of the ones before.
 * Times become those of the calendar, the only clock that recordings of different hosts share; so
 * merging is associative, and a merged recording can be merged again. Counters add up, but for the
 * exit status, which is that of the first command that failed.
 */
#ifndef PROF_RECORDING_MERGE_H
#define PROF_RECORDING_MERGE_H

#include "recording/reader.h"
#include "recording/writer.h"

/* Writes all of them into `w`, which the caller finishes. 0 or -errno, reported. */
int recordings_merge(struct recording *const *recordings, size_t nr, struct writer *w);

/* Whether the task is a command that was recorded, and not born of another task. */
bool recording_is_root(const struct recording *r, uint32_t task);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Where the level of a series changes, as of means or logs of medians over windows of time.
 *
 * The noise is measured from differences of neighbours, which a change of level hardly moves, and
 * each value is limited to a few deviations beyond its neighbours, so that one outlier is no level.
 * Between changes, values are taken to be independent. The best segmentation is found exactly.
 */
#ifndef PROF_STATS_CHANGES_H
#define PROF_STATS_CHANGES_H

#include <stddef.h>

#define CHANGES_VALUES 16384 /* at most: a third of a second when nothing changes */
#define CHANGES_LEAST  3     /* values between changes */

/*
 * Writes the index of the first value of each new level to `out` (room for nr) and their number to
 * *found. -EDOM when a value is no finite number, -E2BIG when there are too many.
 */
int changes_find(const double *values, size_t nr, size_t *out, size_t *found);

#endif

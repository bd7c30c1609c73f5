/* SPDX-License-Identifier: MIT */
/*
 * Cuts a sequence into the stretches whose costs, and a penalty for each, sum up to the least.
 *
 * This is exact, by dynamic programming over where the last stretch begins (Jackson and others,
 * IEEE Signal Processing Letters 12, 2005). Where cutting a stretch can only lower the sum of
 * costs, places that can no longer begin the last stretch are dropped (PELT: Killick, Fearnhead,
 * Eckley, J. Am. Stat. Assoc. 107, 2012), which leaves linear time where there are many cuts.
 */
#ifndef PROF_STATS_PARTITION_H
#define PROF_STATS_PARTITION_H

#include <stdbool.h>
#include <stddef.h>

struct partition {
	double (*cost)(const void *data, size_t from, size_t end);
	const void *data;
	double penalty;
	size_t least;      /* the length of the shortest stretch, at least 1 */
	bool is_cut_cheap; /* cutting never raises the sum of costs */
};

/* Writes where each stretch of 0 to `nr` ends to `ends` (room for nr), and returns their number. */
size_t partition_find(const struct partition *p, size_t nr, size_t *ends);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Count, least, greatest, sum, mean and variance of integers, exactly.
 *
 * The sums of values and of squares are integers of 128 and 192 bits, which 2^64 values cannot
 * overflow, so nothing is rounded before the last division: no order, number of threads or way of
 * cutting a column into pieces changes a digit, and merging is addition. That mean-of-squares minus
 * square-of-mean cancels is harmless here, as both are known to the last bit.
 */
#ifndef PROF_STATS_MOMENTS_H
#define PROF_STATS_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

struct moments {
	uint64_t count, min, max; /* min and max are 0 while the count is */
	unsigned __int128 sum, squares;
	uint64_t squares_high; /* in units of 2^128 */
};

/* A zeroed struct moments is that of nothing. */
void moments_add(struct moments *m, const uint64_t *values, size_t nr);
void moments_merge(struct moments *into, const struct moments *from);

double moments_mean(const struct moments *m);     /* 0 of nothing */
double moments_variance(const struct moments *m); /* of the sample, by count - 1; 0 below two */
double moments_deviation(const struct moments *m);

#endif

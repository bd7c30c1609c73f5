/* SPDX-License-Identifier: MIT */
/*
 * A log-linear histogram: of values, or the sum of the sparse ones of a recording's blocks.
 *
 * The bucket of a rank is exact, because counts add exactly, in any order; only the place within
 * the bucket is unknown. Its middle is off by at most 2^-(bits + 1) of the value: 0.1 % with 9
 * bits. Where that is not enough, selection.h and quantiles.h find the value itself.
 */
#ifndef PROF_STATS_HISTOGRAM_H
#define PROF_STATS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "stats/kernels.h"

struct histogram {
	uint32_t bits; /* as in loglinear.h */
	uint64_t total;
	uint32_t first, end; /* every bucket outside [first, end) is empty */
	uint64_t *counts;
};

void histogram_init(struct histogram *h, uint32_t bits);
void histogram_fini(struct histogram *h);
void histogram_clear(struct histogram *h);
void histogram_add(struct histogram *h, uint32_t index, uint64_t count);
void histogram_merge(struct histogram *into, const struct histogram *from); /* of equal bits */

/* The bucket holding the value of `rank` (1..total), and how many values lie in those below it. */
uint32_t histogram_find(const struct histogram *h, uint64_t rank, uint64_t *below);

/* The middle of a bucket: off by at most half its width. */
uint64_t histogram_middle(const struct histogram *h, uint32_t index);

/* Counts values at the rate of a kernel, before they go to a histogram of HISTOGRAM_BITS. */
struct bucket_counter {
	uint32_t *table; /* of COUNT_BUCKETS */
	uint64_t pending;
	uint64_t base; /* 0, or what values are counted from; to be set while nothing is pending */
	struct histogram *into;
};

void bucket_counter_init(struct bucket_counter *c, struct histogram *into);
void bucket_counter_fini(struct bucket_counter *c);
void bucket_counter_add(struct bucket_counter *c, const uint64_t *values, size_t nr);
void bucket_counter_settle(struct bucket_counter *c); /* brings the histogram up to date */

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A log-linear histogram that sums the sparse ones of a recording's blocks.
 *
 * The bucket of a rank is exact, because counts add exactly; only the place within the bucket is
 * unknown. That is what quantiles.h searches for, in the few rows that fall into it.
 */
#ifndef PROF_STATS_HISTOGRAM_H
#define PROF_STATS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

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

/* The bucket holding the value of `rank` (1..total), and how many values lie in those below it. */
uint32_t histogram_find(const struct histogram *h, uint64_t rank, uint64_t *below);

#endif

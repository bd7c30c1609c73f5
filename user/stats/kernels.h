/* SPDX-License-Identifier: MIT */
/*
 * The inner loops of the statistics, once for each instruction set, and the choice among them.
 *
 * All instruction sets give the same bits: integers are added exactly, and where there are floats,
 * lanes are points and the order of operations is fixed. The scalar set is the specification, the
 * oracle of tests, and what runs where there is nothing better. Kernels neither allocate nor check:
 * their callers in this room do, and nobody else calls them.
 */
#ifndef PROF_STATS_KERNELS_H
#define PROF_STATS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loglinear.h"

#define HISTOGRAM_BITS 9 /* of loglinear.h, in everything that is analysed */
#define COUNT_BUCKETS  LOGLINEAR_BUCKETS(HISTOGRAM_BITS)
#define SPANS_MAX      8
#define FILTER_SLACK   8    /* values */
#define SUMS_VALUES    4096 /* at most */
#define SUMS_SPLIT     26   /* bits */
#define KMEANS_BLOCK   32   /* points */
#define KMEANS_GROUP   4    /* centroids */

/* The interval [low, last]: one that ends with the largest number is none too many. */
struct span {
	uint64_t low, last;
};

struct sums {
	uint64_t all; /* every bit that is set in some value */
	uint64_t min, max, sum;
	uint64_t low, cross, high; /* sums of products, see kernels/sums.c */
};

/*
 * Centroids in groups of KMEANS_GROUP, [group][feature][centroid]. What fills the last group has an
 * infinite half norm, so that it is nobody's nearest.
 */
struct centroids {
	unsigned int features, nr_groups;
	const float *groups, *half_norms; /* half of the squared norm of each centroid */
};

/* Adds what the values are more than `base`, modulo 2^64, to a histogram of 32-bit counters, which
 * must not overflow. */
typedef void count_kernel(const uint64_t *values, size_t nr, uint64_t base,
			  uint32_t table[COUNT_BUCKETS]);

/*
 * Copies the values that lie in any of `nr` (at most SPANS_MAX) spans, in their order, to `out`,
 * and returns their number. `out` has room for all and FILTER_SLACK more; it may be `values`
 * itself.
 */
typedef size_t filter_kernel(const uint64_t *values, size_t nr_values, const struct span *spans,
			     unsigned int nr, uint64_t *out);

/* Adds to each counts[i] how many values are less than limits[i]. */
typedef void below_kernel(const uint64_t *values, size_t nr_values, const uint64_t *limits,
			  unsigned int nr, uint64_t *counts);

/* Sums at most SUMS_VALUES values. False, with nothing but `all` right, when one is 2^52 or more.
 */
typedef bool sums_kernel(const uint64_t *values, size_t nr, struct sums *out);

/*
 * The number of the nearest centroid of each point; of equally near ones the least. Points lie in
 * blocks, [block][feature][KMEANS_BLOCK], all of them whole.
 */
typedef void assign_kernel(const float *blocks, size_t nr_blocks, const struct centroids *centroids,
			   uint32_t *labels);

struct kernels {
	const char *name;
	count_kernel *count;
	filter_kernel *filter;
	below_kernel *below;
	sums_kernel *sums;
	assign_kernel *assign;
};

/* The kernels that this program uses: the best, or those that PROF_SIMD names. */
const struct kernels *kernels(void);

/* From now on those; NULL goes back to the choice. Not while others compute. */
void kernels_use(const struct kernels *k);

/* All that this processor can run, scalar first, best last; NULL past the end. */
const struct kernels *kernels_at(unsigned int i);

/* What kernels() would choose for a value of PROF_SIMD; NULL when it cannot. */
const struct kernels *kernels_named(const char *name);

#endif

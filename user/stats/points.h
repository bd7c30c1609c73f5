/* SPDX-License-Identifier: MIT */
/*
 * Points to be clustered, in the layout of the kernel and on a grid.
 *
 * Every feature is a multiple of 2^-16 between -128 and 128, so that a float holds it exactly and a
 * double any sum of up to 2^30 of them. Sums then do not depend on the order of additions, and
 * neither does anything made from them. Whoever scales features first (robust.h) loses nothing by
 * that.
 */
#ifndef PROF_STATS_POINTS_H
#define PROF_STATS_POINTS_H

#include <stddef.h>

#include "stats/kernels.h"

#define POINTS_GRID     0x1p-16f
#define POINTS_LIMIT    128.0f
#define POINTS_MAX      (1UL << 30)
#define POINTS_FEATURES 64

struct points {
	size_t nr, nr_blocks;
	unsigned int features;
	float *blocks; /* [block][feature][KMEANS_BLOCK], filled up with zeros */
};

/*
 * Takes `nr` rows of `features` numbers. What is beyond the limits becomes the limit; -EDOM when
 * one is no number, -EINVAL when there are no features or too many, or too many points.
 */
int points_init(struct points *p, const float *rows, size_t nr, unsigned int features);
void points_fini(struct points *p);

/* About `most` of the points, spread over all of them at random; all when there are no more. */
void points_sample(const struct points *p, size_t most, uint64_t key, struct points *out);

/* Where feature 0 of a point is; the next one is KMEANS_BLOCK further. */
static inline float *points_at(const struct points *p, size_t i)
{
	return p->blocks + i / KMEANS_BLOCK * KMEANS_BLOCK * p->features + i % KMEANS_BLOCK;
}

/* The squared distances of a block's points from a place, features added in their order. */
void points_distances(const struct points *p, size_t block, const float *from,
		      double out[KMEANS_BLOCK]);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * k-means clustering: k-means++ (Arthur and Vassilvitskii, SODA 2007) with greedy trials, then
 * Lloyd's iterations (IEEE Trans. Inf. Theory 28, 1982).
 *
 * The same points give the same bits on any instruction set and with any number of threads, because
 * sums are exact (points.h) and random numbers belong to places (random.h). Only points that change
 * their cluster touch the sums, which makes late iterations cheap and, sums being exact, never
 * drifts.
 */
#ifndef PROF_STATS_KMEANS_H
#define PROF_STATS_KMEANS_H

#include "stats/points.h"

#define KMEANS_CLUSTERS 64

struct kmeans_options {
	unsigned int restarts;       /* of seeding, the best wins; 0 means 8 */
	unsigned int max_iterations; /* 0 means 100 */
	unsigned int threads;        /* 0 means 1 */
	uint64_t key;                /* of all random numbers */
};

struct kmeans {
	unsigned int k, features, iterations;
	bool has_converged;
	float *centroids;                /* [k][features] */
	uint32_t *labels;                /* of each point, below k */
	uint64_t sizes[KMEANS_CLUSTERS]; /* none is empty */
	double inertia;                  /* the sum of squared distances from the own centroid */
};

/*
 * Finds `k` clusters, or as many as there are distinct points if that is fewer (of no points,
 * none). -EINVAL when k is 0 or more than KMEANS_CLUSTERS.
 */
int kmeans_find(const struct points *p, unsigned int k, const struct kmeans_options *options,
		struct kmeans *out);

/* Iterates from given centroids, [k][features], on the grid of points.h or not. */
int kmeans_from(const struct points *p, const float *centroids, unsigned int k,
		const struct kmeans_options *options, struct kmeans *out);
void kmeans_fini(struct kmeans *km);

/* Chooses at most `k` of the points as centroids, and returns how many; fewer if no others differ.
 */
unsigned int kmeans_seed(const struct points *p, unsigned int k, uint64_t key, float *centroids);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Into how many clusters points fall, if into any.
 *
 * The gap statistic (Tibshirani, Walther, Hastie, J. R. Statist. Soc. B 63, 2001) compares what
 * clusters explain with what they explain of uniform points in a box around the same main axes. One
 * cluster is a possible answer, and means that there are none. The silhouette, in its form by
 * distances from centroids, says how well they stand apart: from -1 to 1.
 */
#ifndef PROF_STATS_CLUSTERS_H
#define PROF_STATS_CLUSTERS_H

#include "stats/kmeans.h"

#define CLUSTERS_MAX 8

struct clusters {
	unsigned int k;    /* 1: there are none; 0 of no points */
	double silhouette; /* 0 for one cluster */
	double gaps[CLUSTERS_MAX + 1], errors[CLUSTERS_MAX + 1]; /* of each k from 1 */
	struct kmeans kmeans;                                    /* of all points, with k */
};

void clusters_find(const struct points *p, const struct kmeans_options *options,
		   struct clusters *out);
void clusters_fini(struct clusters *c);

double clusters_silhouette(const struct points *p, const struct kmeans *km);

#endif

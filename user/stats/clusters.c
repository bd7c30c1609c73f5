// SPDX-License-Identifier: MIT
#include "stats/clusters.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "stats/axes.h"
#include "stats/random.h"

#define SAMPLE     2000
#define REFERENCES 10
#define RESTARTS   4
#define ITERATIONS 50
#define ERRORS     3
#define LEAST_GAIN 0.15 /* of a gap: what is less shows nobody anything */

static double log_inertia(const struct points *p, unsigned int k, uint64_t key)
{
	const struct kmeans_options options = {
		.restarts = RESTARTS,
		.max_iterations = ITERATIONS,
		.key = key,
	};
	struct kmeans km;
	double inertia;

	kmeans_find(p, k, &options, &km);
	inertia = km.inertia;
	kmeans_fini(&km);
	/* of nothing left to explain, as little as the grid can show */
	return log(fmax(inertia, (double)p->nr * p->features * 0x1p-34));
}

/* As many uniform points in the box along the axes. */
static void make_reference(const struct axes *axes, size_t nr, uint64_t key, struct points *out)
{
	const unsigned int features = axes->features;
	float *rows = xcalloc(nr * features + 1, sizeof *rows);

	for (size_t i = 0; i < nr; i++) {
		double row[POINTS_FEATURES];

		for (unsigned int f = 0; f < features; f++)
			row[f] = axes->mean[f];
		for (unsigned int a = 0; a < features; a++) {
			const double place = axes->low[a] + random_unit(key, i * features + a) *
								    (axes->high[a] - axes->low[a]);

			for (unsigned int f = 0; f < features; f++)
				row[f] += place * axes->axis[a][f];
		}
		for (unsigned int f = 0; f < features; f++)
			rows[i * features + f] = (float)row[f];
	}
	points_init(out, rows, nr, features);
	free(rows);
}

static void find_gaps(const struct points *p, uint64_t key, struct clusters *out)
{
	double sums[CLUSTERS_MAX + 1] = {0}, squares[CLUSTERS_MAX + 1] = {0};
	struct axes *axes = xnew(struct axes);

	axes_find(p, axes);
	for (unsigned int r = 0; r < REFERENCES; r++) {
		struct points reference;

		make_reference(axes, p->nr, random_at(key, r), &reference);
		for (unsigned int k = 1; k <= CLUSTERS_MAX; k++) {
			const double log_of = log_inertia(&reference, k, key);

			sums[k] += log_of;
			squares[k] += log_of * log_of;
		}
		points_fini(&reference);
	}
	for (unsigned int k = 1; k <= CLUSTERS_MAX; k++) {
		const double mean = sums[k] / REFERENCES;
		const double variance = fmax(0, squares[k] / REFERENCES - mean * mean);

		out->gaps[k] = mean - log_inertia(p, k, key);
		out->errors[k] = sqrt(variance * (1 + 1.0 / REFERENCES));
	}
	free(axes);
}

/*
 * The least k that no greater one betters by much and by more than a few errors. Asking the next
 * one only would stop where two of three clusters are no better than one.
 */
static unsigned int choose(const struct clusters *c, size_t nr)
{
	const unsigned int most = nr < CLUSTERS_MAX ? (unsigned int)nr : CLUSTERS_MAX;
	unsigned int k = most;

	for (unsigned int lower = most; lower >= 1; lower--) {
		bool is_as_good = true;

		for (unsigned int j = lower + 1; j <= most; j++)
			is_as_good &= c->gaps[lower] >=
				      c->gaps[j] - fmax(LEAST_GAIN, ERRORS * c->errors[j]);
		k = is_as_good ? lower : k;
	}
	return k;
}

double clusters_silhouette(const struct points *p, const struct kmeans *km)
{
	double sum = 0;

	if (km->k < 2)
		return 0;
	for (size_t i = 0; i < p->nr; i++) {
		double own = 0, other = INFINITY;

		for (unsigned int c = 0; c < km->k; c++) {
			double distance = 0;

			for (unsigned int f = 0; f < p->features; f++) {
				const double gap = (double)points_at(p, i)[f * KMEANS_BLOCK] -
						   (double)km->centroids[c * p->features + f];

				distance += gap * gap;
			}
			if (c == km->labels[i])
				own = sqrt(distance);
			else
				other = fmin(other, sqrt(distance));
		}
		if (fmax(own, other) > 0)
			sum += (other - own) / fmax(own, other);
	}
	return sum / (double)p->nr;
}

void clusters_find(const struct points *p, const struct kmeans_options *options,
		   struct clusters *out)
{
	struct points sample;

	*out = (struct clusters){0};
	if (!p->nr)
		return;
	points_sample(p, SAMPLE, options->key, &sample);
	find_gaps(&sample, options->key, out);
	out->k = choose(out, sample.nr);
	points_fini(&sample);
	kmeans_find(p, out->k, options, &out->kmeans);
	out->k = out->kmeans.k;
	out->silhouette = clusters_silhouette(p, &out->kmeans);
}

void clusters_fini(struct clusters *c)
{
	kmeans_fini(&c->kmeans);
	*c = (struct clusters){0};
}

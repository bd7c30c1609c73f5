// SPDX-License-Identifier: MIT
/*
 * k-means++: each further centroid is a point drawn with the probability of its squared distance
 * from the nearest so far; of a few drawn, the one that lowers the sum most is taken.
 */
#include "stats/kmeans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stats/random.h"

struct seeding {
	const struct points *points;
	uint64_t key, drawn;
	double *nearest, *tried, *best; /* squared distances from the nearest centroid */
};

static void place_of(const struct points *p, size_t i, float *out)
{
	const float *at = points_at(p, i);

	for (unsigned int f = 0; f < p->features; f++)
		out[f] = at[f * KMEANS_BLOCK];
}

/* The sum of distances if `centroid` were added; the distances themselves go to `out`. */
static double add_centroid(const struct points *p, const float *centroid, const double *nearest,
			   double *out)
{
	double sum = 0, distances[KMEANS_BLOCK];

	for (size_t i = 0; i < p->nr; i++) {
		if (i % KMEANS_BLOCK == 0)
			points_distances(p, i / KMEANS_BLOCK, centroid, distances);
		out[i] = fmin(nearest[i], distances[i % KMEANS_BLOCK]);
		sum += out[i];
	}
	return sum;
}

static size_t draw(struct seeding *s, double sum)
{
	double left = random_unit(s->key, s->drawn++) * sum;
	size_t last = 0;

	for (size_t i = 0; i < s->points->nr; i++) {
		if (s->nearest[i] <= 0)
			continue;
		last = i;
		left -= s->nearest[i];
		if (left < 0)
			break;
	}
	return last;
}

static void swap(double **a, double **b)
{
	double *was = *a;

	*a = *b;
	*b = was;
}

/* The best of a few draws; returns the sum of distances that it leaves. */
static double choose(struct seeding *s, double sum, unsigned int trials, float *centroid)
{
	const struct points *p = s->points;
	double least = INFINITY;

	for (unsigned int t = 0; t < trials; t++) {
		float place[POINTS_FEATURES];
		double left;

		place_of(p, draw(s, sum), place);
		left = add_centroid(p, place, s->nearest, s->tried);
		if (left < least) {
			least = left;
			memcpy(centroid, place, p->features * sizeof *centroid);
			swap(&s->tried, &s->best);
		}
	}
	swap(&s->nearest, &s->best);
	return least;
}

unsigned int kmeans_seed(const struct points *p, unsigned int k, uint64_t key, float *centroids)
{
	const unsigned int trials = 2 + (unsigned int)log(k);
	struct seeding s = {
		.points = p,
		.key = key,
		.nearest = xcalloc(p->nr + 1, sizeof *s.nearest),
		.tried = xcalloc(p->nr + 1, sizeof *s.tried),
		.best = xcalloc(p->nr + 1, sizeof *s.best),
	};
	unsigned int found = 0;
	double sum = 1;

	for (size_t i = 0; i < p->nr; i++)
		s.nearest[i] = INFINITY;
	for (; found < k && p->nr && sum > 0; found++) {
		float *centroid = centroids + (size_t)found * p->features;

		if (!found) {
			place_of(p, random_below(key, s.drawn++, p->nr), centroid);
			sum = add_centroid(p, centroid, s.nearest, s.tried);
			swap(&s.nearest, &s.tried);
		} else {
			sum = choose(&s, sum, trials, centroid);
		}
	}
	free(s.nearest);
	free(s.tried);
	free(s.best);
	return found;
}

// SPDX-License-Identifier: MIT
#include "stats/points.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stats/random.h"

static float on_grid(float x)
{
	const float limited = x > POINTS_LIMIT    ? POINTS_LIMIT
			      : x < -POINTS_LIMIT ? -POINTS_LIMIT
						  : x;

	return rintf(limited / POINTS_GRID) * POINTS_GRID;
}

static void reserve(struct points *p, size_t nr, unsigned int features)
{
	const size_t nr_blocks = (nr + KMEANS_BLOCK - 1) / KMEANS_BLOCK;

	*p = (struct points){
		.nr = nr,
		.nr_blocks = nr_blocks,
		.features = features,
		.blocks = xcalloc(nr_blocks * KMEANS_BLOCK * features + 1, sizeof *p->blocks),
	};
}

int points_init(struct points *p, const float *rows, size_t nr, unsigned int features)
{
	*p = (struct points){0};
	if (!features || features > POINTS_FEATURES || nr > POINTS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < nr * features; i++) {
		if (!isfinite(rows[i]))
			return -EDOM;
	}
	reserve(p, nr, features);
	for (size_t i = 0; i < nr; i++) {
		float *at = points_at(p, i);

		for (unsigned int f = 0; f < features; f++)
			at[f * KMEANS_BLOCK] = on_grid(rows[i * features + f]);
	}
	return 0;
}

void points_fini(struct points *p)
{
	free(p->blocks);
	*p = (struct points){0};
}

void points_sample(const struct points *p, size_t most, uint64_t key, struct points *out)
{
	const size_t stretch = (p->nr + most - 1) / most;

	reserve(out, stretch ? (p->nr + stretch - 1) / stretch : 0, p->features);
	for (size_t i = 0; i < out->nr; i++) {
		const size_t first = i * stretch;
		const size_t width = p->nr - first < stretch ? p->nr - first : stretch;
		const float *from = points_at(p, first + random_below(key, i, width));
		float *to = points_at(out, i);

		for (unsigned int f = 0; f < p->features; f++)
			to[f * KMEANS_BLOCK] = from[f * KMEANS_BLOCK];
	}
}

void points_distances(const struct points *p, size_t block, const float *from,
		      double out[KMEANS_BLOCK])
{
	const float *x = p->blocks + block * KMEANS_BLOCK * p->features;

	memset(out, 0, KMEANS_BLOCK * sizeof *out);
	for (unsigned int f = 0; f < p->features; f++) {
		for (unsigned int i = 0; i < KMEANS_BLOCK; i++) {
			const double gap = (double)x[f * KMEANS_BLOCK + i] - (double)from[f];

			out[i] += gap * gap;
		}
	}
}

// SPDX-License-Identifier: MIT
#include "stats/kmeans.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stats/random.h"

#define NONE        UINT32_MAX
#define TILE_BLOCKS 8
#define TILE_FEATURES                                                                              \
	128 /* of the blocks that are assigned and summed while they are in the cache */
#define SEED_POINTS  (1U << 14)
#define THREADS_MAX  64
#define THREAD_POINT 16384 /* the least that is worth a thread */

/* What one thread knows of its share of the blocks. */
struct share {
	const struct points *points;
	const struct centroids *centroids;
	uint32_t *labels;
	size_t from, to; /* blocks */
	double *sums;    /* [k][features]: differences from the last iteration, exact */
	int64_t *counts; /* [k], differences too */
	uint64_t changed;
};

struct lloyd {
	const struct points *points;
	struct kmeans *km;
	struct centroids centroids;
	float *groups, *half_norms;
	double *sums; /* [k][features], exact */
	unsigned int nr_shares;
	struct share shares[THREADS_MAX];
};

/* Takes a point out of the cluster `before`, unless that is NONE, and puts it into `now`. */
static void move_point(struct share *s, size_t i, uint32_t before, uint32_t now)
{
	const unsigned int features = s->points->features;
	const float *x = points_at(s->points, i);
	double *to = s->sums + (size_t)now * features;

	if (before != NONE) {
		double *from = s->sums + (size_t)before * features;

		s->counts[before]--;
		for (unsigned int f = 0; f < features; f++) {
			const double at = (double)x[f * KMEANS_BLOCK];

			from[f] -= at;
			to[f] += at;
		}
	} else {
		for (unsigned int f = 0; f < features; f++)
			to[f] += (double)x[f * KMEANS_BLOCK];
	}
	s->counts[now]++;
	s->labels[i] = now;
	s->changed++;
}

static void note_changes(struct share *s, size_t first, size_t end, const uint32_t *labels)
{
	for (size_t i = first; i < end; i++) {
		if (s->labels[i] != labels[i - first])
			move_point(s, i, s->labels[i], labels[i - first]);
	}
}

static void *assign_share(void *share)
{
	struct share *s = share;
	uint32_t labels[TILE_BLOCKS * KMEANS_BLOCK];
	const size_t fit = TILE_FEATURES / s->points->features;
	const size_t tile = fit < 1 ? 1 : fit < TILE_BLOCKS ? fit : TILE_BLOCKS;

	for (size_t block = s->from; block < s->to; block += tile) {
		const size_t nr = s->to - block < tile ? s->to - block : tile;
		const size_t first = block * KMEANS_BLOCK;
		const size_t end = first + nr * KMEANS_BLOCK;

		kernels()->assign(points_at(s->points, first), nr, s->centroids, labels);
		note_changes(s, first, end < s->points->nr ? end : s->points->nr, labels);
	}
	return NULL;
}

static void set_centroids(struct lloyd *l)
{
	const struct kmeans *km = l->km;

	for (unsigned int c = 0; c < l->centroids.nr_groups * KMEANS_GROUP; c++) {
		float *group = l->groups + (size_t)(c / KMEANS_GROUP) * KMEANS_GROUP * km->features;
		double norm = 0;

		for (unsigned int f = 0; f < km->features; f++) {
			const float x = c < km->k ? km->centroids[(size_t)c * km->features + f] : 0;

			group[f * KMEANS_GROUP + c % KMEANS_GROUP] = x;
			norm += (double)x * (double)x;
		}
		l->half_norms[c] = c < km->k ? (float)(norm / 2) : INFINITY;
	}
}

/* Threads that cannot be had are done without. */
static void run_shares(struct lloyd *l)
{
	pthread_t threads[THREADS_MAX];
	bool has_started[THREADS_MAX] = {false};

	for (unsigned int t = 1; t < l->nr_shares; t++)
		has_started[t] = !pthread_create(&threads[t], NULL, assign_share, &l->shares[t]);
	for (unsigned int t = 0; t < l->nr_shares; t++) {
		if (!has_started[t])
			assign_share(&l->shares[t]);
	}
	for (unsigned int t = 1; t < l->nr_shares; t++) {
		if (has_started[t])
			pthread_join(threads[t], NULL);
	}
}

/* Returns how many points have changed their cluster. */
static uint64_t collect_shares(struct lloyd *l)
{
	const unsigned int k = l->km->k, features = l->km->features;
	uint64_t changed = 0;

	for (unsigned int t = 0; t < l->nr_shares; t++) {
		struct share *s = &l->shares[t];

		for (size_t i = 0; i < (size_t)k * features; i++)
			l->sums[i] += s->sums[i];
		for (unsigned int c = 0; c < k; c++)
			l->km->sizes[c] += (uint64_t)s->counts[c];
		changed += s->changed;
		memset(s->sums, 0, (size_t)k * features * sizeof *s->sums);
		memset(s->counts, 0, k * sizeof *s->counts);
		s->changed = 0;
	}
	return changed;
}

/* The first of the points that are farthest from their centroids, none of them alone there. */
static size_t farthest_point(const struct lloyd *l)
{
	const struct kmeans *km = l->km;
	double most = -1;
	size_t found = 0;

	for (size_t i = 0; i < l->points->nr; i++) {
		const float *centroid = km->centroids + (size_t)km->labels[i] * km->features;
		const float *x = points_at(l->points, i);
		double distance = 0;

		for (unsigned int f = 0; f < km->features; f++) {
			const double gap = (double)x[f * KMEANS_BLOCK] - (double)centroid[f];

			distance += gap * gap;
		}
		if (distance > most && km->sizes[km->labels[i]] > 1) {
			most = distance;
			found = i;
		}
	}
	return found;
}

static void move_centroids(struct lloyd *l)
{
	struct kmeans *km = l->km;

	for (unsigned int c = 0; c < km->k; c++) {
		for (unsigned int f = 0; km->sizes[c] && f < km->features; f++) {
			const size_t i = (size_t)c * km->features + f;

			km->centroids[i] = (float)(l->sums[i] / (double)km->sizes[c]);
		}
	}
}

/* Gives every empty cluster a point of its own; true if there were any. */
static bool fill_empty(struct lloyd *l)
{
	struct kmeans *km = l->km;
	bool any = false;

	for (unsigned int c = 0; c < km->k; c++) {
		size_t i;

		if (km->sizes[c])
			continue;
		i = farthest_point(l);
		move_point(&l->shares[0], i, km->labels[i], c);
		collect_shares(l);
		move_centroids(l);
		any = true;
	}
	return any;
}

static void iterate(struct lloyd *l, unsigned int max_iterations)
{
	struct kmeans *km = l->km;

	while (km->iterations < max_iterations && !km->has_converged) {
		uint64_t changed;

		set_centroids(l);
		run_shares(l);
		changed = collect_shares(l);
		move_centroids(l);
		km->has_converged = !fill_empty(l) && !changed;
		km->iterations++;
	}
}

/* Point by point within a block, so that additions do not wait for each other. */
static double inertia_of(const struct points *p, const struct kmeans *km)
{
	double sum = 0;

	for (size_t first = 0; first < p->nr; first += KMEANS_BLOCK) {
		const size_t nr = p->nr - first < KMEANS_BLOCK ? p->nr - first : KMEANS_BLOCK;
		const float *x = points_at(p, first);
		double distances[KMEANS_BLOCK] = {0};

		for (unsigned int f = 0; f < km->features; f++) {
			for (size_t i = 0; i < nr; i++) {
				const size_t own = (size_t)km->labels[first + i] * km->features + f;
				const double gap = (double)x[f * KMEANS_BLOCK + i] -
						   (double)km->centroids[own];

				distances[i] += gap * gap;
			}
		}
		for (size_t i = 0; i < nr; i++)
			sum += distances[i];
	}
	return sum;
}

static unsigned int nr_threads(const struct points *p, const struct kmeans_options *options)
{
	size_t most = p->nr / THREAD_POINT + 1;

	most = most < THREADS_MAX ? most : THREADS_MAX;
	return options->threads > most ? (unsigned int)most
	       : options->threads      ? options->threads
				       : 1;
}

static void lloyd_init(struct lloyd *l, const struct points *p, struct kmeans *km,
		       unsigned int nr_shares)
{
	const size_t cells = (size_t)km->k * km->features;
	const unsigned int nr_groups = (km->k + KMEANS_GROUP - 1) / KMEANS_GROUP;

	*l = (struct lloyd){.points = p, .km = km, .nr_shares = nr_shares};
	l->groups = xcalloc((size_t)nr_groups * KMEANS_GROUP * km->features, sizeof *l->groups);
	l->half_norms = xcalloc((size_t)nr_groups * KMEANS_GROUP, sizeof *l->half_norms);
	l->sums = xcalloc(cells, sizeof *l->sums);
	l->centroids = (struct centroids){km->features, nr_groups, l->groups, l->half_norms};
	for (unsigned int t = 0; t < nr_shares; t++) {
		l->shares[t] = (struct share){
			.points = p,
			.centroids = &l->centroids,
			.labels = km->labels,
			.from = p->nr_blocks * t / nr_shares,
			.to = p->nr_blocks * (t + 1) / nr_shares,
			.sums = xcalloc(cells, sizeof(double)),
			.counts = xcalloc(km->k, sizeof(int64_t)),
		};
	}
}

static void lloyd_fini(struct lloyd *l)
{
	for (unsigned int t = 0; t < l->nr_shares; t++) {
		free(l->shares[t].sums);
		free(l->shares[t].counts);
	}
	free(l->groups);
	free(l->half_norms);
	free(l->sums);
}

int kmeans_from(const struct points *p, const float *centroids, unsigned int k,
		const struct kmeans_options *options, struct kmeans *out)
{
	const size_t cells = (size_t)k * p->features;
	struct lloyd lloyd;

	*out = (struct kmeans){.features = p->features};
	if (!k || k > KMEANS_CLUSTERS)
		return -EINVAL;
	out->k = k < p->nr ? k : (unsigned int)p->nr;
	out->centroids = xcalloc(cells + 1, sizeof *out->centroids);
	out->labels = xcalloc(p->nr_blocks * KMEANS_BLOCK + 1, sizeof *out->labels);
	if (!out->k)
		return 0;
	memcpy(out->centroids, centroids, (size_t)out->k * p->features * sizeof *centroids);
	memset(out->labels, 255, p->nr * sizeof *out->labels);
	lloyd_init(&lloyd, p, out, nr_threads(p, options));
	iterate(&lloyd, options->max_iterations ? options->max_iterations : 100);
	lloyd_fini(&lloyd);
	out->inertia = inertia_of(p, out);
	return 0;
}

void kmeans_fini(struct kmeans *km)
{
	free(km->centroids);
	free(km->labels);
	*km = (struct kmeans){0};
}

/* The centroids of the best of several seedings, all of them iterated on a sample. */
static unsigned int best_start(const struct points *p, unsigned int k,
			       const struct kmeans_options *options, float *centroids)
{
	float *seeds = xcalloc((size_t)k * p->features, sizeof *seeds);
	struct points sample;
	double least = INFINITY;
	unsigned int found = 0;

	points_sample(p, SEED_POINTS, options->key, &sample);
	for (unsigned int r = 0; r < (options->restarts ? options->restarts : 8); r++) {
		const unsigned int nr =
			kmeans_seed(&sample, k, random_at(options->key, r + 1), seeds);
		struct kmeans km;

		if (!nr)
			break;
		kmeans_from(&sample, seeds, nr, options, &km);
		if (km.inertia < least) {
			least = km.inertia;
			found = nr;
			memcpy(centroids, km.centroids,
			       (size_t)nr * p->features * sizeof *centroids);
		}
		kmeans_fini(&km);
	}
	points_fini(&sample);
	free(seeds);
	return found;
}

int kmeans_find(const struct points *p, unsigned int k, const struct kmeans_options *options,
		struct kmeans *out)
{
	scoped_free float *centroids = NULL;
	unsigned int found;

	*out = (struct kmeans){0};
	if (!k || k > KMEANS_CLUSTERS)
		return -EINVAL;
	centroids = xcalloc((size_t)k * p->features + 1, sizeof *centroids);
	found = best_start(p, k, options, centroids);
	return kmeans_from(p, centroids, found ? found : 1, options, out);
}

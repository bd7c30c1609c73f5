// SPDX-License-Identifier: MIT
#include "analysis/kinds.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "profile/call_summaries.h"
#include "stats/clusters.h"

#define CLUSTER_KEY      0x6b696e64 /* of random numbers: the same for everyone */
#define LEAST_SILHOUETTE 0.7

static double time_of(const struct kind_member *m)
{
	return (double)m->calls * (double)m->mean_ns;
}

static int compare_members(const void *a, const void *b)
{
	const struct kind_member *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (time_of(x) != time_of(y))
		return time_of(x) < time_of(y) ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

/* Kinds get new numbers, those with the most time first. */
static void number_kinds(struct kind_member *members, size_t nr, unsigned int k)
{
	unsigned int numbers[CLUSTERS_MAX] = {0};
	double times[CLUSTERS_MAX] = {0};

	for (size_t i = 0; i < nr; i++)
		times[members[i].kind] += time_of(&members[i]);
	for (unsigned int a = 0; a < k; a++) {
		for (unsigned int b = 0; b < k; b++)
			numbers[a] += times[b] > times[a] || (times[b] == times[a] && b < a);
	}
	for (size_t i = 0; i < nr; i++)
		members[i].kind = numbers[members[i].kind];
}

unsigned int kinds_find(struct kind_member *members, size_t nr, double *out_silhouette)
{
	const struct kmeans_options options = {.key = CLUSTER_KEY};
	scoped_free float *rows = xcalloc(2 * nr + 1, sizeof *rows);
	struct clusters clusters;
	struct points points;
	unsigned int k = 1;

	*out_silhouette = 0;
	for (size_t i = 0; i < nr; i++) {
		members[i].kind = 0;
		rows[2 * i] = (float)log2((double)members[i].calls + 1);
		rows[2 * i + 1] = (float)log2((double)members[i].mean_ns + 1);
	}
	if (nr >= KINDS_LEAST_NAMES && !points_init(&points, rows, nr, 2)) {
		clusters_find(&points, &options, &clusters);
		if (clusters.k > 1 && clusters.silhouette >= LEAST_SILHOUETTE) {
			k = clusters.k;
			*out_silhouette = clusters.silhouette;
			for (size_t i = 0; i < nr; i++)
				members[i].kind = clusters.kmeans.labels[i];
			number_kinds(members, nr, k);
		}
		clusters_fini(&clusters);
		points_fini(&points);
	}
	if (nr)
		qsort(members, nr, sizeof *members, compare_members);
	return k;
}

void kinds_build(const struct recording *r, struct kinds *out)
{
	VEC(struct kind_member) members = {0};
	struct call_summaries summaries;
	struct call_summary of;

	*out = (struct kinds){0};
	call_summaries_init(&summaries, r);
	while (call_summaries_next(&summaries, &of)) {
		uint64_t timed = 0, total_ns = 0;

		for (size_t i = 0; i < of.nr; i++) {
			timed += of.items[i]->timed;
			total_ns += of.items[i]->duration_ns;
		}
		if (timed >= KINDS_LEAST_CALLS)
			*vec_push(&members) = (struct kind_member){
				.key = of.key,
				.calls = timed,
				.mean_ns = total_ns / timed,
			};
	}
	call_summaries_fini(&summaries);
	out->members = members.items;
	out->nr_members = members.size;
	out->nr = kinds_find(members.items, members.size, &out->silhouette);
}

void kinds_fini(struct kinds *kinds)
{
	free(kinds->members);
	*kinds = (struct kinds){0};
}

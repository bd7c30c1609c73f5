// SPDX-License-Identifier: MIT
/* Clusters: the planted ones, and the same bits however they are computed. */
#include "stats/kmeans.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "stats/random.h"

static const struct kmeans_options usual = {.key = 1};

/* Rows around `k` corners, 8 apart; the corner of row i is i % k. */
static float *planted(size_t nr, unsigned int features, unsigned int k, float spread)
{
	float *rows = xcalloc(nr * features + 1, sizeof *rows);

	for (size_t i = 0; i < nr * features; i++) {
		const size_t row = i / features, f = i % features;
		const double noise = random_unit(11, 2 * i) + random_unit(11, 2 * i + 1) - 1;

		rows[i] = (float)((row % k >> f & 1) * 8 + noise * (double)spread);
	}
	return rows;
}

static struct points points_of(const float *rows, size_t nr, unsigned int features)
{
	struct points p;

	assert_int_equal(points_init(&p, rows, nr, features), 0);
	return p;
}

static void bad_input_is_refused(void **state)
{
	const float rows[] = {1, NAN, 2, INFINITY, 3, 4};
	struct points p;
	struct kmeans km;

	(void)state;
	assert_int_equal(points_init(&p, rows, 1, 2), -EDOM);
	assert_int_equal(points_init(&p, rows + 2, 1, 2), -EDOM);
	assert_int_equal(points_init(&p, rows, 1, 0), -EINVAL);
	assert_int_equal(points_init(&p, rows, 1, POINTS_FEATURES + 1), -EINVAL);
	assert_int_equal(points_init(&p, rows, POINTS_MAX + 1, 1), -EINVAL);
	p = points_of(rows + 4, 1, 2);
	assert_int_equal(kmeans_find(&p, 0, &usual, &km), -EINVAL);
	assert_int_equal(kmeans_find(&p, KMEANS_CLUSTERS + 1, &usual, &km), -EINVAL);
	points_fini(&p);
}

static void features_lie_on_the_grid(void **state)
{
	const float rows[] = {1e30f, -1e30f, 0.1f, -0x1p-18f};
	struct points p = points_of(rows, 4, 1);

	(void)state;
	assert_true(p.blocks[0] == 128 && p.blocks[1] == -128 && p.blocks[3] == 0);
	assert_true(fabsf(p.blocks[2] - 0.1f) <= 0x1p-17f);
	assert_true(p.blocks[2] * 0x1p16f == rintf(p.blocks[2] * 0x1p16f));
	points_fini(&p);
}

static void planted_clusters_are_found(void **state)
{
	(void)state;
	for (unsigned int k = 1; k <= 16; k++) {
		enum { NR = 2000, FEATURES = 5 };
		float *rows = planted(NR, FEATURES, k, 1);
		struct points p = points_of(rows, NR, FEATURES);
		struct kmeans km;

		assert_int_equal(kmeans_find(&p, k, &usual, &km), 0);
		assert_int_equal(km.k, k);
		assert_true(km.has_converged);
		for (size_t i = k; i < NR; i++)
			assert_int_equal(km.labels[i], km.labels[i % k]);
		for (unsigned int a = 0; a < k; a++) {
			for (unsigned int b = 0; b < a; b++)
				assert_int_not_equal(km.labels[a], km.labels[b]);
			assert_in_range(km.sizes[a], NR / k, NR / k + 1);
		}
		kmeans_fini(&km);
		points_fini(&p);
		free(rows);
	}
}

static void no_points_have_no_clusters(void **state)
{
	struct points p = points_of(NULL, 0, 3);
	struct kmeans km;

	(void)state;
	assert_int_equal(kmeans_find(&p, 4, &usual, &km), 0);
	assert_int_equal(km.k, 0);
	kmeans_fini(&km);
	points_fini(&p);
}

static void there_are_no_more_clusters_than_distinct_points(void **state)
{
	const float rows[] = {1, 2, 1, 3, 2, 1, 3, 3};
	struct points p = points_of(rows, 8, 1);
	struct kmeans km;

	(void)state;
	assert_int_equal(kmeans_find(&p, 20, &usual, &km), 0);
	assert_int_equal(km.k, 3);
	assert_true(km.inertia == 0);
	kmeans_fini(&km);
	points_fini(&p);
	p = points_of(rows, 1, 1);
	assert_int_equal(kmeans_find(&p, 5, &usual, &km), 0);
	assert_int_equal(km.k, 1);
	kmeans_fini(&km);
	points_fini(&p);
}

/* More features than points is nothing special. */
static void one_point_of_many_features(void **state)
{
	float rows[2 * POINTS_FEATURES] = {0};
	struct points p;
	struct kmeans km;

	(void)state;
	rows[7] = 1;
	p = points_of(rows, 2, POINTS_FEATURES);
	assert_int_equal(kmeans_find(&p, 2, &usual, &km), 0);
	assert_int_equal(km.k, 2);
	assert_int_not_equal(km.labels[0], km.labels[1]);
	kmeans_fini(&km);
	points_fini(&p);
}

static void empty_clusters_get_the_farthest_point(void **state)
{
	const float rows[] = {0, 1, 2, 3, 50};
	const float start[] = {1, 100, 101};
	struct points p = points_of(rows, 5, 1);
	struct kmeans km;

	(void)state;
	assert_int_equal(kmeans_from(&p, start, 3, &usual, &km), 0);
	for (int c = 0; c < 3; c++)
		assert_true(km.sizes[c] > 0);
	assert_int_equal(km.sizes[km.labels[4]], 1);
	assert_true(km.inertia == 2); /* 0 | 1 2 3 | 50 */
	kmeans_fini(&km);
	points_fini(&p);
}

static void all_equal_points_leave_no_cluster_empty(void **state)
{
	const float rows[6] = {3, 3, 3, 3, 3, 3}, start[] = {3, 3, 3};
	struct points p = points_of(rows, 6, 1);
	struct kmeans km;

	(void)state;
	assert_int_equal(kmeans_find(&p, 3, &usual, &km), 0);
	assert_int_equal(km.k, 1);
	kmeans_fini(&km);
	assert_int_equal(kmeans_from(&p, start, 3, &usual, &km), 0);
	assert_true(km.sizes[0] && km.sizes[1] && km.sizes[2]);
	kmeans_fini(&km);
	points_fini(&p);
}

/* The plain algorithm, everything summed anew in each iteration. */
static void naive_lloyd(const struct points *p, float *centroids, unsigned int k, uint32_t *labels,
			unsigned int iterations)
{
	for (unsigned int it = 0; it < iterations; it++) {
		double sums[KMEANS_CLUSTERS * POINTS_FEATURES] = {0};
		uint64_t sizes[KMEANS_CLUSTERS] = {0};

		for (size_t i = 0; i < p->nr; i++) {
			const float *x = points_at(p, i);
			float least = INFINITY;

			for (unsigned int c = 0; c < k; c++) {
				double norm = 0;
				float score;

				for (unsigned int f = 0; f < p->features; f++)
					norm += (double)centroids[c * p->features + f] *
						(double)centroids[c * p->features + f];
				score = (float)(norm / 2);
				for (unsigned int f = 0; f < p->features; f++)
					score = fmaf(-x[f * KMEANS_BLOCK],
						     centroids[c * p->features + f], score);
				if (score < least) {
					least = score;
					labels[i] = c;
				}
			}
			sizes[labels[i]]++;
			for (unsigned int f = 0; f < p->features; f++)
				sums[labels[i] * p->features + f] += (double)x[f * KMEANS_BLOCK];
		}
		for (unsigned int c = 0; c < k * p->features; c++)
			centroids[c] = (float)(sums[c] / (double)sizes[c / p->features]);
	}
}

static void iterations_are_those_of_the_plain_algorithm(void **state)
{
	enum { NR = 777, ITERATIONS = 6 };
	static const unsigned int features[] = {1, 3, 4, 8, 16, 21}, ks[] = {1, 2, 5, 8, 13};

	(void)state;
	for (size_t n = 0; n < 30; n++) {
		const unsigned int d = features[n / 5], k = ks[n % 5];
		const struct kmeans_options options = {.max_iterations = ITERATIONS};
		float *rows = planted(NR, d, 4, 9), centroids[13 * 21];
		struct points p = points_of(rows, NR, d);
		uint32_t labels[NR];
		struct kmeans km;

		for (unsigned int c = 0; c < k; c++) {
			for (unsigned int f = 0; f < d; f++)
				centroids[c * d + f] = points_at(&p, c * 50)[f * KMEANS_BLOCK];
		}
		assert_int_equal(kmeans_from(&p, centroids, k, &options, &km), 0);
		naive_lloyd(&p, centroids, k, labels, km.iterations);
		assert_memory_equal(km.labels, labels, sizeof labels);
		assert_memory_equal(km.centroids, centroids, k * d * sizeof *centroids);
		kmeans_fini(&km);
		points_fini(&p);
		free(rows);
	}
}

static void instruction_sets_and_threads_change_no_bit(void **state)
{
	enum { NR = 40000, FEATURES = 6, K = 7 };
	struct kmeans_options options = {.key = 1, .restarts = 2, .max_iterations = 12};
	float *rows = planted(NR, FEATURES, 5, 9);
	struct points p = points_of(rows, NR, FEATURES);
	struct kmeans wanted, found;
	const struct kernels *k;

	(void)state;
	kernels_use(kernels_named("scalar"));
	assert_int_equal(kmeans_find(&p, K, &options, &wanted), 0);
	for (unsigned int n = 0; (k = kernels_at(n)); n++) {
		kernels_use(k);
		for (options.threads = 1; options.threads <= 3; options.threads++) {
			assert_int_equal(kmeans_find(&p, K, &options, &found), 0);
			assert_memory_equal(found.labels, wanted.labels, NR * sizeof(uint32_t));
			assert_memory_equal(found.centroids, wanted.centroids,
					    K * FEATURES * sizeof(float));
			assert_true(found.inertia == wanted.inertia);
			assert_int_equal(found.iterations, wanted.iterations);
			kmeans_fini(&found);
		}
	}
	kernels_use(NULL);
	kmeans_fini(&wanted);
	points_fini(&p);
	free(rows);
}

/* What the key is for: another one starts elsewhere. */
static void the_key_decides_where_seeding_starts(void **state)
{
	enum { NR = 500, K = 3 };
	float *rows = planted(NR, 2, 4, 6), a[2 * K], b[2 * K];
	struct points p = points_of(rows, NR, 2);

	(void)state;
	assert_int_equal(kmeans_seed(&p, K, 1, a), K);
	assert_int_equal(kmeans_seed(&p, K, 1, b), K);
	assert_memory_equal(a, b, sizeof a);
	assert_int_equal(kmeans_seed(&p, K, 2, b), K);
	assert_memory_not_equal(a, b, sizeof a);
	points_fini(&p);
	free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_input_is_refused),
		cmocka_unit_test(features_lie_on_the_grid),
		cmocka_unit_test(planted_clusters_are_found),
		cmocka_unit_test(no_points_have_no_clusters),
		cmocka_unit_test(there_are_no_more_clusters_than_distinct_points),
		cmocka_unit_test(one_point_of_many_features),
		cmocka_unit_test(empty_clusters_get_the_farthest_point),
		cmocka_unit_test(all_equal_points_leave_no_cluster_empty),
		cmocka_unit_test(iterations_are_those_of_the_plain_algorithm),
		cmocka_unit_test(instruction_sets_and_threads_change_no_bit),
		cmocka_unit_test(the_key_decides_where_seeding_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* Modes, changes and clusters: the planted ones are found, and none in what has none. */
#include "stats/modes.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "stats/changes.h"
#include "stats/clusters.h"
#include "stats/partition.h"
#include "tests/unit/stats_data.h"

/* ---- Partitions ---- */

static double rough_cost(const void *data, size_t from, size_t end)
{
	const double *values = data;
	double sum = 0, squares = 0;

	for (size_t i = from; i < end; i++) {
		sum += values[i];
		squares += values[i] * values[i];
	}
	return squares - sum * sum / (double)(end - from);
}

/* Every way of cutting, tried one by one: bit i of `cuts` cuts behind value i. */
static double least_cost(const struct partition *p, size_t nr)
{
	double least = INFINITY;

	for (unsigned int cuts = 0; cuts < 1U << (nr - 1); cuts++) {
		double sum = 0;
		size_t from = 0;
		bool is_short = false;

		for (size_t end = 1; end <= nr; end++) {
			if (end < nr && !(cuts >> (end - 1) & 1))
				continue;
			sum += p->cost(p->data, from, end) + p->penalty;
			is_short |= end - from < p->least;
			from = end;
		}
		least = is_short ? least : fmin(least, sum);
	}
	return least;
}

static void partitions_are_the_best_of_all(void **state)
{
	double values[12];

	(void)state;
	for (unsigned int n = 0; n < 300; n++) {
		const size_t nr = 1 + n % 12;
		struct partition p = {rough_cost, values, 0.2 + n % 7, 1 + n % 3, n % 2};
		size_t ends[12], found;
		double sum = 0;

		for (size_t i = 0; i < nr; i++)
			values[i] = normal_at(n, i) + (double)(i / 4 % 2 * (n % 5));
		if (nr < p.least)
			continue;
		found = partition_find(&p, nr, ends);
		assert_int_equal(ends[found - 1], nr);
		for (size_t i = 0; i < found; i++) {
			const size_t from = i ? ends[i - 1] : 0;

			assert_true(ends[i] - from >= p.least);
			sum += p.cost(values, from, ends[i]) + p.penalty;
		}
		assert_true(fabs(sum - least_cost(&p, nr)) < 1e-9);
	}
}

/* ---- Changes of level ---- */

static void planted_changes_are_found(void **state)
{
	enum { NR = 600 };
	double values[NR];
	size_t out[NR], found;

	(void)state;
	for (uint64_t key = 0; key < 20; key++) {
		for (size_t i = 0; i < NR; i++)
			values[i] = normal_at(key, i) + (i >= 200 && i < 450 ? 4 : 0);
		values[77] = 1e6; /* an outlier is no level */
		assert_int_equal(changes_find(values, NR, out, &found), 0);
		assert_int_equal(found, 2);
		assert_in_range(out[0], 198, 202);
		assert_in_range(out[1], 448, 452);
	}
}

static void noise_has_no_changes(void **state)
{
	double values[1000];
	size_t out[1000], found, wrong = 0;

	(void)state;
	for (uint64_t key = 0; key < 100; key++) {
		const size_t nr = key % 2 ? 50 : 1000;

		for (size_t i = 0; i < nr; i++)
			values[i] = 100 + normal_at(key, i);
		assert_int_equal(changes_find(values, nr, out, &found), 0);
		wrong += found > 0;
	}
	assert_in_range(wrong, 0, 4);
}

static void changes_of_odd_series(void **state)
{
	static double many[CHANGES_VALUES + 1];
	double values[40] = {0};
	size_t out[40], found = 7;

	(void)state;
	assert_int_equal(changes_find(values, 0, out, &found), 0);
	assert_int_equal(found, 0);
	assert_int_equal(changes_find(values, 40, out, &found), 0);
	assert_int_equal(found, 0); /* constant */
	for (size_t i = 20; i < 40; i++)
		values[i] = 5; /* a step without any noise */
	assert_int_equal(changes_find(values, 40, out, &found), 0);
	assert_int_equal(found, 1);
	assert_int_equal(out[0], 20);
	values[3] = NAN;
	assert_int_equal(changes_find(values, 40, out, &found), -EDOM);
	assert_int_equal(changes_find(many, CHANGES_VALUES + 1, out, &found), -E2BIG);
}

/* ---- Modes ---- */

enum shape { NORMAL, WIDE, UNIFORM, EXPONENTIAL, PARETO, EDGE, ONE, ZERO, SMALL, NR_SHAPES };

static double single_hump(enum shape shape, uint64_t i)
{
	const double u = random_unit(5, i) + 1e-12;

	switch (shape) {
	case NORMAL:
		return exp(8 + 0.3 * normal_at(6, i));
	case WIDE:
		return exp(11 + 1.5 * normal_at(6, i));
	case UNIFORM:
		return 5000 * u;
	case EXPONENTIAL:
		return -5000 * log(u);
	case PARETO:
		return 1000 / u;
	case EDGE:
		return 1000 + 500 * normal_at(6, i) * normal_at(6, i);
	case ONE:
		return 123456;
	case SMALL:
		return (double)(i % 10);
	default:
		return 0;
	}
}

static void one_hump_is_one_mode(void **state)
{
	(void)state;
	for (enum shape shape = 0; shape < NR_SHAPES; shape++) {
		for (size_t nr = 1; nr <= 100000; nr *= 10) {
			struct histogram h;
			struct mode modes[MODES_MAX];

			histogram_init(&h, HISTOGRAM_BITS);
			for (size_t i = 0; i < nr; i++)
				histogram_add(&h,
					      loglinear_index((uint64_t)single_hump(shape, i),
							      HISTOGRAM_BITS),
					      1);
			assert_int_equal(modes_find(&h, modes), 1);
			assert_int_equal(modes[0].count, nr);
			assert_true(modes[0].low <= modes[0].middle &&
				    modes[0].middle <= modes[0].last);
			histogram_fini(&h);
		}
	}
}

/* 61 % at 2.1 us, 36 % at 9 us, 3 % at 14 ms */
static void planted_modes_are_found(void **state)
{
	static const double places[] = {2100, 9000, 14e6}, shares[] = {0.61, 0.36, 0.03};

	(void)state;
	for (size_t nr = 1000; nr <= 100000; nr *= 10) {
		struct histogram h;
		struct mode modes[MODES_MAX];
		uint64_t sum = 0;

		histogram_init(&h, HISTOGRAM_BITS);
		for (size_t i = 0; i < nr; i++) {
			const double u = random_unit(3, i);
			const double place = places[(u >= 0.61) + (u >= 0.97)];
			const double value = place * exp(0.15 * normal_at(4, i));

			sum += (uint64_t)value;
			histogram_add(&h, loglinear_index((uint64_t)value, HISTOGRAM_BITS), 1);
		}
		assert_int_equal(modes_find(&h, modes), 3);
		for (int m = 0; m < 3; m++) {
			assert_true(fabs((double)modes[m].middle / places[m] - 1) <
				    0.75 / sqrt((double)modes[m].count) + 0.001);
			assert_true(fabs((double)modes[m].count / (double)nr - shares[m]) < 0.04);
			assert_true(!m || modes[m].low > modes[m - 1].last);
		}
		sum -= modes[0].sum + modes[1].sum + modes[2].sum;
		assert_true(fabs((double)(int64_t)sum) < 1e-3 * 14e6 * 0.03 * (double)nr);
		histogram_fini(&h);
	}
}

static void modes_of_odd_histograms(void **state)
{
	struct histogram h;
	struct mode modes[MODES_MAX];

	(void)state;
	histogram_init(&h, HISTOGRAM_BITS);
	assert_int_equal(modes_find(&h, modes), 0);
	for (uint32_t i = 0; i < 60; i++) /* more humps than are told */
		histogram_add(&h, loglinear_index(16ULL << i % 48, HISTOGRAM_BITS), 100000);
	assert_in_range(modes_find(&h, modes), 1, MODES_MAX);
	histogram_clear(&h);
	histogram_add(&h, COUNT_BUCKETS - 1, 1ULL << 60);
	assert_int_equal(modes_find(&h, modes), 1);
	assert_true(modes[0].last == UINT64_MAX && modes[0].sum == UINT64_MAX);
	histogram_fini(&h);
}

/* ---- How many clusters ---- */

/* Points that are uniform, one normal cloud, a long one across the axes, or three clouds. */
static unsigned int clusters_of(int shape, unsigned int features, uint64_t key, double *silhouette)
{
	enum { NR = 600 };
	const struct kmeans_options options = {.key = key};
	float *rows = xcalloc(NR * features, sizeof *rows);
	struct points points;
	struct clusters clusters;
	unsigned int k;

	for (size_t i = 0; i < NR * features; i++) {
		const size_t row = i / features, f = i % features;
		const double noise = normal_at(key, i);

		rows[i] = (float)(shape == 0   ? 4 * random_unit(key, i)
				  : shape == 1 ? noise
				  : shape == 2 ? normal_at(key + 9, row) + 0.3 * noise
					       : (double)(row % 3 >> (f & 1) & 1) * 6 + noise);
	}
	assert_int_equal(points_init(&points, rows, NR, features), 0);
	clusters_find(&points, &options, &clusters);
	k = clusters.k;
	*silhouette = clusters.silhouette;
	clusters_fini(&clusters);
	points_fini(&points);
	free(rows);
	return k;
}

static void clouds_without_clusters_have_none(void **state)
{
	double silhouette;

	(void)state;
	for (int shape = 0; shape < 3; shape++) {
		for (unsigned int features = 1; features <= 4; features *= 2)
			assert_int_equal(clusters_of(shape, features, 50 + features, &silhouette),
					 1);
	}
}

static void planted_clouds_are_counted(void **state)
{
	double silhouette;

	(void)state;
	for (unsigned int features = 2; features <= 4; features++) {
		assert_int_equal(clusters_of(3, features, features, &silhouette), 3);
		assert_true(silhouette > 0.7 && silhouette < 1);
	}
}

static void clusters_of_odd_points(void **state)
{
	const struct kmeans_options options = {0};
	const float rows[12] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
	struct points points;
	struct clusters clusters;

	(void)state;
	for (size_t nr = 0; nr <= 6; nr++) {
		assert_int_equal(points_init(&points, rows, nr, 2), 0);
		clusters_find(&points, &options, &clusters);
		assert_int_equal(clusters.k, nr > 0);
		clusters_fini(&clusters);
		points_fini(&points);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(partitions_are_the_best_of_all),
		cmocka_unit_test(planted_changes_are_found),
		cmocka_unit_test(noise_has_no_changes),
		cmocka_unit_test(changes_of_odd_series),
		cmocka_unit_test(one_hump_is_one_mode),
		cmocka_unit_test(planted_modes_are_found),
		cmocka_unit_test(modes_of_odd_histograms),
		cmocka_unit_test(clouds_without_clusters_have_none),
		cmocka_unit_test(planted_clouds_are_counted),
		cmocka_unit_test(clusters_of_odd_points),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* Quantiles must be those of the sorted values, to the last nanosecond. */
#include "stats/quantiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "loglinear.h"
#include "stats/histogram.h"
#include "tests/unit/made_recording.h"

#define BITS 9

static void ranks_are_nearest(void **state)
{
	(void)state;
	assert_int_equal(quantile_rank(1, 50), 1);
	assert_int_equal(quantile_rank(2, 50), 1);
	assert_int_equal(quantile_rank(3, 50), 2);
	assert_int_equal(quantile_rank(10, 90), 9);
	assert_int_equal(quantile_rank(11, 90), 10);
	assert_int_equal(quantile_rank(100, 99), 99);
	assert_int_equal(quantile_rank(101, 99), 100);
	assert_int_equal(quantile_rank(7, 100), 7);
	/* beyond what count * percent fits into */
	assert_true(quantile_rank(UINT64_MAX, 50) == UINT64_MAX / 2 + 1);
}

/* In parts per million, by integers: in floating point 0.07 * 100 is more than 7. */
static void ranks_of_ppm(void **state)
{
	(void)state;
	assert_int_equal(quantile_rank_ppm(100, 70000), 7);
	assert_int_equal(quantile_rank_ppm(10000, 999900), 9999);
	assert_int_equal(quantile_rank_ppm(10001, 999900), 10000);
	assert_int_equal(quantile_rank_ppm(5, 0), 1);
	assert_true(quantile_rank_ppm(UINT64_MAX, 1000000) == UINT64_MAX);
	for (unsigned int n = 1; n < 3000; n++) {
		for (unsigned int p = 1; p <= 100; p++)
			assert_int_equal(quantile_rank_ppm(n, p * 10000), (n * p + 99) / 100);
	}
}

static void interpolation_is_that_of_type_7(void **state)
{
	uint64_t rank;

	(void)state;
	assert_true(quantile_interpolation(5, 500000, &rank) == 0 && rank == 3);
	assert_true(quantile_interpolation(4, 500000, &rank) == 0.5 && rank == 2);
	assert_true(quantile_interpolation(11, 990000, &rank) == 0.9 && rank == 10);
	assert_true(quantile_interpolation(7, 1000000, &rank) == 0 && rank == 7);
	assert_true(quantile_interpolation(1, 990000, &rank) == 0 && rank == 1);
	assert_true(quantile_interpolation(0, 990000, &rank) == 0 && rank == 1);
}

/* The least counts are those at which (1 - p)^n and p^n fall below 2.5 %. */
static void too_few_values_make_no_interval(void **state)
{
	static const struct {
		unsigned int ppm;
		uint64_t least;
	} cases[] = {{500000, 6}, {990000, 368}, {999000, 3688}, {999900, 36887}, {10000, 368}};
	uint64_t low, high;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_false(quantile_interval(cases[i].least - 1, cases[i].ppm, &low, &high));
		assert_true(quantile_interval(cases[i].least, cases[i].ppm, &low, &high));
	}
	assert_false(quantile_interval(0, 500000, &low, &high));
	assert_false(quantile_interval(1000, 0, &low, &high));
	assert_false(quantile_interval(1000, 1000000, &low, &high));
}

/* Textbook intervals of the median, and how often intervals cover the true quantile. */
static void intervals_cover_what_they_promise(void **state)
{
	enum { TRIALS = 2000, N = 400 };
	uint64_t low, high, seed = 7;
	int covered = 0;

	(void)state;
	assert_true(quantile_interval(10, 500000, &low, &high));
	assert_int_equal(low, 2);
	assert_int_equal(high, 9);
	assert_true(quantile_interval(100, 500000, &low, &high));
	assert_int_equal(low, 40);
	assert_int_equal(high, 61);
	assert_true(quantile_interval(N, 950000, &low, &high));
	for (int t = 0; t < TRIALS; t++) {
		uint64_t below = 0;

		for (int i = 0; i < N; i++)
			below += random_next(&seed) % 1000 < 950;
		covered += below >= low && below < high;
	}
	assert_in_range(covered, TRIALS * 94 / 100, TRIALS * 98 / 100);
	assert_true(quantile_interval(1000000000, 500000, &low, &high));
	assert_in_range(high - low, 61900, 62100);
}

static void histogram_finds_the_bucket_of_a_rank(void **state)
{
	struct histogram h;
	uint64_t below;

	(void)state;
	histogram_init(&h, BITS);
	histogram_add(&h, 7, 3);
	histogram_add(&h, 9, 2);
	histogram_add(&h, 7, 1);
	assert_int_equal(h.total, 6);
	assert_int_equal(histogram_find(&h, 4, &below), 7);
	assert_int_equal(below, 0);
	assert_int_equal(histogram_find(&h, 5, &below), 9);
	assert_int_equal(below, 4);
	histogram_add(&h, LOGLINEAR_BUCKETS(BITS), 1); /* no such bucket */
	assert_int_equal(h.total, 6);
	histogram_clear(&h);
	histogram_add(&h, 20000, 1);
	assert_int_equal(histogram_find(&h, 1, &below), 20000);
	histogram_fini(&h);
}

/* The value of a rank, found the way reports find it; the passes needed go to *passes. */
static uint64_t find(const uint64_t *values, size_t nr, uint64_t rank, unsigned int *passes)
{
	struct histogram h;
	struct search search;
	uint64_t below;
	uint32_t bucket;

	histogram_init(&h, BITS);
	for (size_t i = 0; i < nr; i++)
		histogram_add(&h, loglinear_index(values[i], BITS), 1);
	bucket = histogram_find(&h, rank, &below);
	search_init(&search, loglinear_lower(bucket, BITS), loglinear_width(bucket, BITS),
		    rank - below);
	for (*passes = 0; !search_is_done(&search); ++*passes) {
		for (size_t i = 0; i < nr; i++)
			search_count(&search, values[i]);
		assert_true(search_narrow(&search));
	}
	histogram_fini(&h);
	return search.low;
}

static void check_against_sorted(uint64_t *values, size_t nr, unsigned int most_passes)
{
	static const unsigned int percents[] = {1, 50, 90, 99, 100};

	for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
		uint64_t rank = quantile_rank(nr, percents[i]);
		unsigned int passes;
		uint64_t found = find(values, nr, rank, &passes);

		qsort(values, nr, sizeof *values, compare_u64);
		assert_true(found == values[rank - 1]);
		assert_true(passes <= most_passes);
	}
}

static void quantiles_are_those_of_the_sorted_values(void **state)
{
	enum { MOST = 3000 };
	uint64_t *values = xcalloc(MOST, sizeof *values), seed = 42;

	(void)state;
	for (size_t nr = 1; nr <= MOST; nr = nr * 3 + 1) {
		for (unsigned int shift = 0; shift < 64; shift += 9) {
			for (size_t i = 0; i < nr; i++)
				values[i] = random_next(&seed) >> shift;
			check_against_sorted(values, nr, 6);
		}
	}
	for (size_t i = 0; i < MOST; i++)
		values[i] = 123456789;
	check_against_sorted(values, MOST, 2);
	for (size_t i = 0; i < MOST; i++)
		values[i] = i % 2 ? 1 : UINT64_MAX;
	check_against_sorted(values, MOST, 6);
	for (size_t i = 0; i < MOST; i++)
		values[i] = 1000000 + random_next(&seed) % 1000000;
	check_against_sorted(values, MOST, 1); /* below two milliseconds */
	free(values);
}

static void search_tells_when_values_are_missing(void **state)
{
	struct search search;

	(void)state;
	search_init(&search, 4096, 64, 3);
	search_count(&search, 4100);
	search_count(&search, 4200); /* outside */
	search_count(&search, 4101);
	assert_false(search_narrow(&search));
	search_fini(&search);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranks_are_nearest),
		cmocka_unit_test(ranks_of_ppm),
		cmocka_unit_test(interpolation_is_that_of_type_7),
		cmocka_unit_test(too_few_values_make_no_interval),
		cmocka_unit_test(intervals_cover_what_they_promise),
		cmocka_unit_test(histogram_finds_the_bucket_of_a_rank),
		cmocka_unit_test(quantiles_are_those_of_the_sorted_values),
		cmocka_unit_test(search_tells_when_values_are_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* Every instruction set must give what the scalar kernels give, bit by bit, and touch no more. */
#include "stats/kernels.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "stats/moments.h"
#include "tests/unit/stats_data.h"

#define SHORT 90 /* longer than any unrolled loop */

static const struct span spans[SPANS_MAX] = {
	{0, 0},
	{500, 900},
	{3000, 3500},
	{100000, 200000},
	{1000000007, 1000000007},
	{123456789013345, 123456789015345},
	{1ULL << 63, (1ULL << 63) + 1},
	{UINT64_MAX - 1, UINT64_MAX},
};

/* `nr` values that end where the next page must not be touched. */
static uint64_t *before_a_wall(size_t nr)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(pages != MAP_FAILED && nr * sizeof(uint64_t) <= page);
	assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
	return (uint64_t *)(pages + page) - nr;
}

static void leave_the_wall(uint64_t *values, size_t nr)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	munmap((char *)(values + nr) - page, 2 * page);
}

static void filters_agree(void **state)
{
	const struct kernels *k, *scalar = kernels_named("scalar");

	(void)state;
	for (size_t nr = 0; nr <= SHORT; nr++) {
		for (int kind = 0; kind < NR_COLUMN_KINDS; kind++) {
			uint64_t *values = before_a_wall(nr), wanted[SHORT + FILTER_SLACK],
				 found[SHORT + FILTER_SLACK];

			for (size_t i = 0; i < nr; i++)
				values[i] = value_of_kind(kind, i, nr);
			for (unsigned int s = 0; s <= SPANS_MAX; s++) {
				size_t expected = scalar->filter(values, nr, spans, s, wanted);
				size_t naive = 0;

				for (size_t i = 0; i < nr; i++) {
					bool is_in = false;

					for (unsigned int j = 0; j < s; j++)
						is_in |= values[i] >= spans[j].low &&
							 values[i] <= spans[j].last;
					naive += is_in;
				}
				assert_int_equal(expected, naive);
				for (unsigned int n = 0; (k = kernels_at(n)); n++) {
					assert_int_equal(k->filter(values, nr, spans, s, found),
							 expected);
					assert_memory_equal(found, wanted,
							    expected * sizeof *found);
				}
			}
			leave_the_wall(values, nr);
		}
	}
}

static void filters_work_in_place(void **state)
{
	const struct kernels *k;

	(void)state;
	for (unsigned int n = 0; (k = kernels_at(n)); n++) {
		uint64_t values[SHORT + FILTER_SLACK];

		for (uint64_t i = 0; i < SHORT; i++)
			values[i] = i % 3 ? 3000 + i : i;
		assert_int_equal(k->filter(values, SHORT, &spans[2], 1, values), SHORT / 3 * 2);
		for (uint64_t i = 0; i < SHORT / 3 * 2; i++)
			assert_int_equal(values[i], 3000 + i / 2 * 3 + 1 + i % 2);
	}
}

static void limits_agree(void **state)
{
	static const uint64_t limits[] = {0, 1, 700, 3000, 100000, 1 << 30, 1ULL << 63, UINT64_MAX};
	const struct kernels *k;

	(void)state;
	for (size_t nr = 0; nr <= SHORT; nr++) {
		for (int kind = 0; kind < NR_COLUMN_KINDS; kind++) {
			uint64_t *values = before_a_wall(nr);

			for (size_t i = 0; i < nr; i++)
				values[i] = value_of_kind(kind, i, nr);
			for (unsigned int n = 0; (k = kernels_at(n)); n++) {
				uint64_t counts[8] = {5, 5, 5, 5, 5, 5, 5, 5};

				k->below(values, nr, limits, nr % 9, counts);
				for (unsigned int l = 0; l < 8; l++) {
					uint64_t wanted = 5;

					for (size_t i = 0; l < nr % 9 && i < nr; i++)
						wanted += values[i] < limits[l];
					assert_int_equal(counts[l], wanted);
				}
			}
			leave_the_wall(values, nr);
		}
	}
}

/* Each bucket by its first value, what precedes that, its last value and a random one. */
static void counts_agree(void **state)
{
	static uint64_t values[4 * COUNT_BUCKETS];
	static uint32_t wanted[COUNT_BUCKETS], found[COUNT_BUCKETS];
	const struct kernels *k;

	(void)state;
	for (uint32_t b = 0; b < COUNT_BUCKETS; b++) {
		const uint64_t low = loglinear_lower(b, HISTOGRAM_BITS);
		const uint64_t width = loglinear_width(b, HISTOGRAM_BITS);

		values[4 * b] = low;
		values[4 * b + 1] = low ? low - 1 : UINT64_MAX;
		values[4 * b + 2] = low + (width - 1);
		values[4 * b + 3] = low + random_below(6, b, width);
	}
	for (size_t i = 0; i < 4 * COUNT_BUCKETS; i++)
		wanted[loglinear_index(values[i], HISTOGRAM_BITS)]++;
	for (unsigned int n = 0; (k = kernels_at(n)); n++) {
		memset(found, 0, sizeof found);
		k->count(values, 4 * COUNT_BUCKETS, 0, found);
		assert_memory_equal(found, wanted, sizeof found);
		memset(found, 0, sizeof found);
		for (size_t i = 0; i < 4 * COUNT_BUCKETS; i++)
			values[i] += 12345;
		k->count(values, 4 * COUNT_BUCKETS, 12345, found);
		assert_memory_equal(found, wanted, sizeof found);
		for (size_t i = 0; i < 4 * COUNT_BUCKETS; i++)
			values[i] -= 12345;
	}
}

/* No more than the values, in whatever number they come, and none of them twice. */
static void counts_end_where_values_do(void **state)
{
	static uint32_t found[COUNT_BUCKETS];
	const struct kernels *k;

	(void)state;
	for (size_t nr = 0; nr <= 512; nr += 1 + nr % 7) {
		uint64_t *values = before_a_wall(nr), total = 0;

		for (size_t i = 0; i < nr; i++)
			values[i] = value_of_kind(0, i, nr);
		for (unsigned int n = 0; (k = kernels_at(n)); n++)
			k->count(values, nr, 0, found);
		for (uint32_t b = 0; b < COUNT_BUCKETS; b++) {
			total += found[b];
			found[b] = 0;
		}
		for (unsigned int ran = 0; kernels_at(ran); ran++)
			total -= nr;
		assert_int_equal(total, 0);
		leave_the_wall(values, nr);
	}
}

static void sums_agree(void **state)
{
	const struct kernels *k, *scalar = kernels_named("scalar");

	(void)state;
	for (size_t nr = 0; nr <= SHORT; nr++) {
		for (int kind = 0; kind < NR_COLUMN_KINDS; kind++) {
			uint64_t *values = before_a_wall(nr);
			struct sums wanted, found;
			bool is_small;

			for (size_t i = 0; i < nr; i++)
				values[i] = value_of_kind(kind, i, nr);
			is_small = scalar->sums(values, nr, &wanted);
			for (unsigned int n = 0; (k = kernels_at(n)); n++) {
				assert_int_equal(k->sums(values, nr, &found), is_small);
				assert_true(found.all == wanted.all);
				if (is_small)
					assert_memory_equal(&found, &wanted, sizeof found);
			}
			leave_the_wall(values, nr);
		}
	}
}

/* As many of the largest values as may come at a time. */
static void sums_do_not_overflow(void **state)
{
	static uint64_t values[SUMS_VALUES];
	const uint64_t largest = (1ULL << (2 * SUMS_SPLIT)) - 1, half = (1ULL << SUMS_SPLIT) - 1;
	const struct kernels *k;
	struct sums s;

	(void)state;
	for (size_t i = 0; i < SUMS_VALUES; i++)
		values[i] = largest;
	for (unsigned int n = 0; (k = kernels_at(n)); n++) {
		assert_true(k->sums(values, SUMS_VALUES, &s));
		assert_true(s.sum == largest * SUMS_VALUES);
		assert_true(s.low == half * half * SUMS_VALUES);
		assert_true(s.low == s.cross && s.low == s.high);
	}
}

static void fill_points(float *blocks, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		blocks[i] = (float)(int32_t)(random_at(5, i) >> 40) * 0x1p-20f - 8;
}

static void nearest_centroids_agree(void **state)
{
	enum { BLOCKS = 3, GROUPS = 3, FEATURES = 19 };
	static float blocks[BLOCKS * FEATURES * KMEANS_BLOCK];
	static float groups[GROUPS * FEATURES * KMEANS_GROUP], half_norms[GROUPS * KMEANS_GROUP];
	uint32_t wanted[BLOCKS * KMEANS_BLOCK], found[BLOCKS * KMEANS_BLOCK];
	const struct kernels *k;

	(void)state;
	fill_points(blocks, BLOCKS * FEATURES * KMEANS_BLOCK);
	fill_points(groups, GROUPS * FEATURES * KMEANS_GROUP);
	for (unsigned int c = 0; c < GROUPS * KMEANS_GROUP; c++)
		half_norms[c] = (float)(c % 5) * 20;
	half_norms[GROUPS * KMEANS_GROUP - 1] = INFINITY;
	for (unsigned int features = 1; features <= FEATURES; features++) {
		const struct centroids centroids = {features, GROUPS, groups, half_norms};

		kernels_named("scalar")->assign(blocks, BLOCKS, &centroids, wanted);
		for (unsigned int n = 0; (k = kernels_at(n)); n++) {
			memset(found, 255, sizeof found);
			k->assign(blocks, BLOCKS, &centroids, found);
			assert_memory_equal(found, wanted, sizeof found);
		}
	}
	for (size_t i = 0; i < BLOCKS * KMEANS_BLOCK; i++)
		assert_int_not_equal(wanted[i], GROUPS * KMEANS_GROUP - 1);
}

/* Of centroids at one place, the first is the nearest. */
static void ties_go_to_the_first(void **state)
{
	static const float groups[2 * 2 * KMEANS_GROUP] = {0};
	static const float half_norms[2 * KMEANS_GROUP] = {1, 0, 0, 1, 0, 0, 0, 0};
	static const float block[2 * KMEANS_BLOCK] = {0};
	const struct centroids centroids = {2, 2, groups, half_norms};
	const struct kernels *k;
	uint32_t labels[KMEANS_BLOCK];

	(void)state;
	for (unsigned int n = 0; (k = kernels_at(n)); n++) {
		k->assign(block, 1, &centroids, labels);
		for (int i = 0; i < KMEANS_BLOCK; i++)
			assert_int_equal(labels[i], 1);
	}
}

static void kernels_are_chosen_by_name(void **state)
{
	(void)state;
	assert_string_equal(kernels_named("scalar")->name, "scalar");
	assert_ptr_equal(kernels_named("scalar"), kernels_at(0));
	assert_null(kernels_named("mmx"));
	assert_non_null(kernels_named(NULL));
	assert_ptr_equal(kernels_named(""), kernels_named(NULL));
	assert_null(kernels_at(4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters_agree),
		cmocka_unit_test(filters_work_in_place),
		cmocka_unit_test(limits_agree),
		cmocka_unit_test(counts_agree),
		cmocka_unit_test(counts_end_where_values_do),
		cmocka_unit_test(sums_agree),
		cmocka_unit_test(sums_do_not_overflow),
		cmocka_unit_test(nearest_centroids_agree),
		cmocka_unit_test(ties_go_to_the_first),
		cmocka_unit_test(kernels_are_chosen_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

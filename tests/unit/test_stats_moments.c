// SPDX-License-Identifier: MIT
/* Exact sums, against long arithmetic and closed forms. */
#include "stats/moments.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/stats_data.h"

static void nothing_has_no_moments(void **state)
{
	struct moments m = {0}, none = {0};

	(void)state;
	moments_add(&m, NULL, 0);
	moments_merge(&m, &none);
	assert_int_equal(m.count, 0);
	assert_true(moments_mean(&m) == 0 && moments_variance(&m) == 0);
	moments_add(&m, &(uint64_t){42}, 1);
	assert_true(moments_mean(&m) == 42 && moments_variance(&m) == 0);
	assert_true(m.min == 42 && m.max == 42);
}

/* Summed one by one, in integers: squares of kinds that reach 2^128 are kept small by fewer bits.
 */
static void sums_are_exact(void **state)
{
	(void)state;
	for (int kind = 0; kind < NR_COLUMN_KINDS; kind++) {
		struct column c = column_make(kind, 10001);
		struct moments m = {0};
		unsigned __int128 sum = 0, squares = 0;
		uint64_t carries = 0;

		moments_add(&m, c.values, c.nr);
		for (size_t i = 0; i < c.nr; i++) {
			sum += c.values[i];
			carries += __builtin_add_overflow(
				squares, (unsigned __int128)c.values[i] * c.values[i], &squares);
		}
		assert_true(m.sum == sum && m.squares == squares && m.squares_high == carries);
		assert_true(m.count == c.nr && m.min == c.sorted[0] && m.max == c.sorted[c.nr - 1]);
		column_free(&c);
	}
}

static void pieces_merge_to_the_whole(void **state)
{
	(void)state;
	for (int kind = 0; kind < NR_COLUMN_KINDS; kind++) {
		struct column c = column_make(kind, 9000);
		struct moments whole = {0}, parts[2] = {{0}}, none = {0};

		moments_add(&whole, c.values, c.nr);
		for (size_t at = 0, piece = 1; at < c.nr; at += piece, piece = piece * 2 + 1) {
			piece = piece < c.nr - at ? piece : c.nr - at;
			moments_add(&parts[piece % 4 == 3], c.values + at, piece);
		}
		moments_merge(&parts[1], &none);
		moments_merge(&parts[1], &parts[0]);
		assert_memory_equal(&parts[1], &whole, sizeof whole);
		assert_true(moments_variance(&parts[1]) == moments_variance(&whole));
		column_free(&c);
	}
}

static void assert_near(double value, double wanted, double relative)
{
	if (!(fabs(value - wanted) <= fabs(wanted) * relative))
		fail_msg("%.17g is not %.17g", value, wanted);
}

/* 0, 1, ..., n - 1, moved by anything, has the variance n (n + 1) / 12. */
static void variance_does_not_depend_on_the_place(void **state)
{
	static const uint64_t places[] = {0,          1000,       1ULL << 40,
					  1ULL << 52, 1ULL << 62, UINT64_MAX - 9999};

	(void)state;
	for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
		struct moments m = {0};

		for (uint64_t i = 0; i < 10000; i++)
			moments_add(&m, &(uint64_t){places[p] + i}, 1);
		assert_near(moments_variance(&m), 10000. * 10001 / 12, 1e-15);
		assert_near(moments_mean(&m), (double)places[p] + 4999.5, 1e-15);
	}
}

/* Sleeps of 10 ms that spread by 5 us: half a second's worth of f32 arithmetic makes that NaN. */
static void a_small_spread_of_long_sleeps_is_seen(void **state)
{
	enum { NR = 4096, TIMES = 24415 }; /* 10^8 sleeps */
	uint64_t values[NR];
	struct moments once = {0}, all = {0};

	(void)state;
	for (uint64_t i = 0; i < NR; i++)
		values[i] = 10000000 + (i % 2 ? 5000 : -5000);
	moments_add(&once, values, NR);
	for (int i = 0; i < TIMES; i++)
		moments_merge(&all, &once);
	assert_int_equal(all.count, (uint64_t)NR * TIMES);
	assert_true(moments_mean(&all) == 10000000);
	assert_near(moments_deviation(&all),
		    5000 * sqrt((double)all.count / (double)(all.count - 1)), 1e-15);
}

static void the_largest_numbers_do_not_overflow(void **state)
{
	struct moments m = {0}, twice;

	(void)state;
	moments_add(&m, (const uint64_t[]){0, UINT64_MAX}, 2);
	assert_near(moments_variance(&m), 0x1p127, 1e-15);
	for (int doubled = 0; doubled < 60; doubled++) {
		twice = m;
		moments_merge(&m, &twice);
	}
	assert_true(m.count == 1ULL << 61);
	assert_near(moments_mean(&m), 0x1p63, 1e-15);
	assert_near(moments_variance(&m), 0x1p126, 1e-15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_has_no_moments),
		cmocka_unit_test(sums_are_exact),
		cmocka_unit_test(pieces_merge_to_the_whole),
		cmocka_unit_test(variance_does_not_depend_on_the_place),
		cmocka_unit_test(a_small_spread_of_long_sleeps_is_seen),
		cmocka_unit_test(the_largest_numbers_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

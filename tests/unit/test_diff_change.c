// SPDX-License-Identifier: MIT
/* Whether sides differ: single exact counts, repeated runs, and what chance alone would claim. */
#include "diff/change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "stats/random.h"

#define NR(array) (sizeof(array) / sizeof *(array))

static const struct noise alone = {16, 0.01};

static struct change measure(const uint64_t *base, size_t nr_base, const uint64_t *new,
			     size_t nr_new)
{
	struct change c, *all[] = {&c};

	change_measure(base, nr_base, new, nr_new, &alone, &c);
	changes_control(all, 1, 0.05);
	return c;
}

static bool claims(uint64_t base, uint64_t new)
{
	return measure(&base, 1, &new, 1).is_claimed;
}

static void single_runs_are_judged_by_size(void **state)
{
	(void)state;
	assert_false(claims(10000, 10000));
	assert_false(claims(10000, 10100)); /* 1 % of the greater is 101 */
	assert_true(claims(10000, 10200));
	assert_true(claims(10200, 10000));
	assert_false(claims(100, 116));
	assert_true(claims(100, 117));
	assert_true(claims(0, 17));
	assert_false(claims(0, 0));
}

static void change_is_antisymmetric(void **state)
{
	const uint64_t a[] = {100, 110, 120}, b[] = {500, 510, 530};
	struct change forth = measure(a, 3, b, 3), back = measure(b, 3, a, 3);

	(void)state;
	assert_true(change_delta(&forth) == -change_delta(&back));
	assert_true(forth.p == back.p);
	assert_true(forth.is_claimed && back.is_claimed);
}

/* Of 252 ways to part ten runs in two fives, two are as extreme as the parted ones. */
static void permutation_is_exact(void **state)
{
	const uint64_t a[] = {1, 2, 3, 4, 5}, b[] = {1006, 1007, 1008, 1009, 1010};
	const uint64_t c[] = {1, 1007, 3, 1009, 5}, d[] = {1006, 2, 1008, 4, 1010};
	struct change apart = measure(a, 5, b, 5), mixed = measure(c, 5, d, 5);

	(void)state;
	assert_true(apart.p > 2.0 / 252 - 1e-9 && apart.p < 2.0 / 252 + 1e-9);
	assert_true(apart.is_claimed);
	assert_true(mixed.p > 0.5);
	assert_false(mixed.is_claimed);
}

/* 3 against 3 runs cannot be tested: then the gap must be wider than runs differ by. */
static void few_runs_need_a_wide_gap(void **state)
{
	const uint64_t a[] = {1000, 1040, 1080}, near[] = {1100, 1140, 1180};
	const uint64_t far[] = {1200, 1240, 1280};

	(void)state;
	assert_false(measure(a, 3, near, 3).is_claimed);
	assert_true(measure(a, 3, far, 3).is_claimed);
}

/* A change of two percent in a stable program is found, with ranges of a few pages. */
static void two_percent_are_found(void **state)
{
	const uint64_t a[] = {10000, 10002, 10001, 10003, 9999};
	const uint64_t b[] = {10203, 10201, 10202, 10199, 10205};

	(void)state;
	assert_true(measure(a, 5, b, 5).is_claimed);
	assert_true(measure(a, 1, b, 1).is_claimed);
}

/* Of a thousand rows that are noise, control of false discoveries claims next to none. */
static void chance_alone_is_not_claimed(void **state)
{
	static struct change changes[1000];
	struct change *all[NR(changes)];
	const struct noise none = {0, 0};
	size_t claimed = 0;

	(void)state;
	for (size_t i = 0; i < NR(changes); i++) {
		uint64_t base[6], new[6];

		for (size_t k = 0; k < 6; k++) {
			base[k] = 1000 + random_below(2 * i, k, 200);
			new[k] = 1000 + random_below(2 * i + 1, k, 200);
		}
		change_measure(base, 6, new, 6, &none, &changes[i]);
		all[i] = &changes[i];
	}
	changes_control(all, NR(changes), 0.05);
	for (size_t i = 0; i < NR(changes); i++)
		claimed += changes[i].is_claimed;
	assert_in_range(claimed, 0, 2);
}

/* One real change among rows of noise is still found. */
static void a_change_among_noise_is_found(void **state)
{
	struct change changes[6], *all[NR(changes)];

	(void)state;
	for (size_t i = 0; i < NR(changes); i++) {
		uint64_t base[5], new[5];

		for (size_t k = 0; k < 5; k++) {
			base[k] = 10000 + random_below(2 * i, k, 200);
			new[k] = 10000 + random_below(2 * i + 1, k, 200) + (i == 3 ? 5000 : 0);
		}
		change_measure(base, 5, new, 5, &alone, &changes[i]);
		all[i] = &changes[i];
	}
	changes_control(all, NR(changes), 0.05);
	for (size_t i = 0; i < NR(changes); i++)
		assert_int_equal(changes[i].is_claimed, i == 3);
}

static void interval_holds_the_ratio(void **state)
{
	uint64_t base[64], new[64];
	struct interval interval;

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		base[i] = 900 + random_below(1, i, 200);
		new[i] = 2 * (900 + random_below(2, i, 200));
	}
	interval = ratio_interval(base, 64, new, 64);
	assert_true(interval.is_known);
	assert_true(interval.low > 1.9 && interval.low < 2);
	assert_true(interval.high < 2.1 && interval.high > 2);
	assert_false(ratio_interval(base, 2, new, 64).is_known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_runs_are_judged_by_size),
		cmocka_unit_test(change_is_antisymmetric),
		cmocka_unit_test(permutation_is_exact),
		cmocka_unit_test(few_runs_need_a_wide_gap),
		cmocka_unit_test(two_percent_are_found),
		cmocka_unit_test(chance_alone_is_not_claimed),
		cmocka_unit_test(a_change_among_noise_is_found),
		cmocka_unit_test(interval_holds_the_ratio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

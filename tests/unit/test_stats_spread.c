// SPDX-License-Identifier: MIT
/* Spreads of few values tell exactly, those of many within their bound, put together or not. */
#include "stats/spread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "stats/quantiles.h"
#include "tests/unit/stats_data.h"

static const unsigned int asked_ppm[] = {1, 500000, 900000, 990000, 999999};

static int by_value(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* `off`: of the value. */
static void check(const struct spread *s, uint64_t *values, size_t nr, double off)
{
	qsort(values, nr, sizeof *values, by_value);
	assert_int_equal(s->total, nr);
	for (size_t i = 0; i < sizeof asked_ppm / sizeof *asked_ppm; i++) {
		uint64_t right = values[quantile_rank_ppm(nr, asked_ppm[i]) - 1];
		uint64_t told = spread_quantile(s, asked_ppm[i]);

		assert_true(fabs((double)told - (double)right) <= off * (double)right);
	}
}

static void take(struct spread *s, uint64_t *values, size_t nr, uint64_t seed)
{
	for (size_t i = 0; i < nr; i++) {
		values[i] = mixed_latency(seed + i);
		spread_add(s, values[i]);
	}
}

static void few_values_are_exact(void **state)
{
	uint64_t values[SPREAD_VALUES];

	(void)state;
	for (size_t nr = 1; nr <= SPREAD_VALUES; nr += nr < 8 ? 1 : 63) {
		struct spread s = {0};

		take(&s, values, nr, nr);
		check(&s, values, nr, 0);
		spread_fini(&s);
	}
}

static void many_values_are_within_the_bound(void **state)
{
	static uint64_t values[100000];
	struct spread s = {0};

	(void)state;
	take(&s, values, 100000, 7);
	check(&s, values, 100000, 1.0 / (2 << SPREAD_BITS));
	spread_fini(&s);
}

static void spreads_add(void **state)
{
	static const size_t sizes[][2] = {{0, 5},    {5, 0},    {300, 400},
					  {3, 4000}, {4000, 3}, {4000, 4000}};
	static uint64_t values[8000];

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		size_t nr = sizes[i][0] + sizes[i][1];
		struct spread one = {0}, other = {0};

		take(&one, values, sizes[i][0], 1);
		take(&other, values + sizes[i][0], sizes[i][1], 99999);
		spread_merge(&one, &other);
		check(&one, values, nr, nr <= SPREAD_VALUES ? 0 : 1.0 / (2 << SPREAD_BITS));
		spread_fini(&one);
		spread_fini(&other);
	}
}

static void ends_of_the_range_have_room(void **state)
{
	struct spread s = {0};

	(void)state;
	assert_int_equal(spread_quantile(&s, 500000), 0);
	for (int i = 0; i < 1000; i++)
		spread_add(&s, i % 2 ? UINT64_MAX : 0);
	assert_int_equal(spread_quantile(&s, 500000), 0);
	assert_true(spread_quantile(&s, 990000) >= UINT64_MAX - (UINT64_MAX >> SPREAD_BITS));
	spread_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_values_are_exact),
		cmocka_unit_test(many_values_are_within_the_bound),
		cmocka_unit_test(spreads_add),
		cmocka_unit_test(ends_of_the_range_have_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

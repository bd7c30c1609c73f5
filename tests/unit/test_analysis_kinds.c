// SPDX-License-Identifier: MIT
/* Kinds of calls: planted ones are found, and none among calls that are spread evenly. */
#include "analysis/kinds.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "stats/random.h"

enum { NAMES = 24 };

static double noise(uint64_t i)
{
	return exp2(random_unit(11, i) - 0.5);
}

/* Quick ones by the thousand, slow ones now and then, and the start of the program. */
static void finds_planted_kinds(void **state)
{
	static const double calls[] = {50000, 200, 8}, means[] = {300, 4e6, 2e4};
	struct kind_member members[NAMES];
	unsigned int kinds[NAMES];
	double silhouette;

	(void)state;
	for (uint32_t i = 0; i < NAMES; i++)
		members[i] = (struct kind_member){
			.key = i,
			.calls = (uint64_t)(calls[i % 3] * noise(2 * i)),
			.mean_ns = (uint64_t)(means[i % 3] * noise(2 * i + 1)),
		};
	assert_int_equal(kinds_find(members, NAMES, &silhouette), 3);
	assert_true(silhouette > 0.7);
	for (uint32_t i = 0; i < NAMES; i++)
		kinds[members[i].key] = members[i].kind;
	for (uint32_t i = 0; i < NAMES; i++)
		assert_int_equal(kinds[i], i % 3 == 0 ? 1 : i % 3 == 1 ? 0 : 2);
}

static void finds_none_in_an_even_spread(void **state)
{
	struct kind_member members[NAMES];
	unsigned int found = 0;
	double silhouette;

	(void)state;
	for (uint64_t key = 0; key < 20; key++) {
		for (uint32_t i = 0; i < NAMES; i++)
			members[i] = (struct kind_member){
				.key = i,
				.calls = (uint64_t)exp2(4 + 6 * random_unit(100 + key, 2 * i)),
				.mean_ns =
					(uint64_t)exp2(10 + 6 * random_unit(100 + key, 2 * i + 1)),
			};
		found += kinds_find(members, NAMES, &silhouette) > 1;
	}
	assert_in_range(found, 0, 1);
}

static void of_few_and_of_equal_ones(void **state)
{
	struct kind_member members[NAMES] = {{.key = 1, .calls = 7, .mean_ns = UINT64_MAX}};
	double silhouette;

	(void)state;
	assert_int_equal(kinds_find(NULL, 0, &silhouette), 1);
	assert_int_equal(kinds_find(members, 1, &silhouette), 1);
	for (uint32_t i = 0; i < NAMES; i++)
		members[i] = (struct kind_member){.key = i, .calls = 100, .mean_ns = 1000};
	assert_int_equal(kinds_find(members, NAMES, &silhouette), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_planted_kinds),
		cmocka_unit_test(finds_none_in_an_even_spread),
		cmocka_unit_test(of_few_and_of_equal_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

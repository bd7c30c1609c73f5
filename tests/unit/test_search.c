// SPDX-License-Identifier: MIT
#include "base/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define MANY 20

/* Every place that a border can have, among all numbers of items. */
static void finds_every_border(void **state)
{
	(void)state;
	for (size_t first = 0; first <= MANY; first++) {
		for (size_t end = first; end <= MANY; end++) {
			for (size_t border = first; border <= end; border++)
				assert_int_equal(search_first(i, first, end, i >= border), border);
		}
	}
}

static void equal_items_are_told_apart_by_the_condition(void **state)
{
	static const int items[] = {1, 3, 3, 3, 7};

	(void)state;
	assert_int_equal(search_first(i, 0, 5, items[i] >= 3), 1);
	assert_int_equal(search_first(i, 0, 5, items[i] > 3), 4);
	assert_int_equal(search_first(i, 2, 5, items[i] >= 3), 2); /* nothing before is looked at */
	assert_int_equal(search_first(i, 0, 5, items[i] >= 8), 5);
	assert_int_equal(search_first(i, 0, 0, items[i] >= 3), 0);
}

static void looks_at_few(void **state)
{
	size_t looks = 0, at = search_first(i, 0, SIZE_MAX, (looks++, i >= SIZE_MAX - 1));

	(void)state;
	assert_int_equal(at, SIZE_MAX - 1); /* no sum of two places overflows */
	assert_in_range(looks, 1, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_border),
		cmocka_unit_test(equal_items_are_told_apart_by_the_condition),
		cmocka_unit_test(looks_at_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

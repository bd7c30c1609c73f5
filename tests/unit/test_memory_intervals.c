// SPDX-License-Identifier: MIT
/* The map of intervals against an array with a value for each address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory/interval_map.h"
#include "memory/pages.h"

#include <cmocka.h>

#define NR 600

static uint64_t seed;

static uint64_t random_below(uint64_t limit)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % limit;
}

/* Every address has what the array says, ranges ascend, and neighbours of one value are one. */
static void assert_same(struct interval_map *map, const uint64_t *array)
{
	struct span span, before = {0};
	uint64_t at = 0;

	while (interval_map_find(map, at, UINT64_MAX, &span)) {
		assert_true(span.start >= at && span.start < span.end && span.end <= NR);
		for (uint64_t i = at; i < span.start; i++)
			assert_int_equal(array[i], 0);
		for (uint64_t i = span.start; i < span.end; i++)
			assert_int_equal(array[i], span.value[0]);
		assert_false(before.end && before.end == span.start &&
			     before.value[0] == span.value[0]);
		before = span;
		at = span.end;
	}
	for (; at < NR; at++)
		assert_int_equal(array[at], 0);
}

static void change(struct interval_map *map, uint64_t *array)
{
	uint64_t start = random_below(NR), size = 1 + random_below(1 + random_below(60));
	uint64_t end = start + size < NR ? start + size : NR, value = random_below(4);

	for (uint64_t i = start; i < end; i++)
		array[i] = value;
	if (value)
		interval_map_set(map, &(struct span){start, end, {value, 7}});
	else
		interval_map_clear(map, start, end);
}

static void agrees_with_an_array(void **state)
{
	(void)state;
	for (uint64_t round = 1; round <= 60; round++) {
		struct interval_map map = {0};
		uint64_t array[NR] = {0};

		seed = round * 0x9e3779b97f4a7c15;
		for (int i = 0; i < 400; i++) {
			change(&map, array);
			if (i % 10 == 0)
				assert_same(&map, array);
		}
		interval_map_fini(&map);
	}
}

/* More ranges than fit into many leaves, made in the least welcome orders. */
static void holds_many_ranges(void **state)
{
	struct interval_map map = {0};
	struct span span;

	(void)state;
	for (uint64_t i = 20000; i-- > 0;)
		interval_map_set(&map, &(struct span){3 * i, 3 * i + 1, {1, 0}});
	for (uint64_t i = 0; i < 20000; i++) {
		assert_true(interval_map_find(&map, 3 * i, 3 * i + 2, &span));
		assert_int_equal(span.start, 3 * i);
		assert_int_equal(span.end, 3 * i + 1);
		assert_false(interval_map_find(&map, 3 * i + 1, 3 * i + 3, &span));
	}
	interval_map_set(&map, &(struct span){1, 59990, {2, 0}});
	assert_true(interval_map_find(&map, 30000, 30001, &span));
	assert_int_equal(span.start, 1);
	assert_int_equal(span.end, 59990);
	interval_map_clear(&map, 0, UINT64_MAX);
	assert_false(interval_map_find(&map, 0, UINT64_MAX, &span));
	interval_map_fini(&map);
}

static void nothing_is_in_an_empty_range(void **state)
{
	struct interval_map map = {0};
	struct span span;

	(void)state;
	interval_map_set(&map, &(struct span){10, 20, {1, 0}});
	interval_map_set(&map, &(struct span){15, 15, {2, 0}});
	assert_false(interval_map_find(&map, 15, 15, &span));
	assert_false(interval_map_find(&map, 20, 10, &span));
	assert_true(interval_map_cut(&map, 12, 14, &span));
	assert_int_equal(span.start, 12);
	assert_int_equal(span.end, 14);
	interval_map_clear(&map, 16, 12);
	assert_true(interval_map_cut(&map, 0, 100, &span));
	assert_int_equal(span.end - span.start, 10);
	interval_map_fini(&map);
}

static void pages_remember_who_gave_them_back(void **state)
{
	struct pages pages = {0}, child;
	struct page_range range;

	(void)state;
	pages_set(&pages, 0, 100, PAGE_OWN, 0);
	pages_set(&pages, 100, 200, PAGE_FILE, 0);
	assert_int_equal(pages.own_bytes, 100);
	pages_give_back(&pages, 50, 150, 7);
	pages_give_back(&pages, 60, 70, 8); /* is gone already */
	assert_int_equal(pages.own_bytes, 50);
	range = pages_at(&pages, 55, 1000);
	assert_int_equal(range.state, PAGE_GONE);
	assert_int_equal(range.returner, 7);
	assert_int_equal(range.end, 100);
	assert_int_equal(pages_at(&pages, 100, 1000).state, PAGE_NEVER);
	assert_int_equal(pages_at(&pages, 100, 1000).end, 150);

	pages_fork(&pages, &child);
	assert_int_equal(pages_at(&pages, 0, 10).state, PAGE_SHARED);
	assert_int_equal(pages_at(&child, 0, 10).state, PAGE_INHERITED);
	assert_int_equal(pages_at(&child, 60, 70).state, PAGE_NEVER);
	assert_int_equal(pages_at(&child, 150, 160).state, PAGE_NEVER); /* files anew */
	assert_int_equal(child.own_bytes, 0);
	assert_int_equal(pages.own_bytes, 50);

	pages_move(&pages, 40, 60, &child, 1000);
	assert_int_equal(pages.own_bytes, 40);
	assert_int_equal(child.own_bytes, 10);
	assert_int_equal(pages_at(&child, 1055, 1060).returner, 7);
	assert_int_equal(pages_at(&pages, 45, 60).state, PAGE_NEVER);
	pages_fini(&pages);
	pages_fini(&child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_an_array),
		cmocka_unit_test(holds_many_ranges),
		cmocka_unit_test(nothing_is_in_an_empty_range),
		cmocka_unit_test(pages_remember_who_gave_them_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* Address ranges and symbol tables, made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "symbols/range_index.h"
#include "symbols/symbol_table.h"

static void nested_ranges_belong_to_the_innermost(void **state)
{
	struct range_index index = {0};

	(void)state;
	range_index_add(&index, 30, 40, 1, 2);
	range_index_add(&index, 10, 100, 0, 1);
	range_index_add(&index, 35, 40, 2, 3); /* ends together with the one around it */
	range_index_add(&index, 100, 110, 0, 4);
	range_index_seal(&index);
	assert_int_equal(range_index_find(&index, 9), NO_OWNER);
	assert_int_equal(range_index_find(&index, 10), 1);
	assert_int_equal(range_index_find(&index, 30), 2);
	assert_int_equal(range_index_find(&index, 35), 3);
	assert_int_equal(range_index_find(&index, 39), 3);
	assert_int_equal(range_index_find(&index, 40), 1);
	assert_int_equal(range_index_find(&index, 99), 1);
	assert_int_equal(range_index_find(&index, 100), 4);
	assert_int_equal(range_index_find(&index, 110), NO_OWNER);
	range_index_fini(&index);
}

static void ranges_that_start_together_nest_by_depth(void **state)
{
	struct range_index index = {0};

	(void)state;
	range_index_add(&index, 10, 20, 2, 3);
	range_index_add(&index, 10, 20, 0, 1);
	range_index_add(&index, 10, 20, 1, 2);
	range_index_seal(&index);
	assert_int_equal(range_index_find(&index, 10), 3);
	assert_int_equal(range_index_find(&index, 20), NO_OWNER);
	range_index_fini(&index);
}

/* The oracle: of all ranges over an address, the one that starts last. */
static uint32_t find_slowly(const struct range *ranges, size_t size, uint64_t address)
{
	const struct range *best = NULL;

	for (const struct range *it = ranges; it < ranges + size; it++)
		if (it->start <= address && address < it->end &&
		    (!best || it->start > best->start ||
		     (it->start == best->start &&
		      (it->end < best->end || (it->end == best->end && it->owner > best->owner)))))
			best = it;
	return best ? best->owner : NO_OWNER;
}

static void random_ranges_agree_with_a_plain_search(void **state)
{
	struct range ranges[12];

	(void)state;
	srand(7);
	for (int round = 0; round < 2000; round++) {
		struct range_index index = {0};

		for (uint32_t i = 0; i < 12; i++) {
			ranges[i] = (struct range){.start = 1 + rand() % 60, .owner = i + 1};
			ranges[i].end = ranges[i].start + rand() % 30;
			range_index_add(&index, ranges[i].start, ranges[i].end, 0, i + 1);
		}
		range_index_seal(&index);
		for (uint64_t address = 0; address < 100; address++)
			assert_int_equal(range_index_find(&index, address),
					 find_slowly(ranges, 12, address));
		range_index_fini(&index);
	}
}

static void nothing_is_at_address_zero(void **state)
{
	struct range_index index = {0};

	(void)state;
	range_index_add(&index, 0, 100, 0, 1);
	range_index_add(&index, 50, 50, 0, 2);
	range_index_add(&index, UINT64_MAX, 10, 0, 3);
	range_index_seal(&index);
	assert_int_equal(range_index_find(&index, 0), NO_OWNER);
	assert_int_equal(range_index_find(&index, 50), NO_OWNER);
	assert_int_equal(range_index_find(&index, UINT64_MAX), NO_OWNER);
	range_index_fini(&index);
}

static void symbols_end_where_they_say(void **state)
{
	static const struct symbol symbols[] = {
		{.start = 100, .size = 20, .limit = 1000, .name = "sized"},
		{.start = 110, .limit = 1000, .name = "label_inside", .local = true},
		{.start = 200, .limit = 1000, .name = "open"},
		{.start = 250, .size = 10, .limit = 1000, .name = "after"},
		{.start = 900, .limit = 1000, .name = "last"},
	};
	struct symbol_table table = {0};

	(void)state;
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
		symbol_table_add(&table, &symbols[i]);
	symbol_table_seal(&table);
	assert_null(symbol_table_find(&table, 99, 0));
	assert_string_equal(symbol_table_find(&table, 100, 0), "sized");
	assert_string_equal(symbol_table_find(&table, 115, 0), "sized");
	assert_string_equal(symbol_table_find(&table, 249, 0), "open");
	assert_string_equal(symbol_table_find(&table, 259, 0), "after");
	assert_null(symbol_table_find(&table, 260, 0));
	assert_string_equal(symbol_table_find(&table, 999, 0), "last");
	assert_null(symbol_table_find(&table, 1000, 0));
	assert_string_equal(symbol_table_find(&table, 999, 900), "last");
	assert_null(symbol_table_find(&table, 999, 901)); /* another function by then */
	assert_string_equal(symbol_table_find(&table, 115, 110), "sized");
	symbol_table_fini(&table);
}

static void of_several_names_the_known_one_is_shown(void **state)
{
	static const struct symbol symbols[] = {
		{.start = 16, .size = 8, .name = "__libc_malloc"},
		{.start = 16, .size = 8, .name = "malloc@@GLIBC_2.2.5"},
		{.start = 16, .size = 8, .name = "_malloc"},
		{.start = 16, .size = 8, .name = "mal", .local = true},
		{.start = 32, .size = 8, .name = "_ZN3foo3barEi"},
	};
	struct symbol_table table = {0};

	(void)state;
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
		symbol_table_add(&table, &symbols[i]);
	symbol_table_seal(&table);
	assert_string_equal(symbol_table_find(&table, 20, 0), "malloc");
	assert_string_equal(symbol_table_find(&table, 32, 0), "foo::bar");
	symbol_table_fini(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nested_ranges_belong_to_the_innermost),
		cmocka_unit_test(ranges_that_start_together_nest_by_depth),
		cmocka_unit_test(random_ranges_agree_with_a_plain_search),
		cmocka_unit_test(nothing_is_at_address_zero),
		cmocka_unit_test(symbols_end_where_they_say),
		cmocka_unit_test(of_several_names_the_known_one_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

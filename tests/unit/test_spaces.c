// SPDX-License-Identifier: MIT
/* Address spaces: which mapping an address belonged to, at which time, in which process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/spaces.h"

#include <cmocka.h>

static void map(struct spaces *spaces, uint32_t space, uint64_t time_ns, uint64_t start,
		uint64_t end, uint32_t module)
{
	space_map(spaces, space,
		  &(struct mapping){
			  .start = start, .end = end, .time_ns = time_ns, .module = module});
}

/* The module at an address, 0 for none. */
static uint32_t module_at(const struct spaces *spaces, uint32_t space, uint64_t time_ns,
			  uint64_t address)
{
	const struct mapping *mapping = space_find(spaces, space, address, time_ns);

	return mapping ? mapping->module : 0;
}

static void bounds_are_half_open(void **state)
{
	struct spaces spaces = {0};

	(void)state;
	map(&spaces, 1, 10, 0x1000, 0x2000, 7);
	assert_int_equal(module_at(&spaces, 1, 10, 0xfff), 0);
	assert_int_equal(module_at(&spaces, 1, 10, 0x1000), 7);
	assert_int_equal(module_at(&spaces, 1, 10, 0x1fff), 7);
	assert_int_equal(module_at(&spaces, 1, 10, 0x2000), 0);
	spaces_free(&spaces);
}

static void the_youngest_overlay_of_the_time_wins(void **state)
{
	struct spaces spaces = {0};

	(void)state;
	map(&spaces, 1, 10, 0x1000, 0x9000, 7);
	map(&spaces, 1, 30, 0x3000, 0x4000, 9);
	map(&spaces, 1, 20, 0x2000, 0x5000, 8); /* told late */
	assert_int_equal(module_at(&spaces, 1, 9, 0x3000), 0);
	assert_int_equal(module_at(&spaces, 1, 15, 0x3000), 7);
	assert_int_equal(module_at(&spaces, 1, 25, 0x3000), 8);
	assert_int_equal(module_at(&spaces, 1, 30, 0x3000), 9);
	assert_int_equal(module_at(&spaces, 1, 99, 0x4000), 8);
	assert_int_equal(module_at(&spaces, 1, 99, 0x5000), 7);
	spaces_free(&spaces);
}

static void what_is_told_again_takes_no_room(void **state)
{
	struct mapping moved = {.start = 0x1000, .end = 0x2000, .time_ns = 40, .module = 7};
	struct spaces spaces = {0};

	(void)state;
	map(&spaces, 1, 10, 0x1000, 0x9000, 7);
	for (uint64_t time_ns = 11; time_ns < 30; time_ns++)
		space_map(&spaces, 1,
			  &(struct mapping){.start = 0x2000,
					    .end = 0x3000,
					    .file_offset_bytes = 0x1000,
					    .time_ns = time_ns,
					    .module = 7});
	assert_int_equal(spaces.by_id.items[1].mappings.size, 1);
	map(&spaces, 1, 30, 0x2000, 0x3000, 8); /* another one came over it */
	map(&spaces, 1, 31, 0x1000, 0x9000, 7);
	assert_int_equal(spaces.by_id.items[1].mappings.size, 3);
	assert_int_equal(module_at(&spaces, 1, 30, 0x2000), 8);
	assert_int_equal(module_at(&spaces, 1, 31, 0x2000), 7);
	moved.file_offset_bytes = 0x5000; /* another part of the same file */
	space_map(&spaces, 1, &moved);
	map(&spaces, 1, 5, 0x1000, 0x2000, 7); /* told late */
	assert_int_equal(spaces.by_id.items[1].mappings.size, 5);
	assert_int_equal(module_at(&spaces, 1, 5, 0x1000), 7);
	assert_int_equal(space_find(&spaces, 1, 0x1000, 40)->file_offset_bytes, 0x5000);
	spaces_free(&spaces);
}

static void a_child_sees_its_parent_as_of_the_fork(void **state)
{
	struct spaces spaces = {0};

	(void)state;
	map(&spaces, 1, 10, 0x1000, 0x2000, 7);
	space_born(&spaces, 2, 1, 50);
	map(&spaces, 1, 60, 0x1000, 0x2000, 8); /* after the fork: the parent's alone */
	map(&spaces, 2, 70, 0x5000, 0x6000, 9); /* the child's alone */
	assert_int_equal(module_at(&spaces, 2, 80, 0x1000), 7);
	assert_int_equal(module_at(&spaces, 1, 80, 0x1000), 8);
	assert_int_equal(module_at(&spaces, 2, 80, 0x5000), 9);
	assert_int_equal(module_at(&spaces, 1, 80, 0x5000), 0);
	spaces_free(&spaces);
}

static void exec_forgets_the_parent(void **state)
{
	struct spaces spaces = {0};

	(void)state;
	map(&spaces, 1, 10, 0x1000, 0x2000, 7);
	space_born(&spaces, 2, 0, 50);
	assert_int_equal(module_at(&spaces, 2, 80, 0x1000), 0);
	assert_int_equal(module_at(&spaces, 77, 80, 0x1000), 0);
	spaces_free(&spaces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_are_half_open),
		cmocka_unit_test(the_youngest_overlay_of_the_time_wins),
		cmocka_unit_test(what_is_told_again_takes_no_room),
		cmocka_unit_test(a_child_sees_its_parent_as_of_the_fork),
		cmocka_unit_test(exec_forgets_the_parent),
	};

	return cmocka_run_group_tests_name("spaces", tests, NULL, NULL);
}

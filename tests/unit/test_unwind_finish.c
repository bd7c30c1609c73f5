// SPDX-License-Identifier: MIT
/*
 * Stacks that user space finishes: a made-up table and a copied stack. And what a program will map,
 * as far as that can be foreseen: this one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unwind/dependencies.h"
#include "unwind/finish.h"
#include "unwind/library_cache.h"

#define CODE  0x400000ULL
#define STACK 0x7000ULL

enum { NO_TABLE_YET = 3, THE_FILE = 5, NR_WORDS = 8, SP = 7 };

/* Up to 0x100 a function with a frame of two words, behind it the outermost, and from 0x200 on one
 * with a frame as large as the copy. */
static struct unwind_rule function_rules[] = {
	{0},
	{.cfa_kind = UNWIND_CFA_REG, .cfa_reg = SP, .cfa_offset = 16},
	{.cfa_kind = UNWIND_CFA_REG,
	 .cfa_reg = SP,
	 .cfa_offset = 8,
	 .ra_kind = UNWIND_RA_UNDEFINED},
	{.cfa_kind = UNWIND_CFA_REG, .cfa_reg = SP, .cfa_offset = MAX_REST_BYTES},
};

struct fixture {
	struct unwind_store store;
	struct unwind_row rows[16];
	uint64_t pages[16];
	struct unwind_rule rules[MAX_UNWIND_RULES];
	struct unwind_file files[8];
	struct stack_rest_event *rest;
	uint32_t file; /* that all code is of */
	uint64_t frames[MAX_FRAMES];
};

static bool find_code(void *arg, uint64_t address, struct code_range *out)
{
	const struct fixture *f = arg;

	*out = (struct code_range){CODE, CODE + 0x1000, CODE, f->file};
	return address >= CODE && address < CODE + 0x1000;
}

static int begin(void **state)
{
	struct fixture *f = xnew(struct fixture);
	struct unwind_row rows[] = {{.offset = 0, .rule = 1},
				    {.offset = 0x100, .rule = 2},
				    {.offset = 0x200, .rule = 3}};
	struct unwind_table table = {
		.rows = rows, .nr_rows = 3, .rules = function_rules, .nr_rules = 4};

	f->store = (struct unwind_store){.rows = f->rows,
					 .pages = f->pages,
					 .rules = f->rules,
					 .files = f->files,
					 .max_rows = 16,
					 .max_pages = 16,
					 .max_files = 8};
	unwind_store_begin(&f->store);
	assert_int_equal(unwind_publish(&f->store, THE_FILE, &table), 0);
	f->file = THE_FILE;
	f->rest = xcalloc(1, sizeof *f->rest + MAX_REST_BYTES);
	f->rest->known = 0xffff;
	f->rest->ip = CODE + 0x20;
	f->rest->registers[SP] = STACK;
	f->rest->stack_bytes = 8 * NR_WORDS;
	f->frames[0] = 0x1111;
	f->frames[1] = CODE + 0x1f;
	*state = f;
	return 0;
}

static int end(void **state)
{
	struct fixture *f = *state;

	free(f->store.rule_places);
	free(f->rest);
	free(f);
	return 0;
}

static void put(struct fixture *f, uint32_t word, uint64_t value)
{
	memcpy(f->rest->stack + 8 * word, &value, sizeof value);
}

static uint32_t finish(struct fixture *f, uint32_t *flags)
{
	*flags = WALK_NO_TABLE;
	return unwind_finish(&f->store, f->rest, find_code, f, f->frames, 2, flags);
}

static void test_goes_on_from_the_last_frame(void **state)
{
	struct fixture *f = *state;
	uint32_t flags;

	put(f, 1, CODE + 0x40);
	put(f, 3, CODE + 0x140);
	assert_int_equal(finish(f, &flags), 4);
	assert_int_equal(flags, WALK_COMPLETE);
	assert_int_equal(f->frames[0], 0x1111);
	assert_int_equal(f->frames[1], CODE + 0x1f);
	assert_int_equal(f->frames[2], CODE + 0x3f);
	assert_int_equal(f->frames[3], CODE + 0x13f);
}

static void test_waits_on_while_there_is_no_table(void **state)
{
	struct fixture *f = *state;
	uint32_t flags;

	f->file = NO_TABLE_YET;
	assert_int_equal(finish(f, &flags), 2);
	assert_int_equal(flags, WALK_NO_TABLE);
	f->file = 100; /* beyond all files */
	assert_int_equal(finish(f, &flags), 2);
	assert_int_equal(flags, WALK_NO_TABLE);
}

/* STACK is at the start of a page. */
static void test_page_that_was_not_there(void **state)
{
	struct fixture *f = *state;
	uint32_t flags;

	f->rest->stack_bytes = 3 * 4096;
	for (uint32_t i = 0; i < 3 * 512; i++)
		put(f, i, CODE + 0x40);
	put(f, 2 * 512 + 1, CODE + 0x140);
	assert_int_equal(finish(f, &flags), 2 + 512 + 1);
	assert_int_equal(flags, WALK_COMPLETE);
	f->rest->absent_pages = 1 << 1;
	assert_int_equal(finish(f, &flags), 2 + 256);
	assert_int_equal(flags, WALK_UNREADABLE);
	f->rest->absent_pages = 1 << 2;
	assert_int_equal(finish(f, &flags), 2 + 512);
	assert_int_equal(flags, WALK_UNREADABLE);
}

static void test_ends_with_the_copy(void **state)
{
	struct fixture *f = *state;
	uint32_t flags;

	for (uint32_t i = 0; i < MAX_REST_BYTES / 8; i++)
		put(f, i, CODE + 0x40);
	assert_int_equal(finish(f, &flags), 2 + NR_WORDS / 2);
	assert_int_equal(flags, WALK_UNREADABLE); /* there was no more to copy */
	f->rest->stack_bytes = MAX_REST_BYTES;
	assert_int_equal(finish(f, &flags), MAX_FRAMES);
	assert_int_equal(flags, WALK_TOO_DEEP);
	f->rest->registers[SP] = ~0ULL - 4; /* must not wrap round */
	put(f, 0, 0);
	finish(f, &flags);
	assert_int_not_equal(flags, WALK_COMPLETE);
}

/* It would have been read if the table had been there in time. */
static void test_frame_behind_the_copy(void **state)
{
	struct fixture *f = *state;
	uint32_t flags;

	f->rest->ip = CODE + 0x220;
	assert_int_equal(finish(f, &flags), 2);
	assert_int_equal(flags, WALK_NO_TABLE);
}

static void test_own_libraries_are_foreseen(void **state)
{
	struct paths paths;
	bool has_libc = false, has_loader = false;

	(void)state;
	dependencies_find("/proc/self/exe", &paths);
	assert_string_equal(paths.items[0], "/proc/self/exe");
	vec_each (&paths, path) {
		assert_int_equal(access(*path, R_OK), 0);
		has_libc = has_libc || strstr(*path, "/libc.so");
		has_loader = has_loader || strstr(*path, "/ld-linux");
	}
	assert_true(has_libc);
	assert_true(has_loader);
	paths_fini(&paths);
	dependencies_find("/does/not/exist", &paths);
	assert_int_equal(paths.size, 1);
	paths_fini(&paths);
}

/* Cut at every byte, and with offsets that lead out of it. */
static void test_damaged_library_cache(void **state)
{
	char name[] = "/tmp/prof-cache-XXXXXX";
	uint32_t words[48] = {0};
	struct library_cache cache;
	int fd = mkstemp(name);

	(void)state;
	memcpy(words, "glibc-ld.so.cache1.1", 20);
	words[5] = 1;
	words[12] = 0x0303;
	words[13] = 18 * 4;
	words[14] = 20 * 4;
	memcpy(&words[18], "liba", 5);
	memcpy(&words[20], "/x/liba", 8);
	for (size_t size = 0; size <= sizeof words; size++) {
		const char *found;

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, words, size, 0), size);
		library_cache_open(name, &cache);
		found = library_cache_find(&cache, "liba");
		if (size >= 22 * 4)
			assert_string_equal(found, "/x/liba");
		else
			assert_true(!found || !*found);
		library_cache_close(&cache);
	}
	words[5] = UINT32_MAX;
	assert_int_equal(pwrite(fd, words, sizeof words, 0), sizeof words);
	library_cache_open(name, &cache);
	assert_null(library_cache_find(&cache, "liba"));
	library_cache_close(&cache);
	close(fd);
	unlink(name);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(goes_on_from_the_last_frame),
		TEST(waits_on_while_there_is_no_table),
		TEST(page_that_was_not_there),
		TEST(ends_with_the_copy),
		TEST(frame_behind_the_copy),
		cmocka_unit_test(test_own_libraries_are_foreseen),
		cmocka_unit_test(test_damaged_library_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

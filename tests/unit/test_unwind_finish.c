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

/* Up to 0x100 a function with a frame of two words, behind it the outermost, from 0x200 on one
 * with a frame as large as the copy, and from 0x300 on one that no rule tells of. */
static struct unwind_rule function_rules[] = {
	{0},
	{.cfa_kind = UNWIND_CFA_REG, .cfa_reg = SP, .cfa_offset = 16},
	{.cfa_kind = UNWIND_CFA_REG,
	 .cfa_reg = SP,
	 .cfa_offset = 8,
	 .ra_kind = UNWIND_RA_UNDEFINED},
	{.cfa_kind = UNWIND_CFA_REG, .cfa_reg = SP, .cfa_offset = MAX_REST_BYTES},
	{.cfa_kind = UNWIND_CFA_UNSUPPORTED},
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
				    {.offset = 0x200, .rule = 3},
				    {.offset = 0x300, .rule = 4}};
	struct unwind_table table = {
		.rows = rows, .nr_rows = 4, .rules = function_rules, .nr_rules = 5};

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

static bool read_words(void *arg, uint64_t address, void *out, uint32_t size)
{
	const struct stack_rest_event *rest = arg;

	if (address < STACK || address - STACK > rest->stack_bytes - size)
		return false;
	memcpy(out, rest->stack + (address - STACK), size);
	return true;
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

/* The CFA of what has no rule: rbx. rbp is saved at the CFA - 16, and r12 is the CFA. */
static enum exact_step step_exactly(void *maker, uint32_t file, uint64_t offset, uint64_t address,
				    memory_read *read, void *arg, struct frame_registers *registers,
				    bool *is_signal)
{
	struct exact_frame *frame = maker;

	if (file != THE_FILE || offset < 0x300 || address != CODE + offset)
		return EXACT_FAILED;
	*is_signal = frame->is_signal;
	return exact_frame_step(frame, address, read, arg, registers);
}

static struct exact_frame exact_frame(void)
{
	struct exact_frame frame = {.state = {.cfa_kind = UNWIND_CFA_REG, .cfa_reg = DWARF_RBX}};

	frame.state.columns[COLUMN_RA] = (struct saved){SAVED_AT_CFA, -8};
	frame.state.columns[UNWIND_RBP] = (struct saved){SAVED_AT_CFA, -16};
	frame.state.columns[UNWIND_R12] = (struct saved){SAVED_IS_CFA, 0};
	return frame;
}

static void test_code_without_a_rule(void **state)
{
	struct fixture *f = *state;
	struct exact_frame frame = exact_frame();
	uint32_t flags;

	f->store.step_exactly = step_exactly;
	f->store.maker = &frame;
	f->rest->ip = CODE + 0x320;
	f->rest->registers[DWARF_RBX] = STACK + 8 * 4;
	put(f, 2, 0x1234);
	put(f, 3, CODE + 0x40);
	put(f, 5, CODE + 0x140);
	assert_int_equal(finish(f, &flags), 4);
	assert_int_equal(flags, WALK_COMPLETE);
	assert_int_equal(f->frames[1], CODE + 0x31f);
	assert_int_equal(f->frames[2], CODE + 0x3f);
	assert_int_equal(f->frames[3], CODE + 0x13f);

	frame.is_signal = true; /* its caller did not call */
	assert_int_equal(finish(f, &flags), 4);
	assert_int_equal(f->frames[1], CODE + 0x320);
	assert_int_equal(f->frames[2], CODE + 0x40);

	frame.state.columns[COLUMN_RA].kind = SAVED_UNDEFINED;
	assert_int_equal(finish(f, &flags), 2);
	assert_int_equal(flags, WALK_COMPLETE);
}

/* Then the frame pointer is the last way, and there is none here. */
static void test_code_that_nobody_can_step_over(void **state)
{
	struct fixture *f = *state;
	struct exact_frame frame = exact_frame();
	uint32_t flags;

	f->rest->ip = CODE + 0x320;
	f->rest->registers[DWARF_RBX] = STACK + 8 * 4;
	assert_int_equal(finish(f, &flags), 2);
	assert_int_equal(flags, WALK_NO_RULE);
	f->store.step_exactly = step_exactly;
	f->store.maker = &frame;
	f->rest->known &= ~(1U << DWARF_RBX);
	assert_int_equal(finish(f, &flags), 2);
	assert_int_equal(flags, WALK_NO_RULE);
	f->rest->known = 0xffff;
	f->rest->registers[DWARF_RBX] = 0; /* where nothing can be read */
	assert_int_equal(finish(f, &flags), 2);
	assert_int_equal(flags, WALK_NO_RULE);
}

/* What callers are left with, by the place that each register has. */
static void test_registers_of_the_caller(void **state)
{
	struct fixture *f = *state;
	struct exact_frame frame = exact_frame();
	struct frame_registers registers = {.known = 1U << DWARF_RBX | 1U << 9 | 1U << 13};

	registers.values[DWARF_RBX] = STACK + 8 * 4;
	registers.values[9] = 99;
	registers.values[13] = 13;
	frame.state.columns[column_of(9)] = (struct saved){SAVED_NOT, 0};
	frame.state.columns[column_of(11)] = (struct saved){SAVED_IN_REGISTER, 9};
	frame.state.columns[column_of(14)] = (struct saved){SAVED_UNDEFINED, 0};
	frame.state.columns[column_of(8)] = (struct saved){SAVED_AT_EXPRESSION, 0};
	put(f, 2, 0x1234);
	put(f, 3, CODE + 0x40);
	assert_int_equal(exact_frame_step(&frame, 0, read_words, f->rest, &registers),
			 EXACT_CALLER);
	assert_int_equal(registers.known, 1U << DWARF_RBX | 1U << DWARF_RBP | 1U << DWARF_RSP |
						  1U << 11 | 1U << 12 | 1U << 13 | 1U << DWARF_RIP);
	assert_int_equal(registers.values[DWARF_RBP], 0x1234);
	assert_int_equal(registers.values[DWARF_RSP], STACK + 8 * 4);
	assert_int_equal(registers.values[11], 99);
	assert_int_equal(registers.values[12], STACK + 8 * 4);
	assert_int_equal(registers.values[13], 13);
	assert_int_equal(registers.values[DWARF_RIP], CODE + 0x40);
	put(f, 3, 0);
	registers.values[DWARF_RBX] = STACK + 8 * 4;
	assert_int_equal(exact_frame_step(&frame, 0, read_words, f->rest, &registers),
			 EXACT_OUTERMOST);
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
		TEST(code_without_a_rule),
		TEST(code_that_nobody_can_step_over),
		TEST(registers_of_the_caller),
		cmocka_unit_test(test_own_libraries_are_foreseen),
		cmocka_unit_test(test_damaged_library_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

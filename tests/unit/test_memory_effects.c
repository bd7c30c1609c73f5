// SPDX-License-Identifier: MIT
/* Calls whose effect on memory is not what their arguments or their result say at first sight. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "made_memory.h"

#include <cmocka.h>

#define ANY             -1
#define GUARD_INSTALL   102
#define FAILED(number)  ((uint64_t) - (number))
#define POPULATES(...)  call_lasting(mm, 5, __VA_ARGS__)
#define ARGUMENTS(...)  ((const uint64_t[6]){__VA_ARGS__})
#define EFFECT_TEST(f)  cmocka_unit_test_setup_teardown(f, memory_setup, memory_teardown)
#define READ_WRITE      (PROT_READ | PROT_WRITE)
#define PRIVATE_NOWHERE (MAP_PRIVATE | MAP_ANONYMOUS)

static uint64_t pages_in(const struct made_memory *mm, enum fault_cause cause,
			 enum region_kind kind)
{
	uint64_t pages = 0;

	vec_each (&memory_causes(mm->model)->rows, row) {
		if (row->key.cause == cause && row->key.region_kind == kind)
			pages += row->pages;
	}
	return pages;
}

/* madvise() says ENOMEM of a hole, and has done all the rest. */
static void advice_leaps_over_holes(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	MAP_BLOCK(mm, 12, 10);
	FAULT(mm, 0, 10, WRITE_ONE);
	FAULT(mm, 12, 10, WRITE_ONE);
	CALL(mm, SYS_madvise, FAILED(ENOMEM), AT(0), 22 * PAGE, MADV_DONTNEED);
	FAULT(mm, 0, 10, WRITE_ONE);
	FAULT(mm, 12, 10, WRITE_ONE);
	CALL(mm, SYS_madvise, FAILED(EINVAL), AT(0), 22 * PAGE, MADV_DONTNEED);
	FAULT(mm, 0, 1, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_madvise), 20);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT_UNASKED, ANY, ANY), 1);
}

static void protection_stops_at_a_hole(void **state)
{
	struct made_memory *mm = *state;

	map(mm, 0, 10, PROT_NONE, PRIVATE_NOWHERE);
	map(mm, 12, 10, PROT_NONE, PRIVATE_NOWHERE);
	CALL(mm, SYS_mprotect, FAILED(ENOMEM), AT(0), 22 * PAGE, READ_WRITE);
	FAULT(mm, 0, 10, WRITE_ONE);
	CALL(mm, SYS_mprotect, 0, AT(12), 4 * PAGE, READ_WRITE);
	FAULT(mm, 12, 4, WRITE_ONE);
	FAULT(mm, 16, 2, WRITE_ONE); /* it is owned as it was */
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mprotect, ANY), 14);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 2);
}

/* What is freed lazily is there until memory is short: who takes it away is another call. */
static void what_is_offered_is_still_there(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	FAULT(mm, 0, 10, WRITE_ONE);
	CALL(mm, SYS_madvise, 0, AT(0), 10 * PAGE, MADV_FREE);
	FAULT(mm, 0, 1, WRITE_ONE); /* this one the kernel had taken */
	CALL(mm, SYS_munmap, 0, AT(0), 10 * PAGE);
	MAP_BLOCK(mm, 0, 20);
	FAULT(mm, 0, 20, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_madvise), 1);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_munmap), 10);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 20);
	assert_int_equal(memory_totals(mm->model)->most_bytes, 20 * PAGE);
}

static void guards_take_what_was_there(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	FAULT(mm, 0, 10, WRITE_ONE);
	CALL(mm, SYS_madvise, 0, AT(0), 4 * PAGE, GUARD_INSTALL);
	CALL(mm, SYS_madvise, 0, AT(0), 4 * PAGE, GUARD_INSTALL + 1); /* removes them */
	FAULT(mm, 0, 4, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_madvise), 4);
}

/* What is locked from then on is brought in by whatever call makes it usable. */
static void locking_everything_populates(void **state)
{
	struct made_memory *mm = *state;
	struct task_mapping text = {
		.task = 1, .start = AT(500), .end = AT(600), .module = 5, .flags = MAPPED_READ};

	EVENT(mm, .type = TASK_EXEC, .value = {100, 100, AT(200), AT(900), AT(800), AT(500)});
	text.time_ns = mm->now_ns;
	memory_take_mapping(mm->model, &text, FILE_ON_DISK);
	mm->now_ns += 10;
	MAP_BLOCK(mm, 700, 10);
	map(mm, 720, 10, PROT_NONE, PRIVATE_NOWHERE);
	POPULATES(SYS_mlockall, 0, ARGUMENTS(MCL_CURRENT | MCL_FUTURE), 15); /* 5 are of the file */
	POPULATES(SYS_mprotect, 0, ARGUMENTS(AT(720), 10 * PAGE, READ_WRITE), 10);
	POPULATES(SYS_brk, AT(208), ARGUMENTS(AT(208)), 8);
	CALL(mm, SYS_madvise, 0, AT(700), 10 * PAGE, MADV_DONTNEED);
	FAULT(mm, 700, 10, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_in(mm, CAUSE_POPULATED, REGION_BLOCK), 20);
	assert_int_equal(pages_in(mm, CAUSE_POPULATED, REGION_FILE), 5);
	assert_int_equal(pages_in(mm, CAUSE_POPULATED, REGION_HEAP), 8);
	assert_int_equal(pages_in(mm, CAUSE_POPULATED, REGION_UNKNOWN), 0);
	assert_int_equal(pages_of(mm, CAUSE_POPULATED, SYS_mprotect, ANY), 10);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_madvise), 10);
}

static void zeros_mapped_privately_are_anonymous(void **state)
{
	struct made_memory *mm = *state;
	struct task_mapping zeros = {
		.task = 1, .start = AT(0), .end = AT(10), .module = 7, .flags = 3};

	map(mm, 0, 10, READ_WRITE, MAP_PRIVATE);
	zeros.time_ns = mm->now_ns;
	memory_take_mapping(mm->model, &zeros, FILE_OF_ZEROS);
	mm->now_ns += 10;
	FAULT(mm, 0, 5, WRITE_ONE);
	FAULT(mm, 5, 5, READ_ONE);
	FAULT(mm, 5, 5, WRITE_PROTECTED);
	finish(mm);
	assert_int_equal(pages_in(mm, CAUSE_FIRST_WRITE, REGION_BLOCK), 5);
	assert_int_equal(pages_in(mm, CAUSE_FIRST_READ, REGION_BLOCK), 5);
	assert_int_equal(pages_in(mm, CAUSE_ZERO_UPGRADE, REGION_BLOCK), 5);
}

/* Laid over a private file it is the rest of a program's data; over a shared one it is not. */
static void what_is_laid_over_a_shared_file_is_a_block(void **state)
{
	struct made_memory *mm = *state;

	map(mm, 0, 10, READ_WRITE, MAP_PRIVATE);
	map(mm, 20, 10, READ_WRITE, MAP_SHARED);
	map(mm, 5, 5, READ_WRITE, PRIVATE_NOWHERE | MAP_FIXED);
	map(mm, 25, 5, READ_WRITE, PRIVATE_NOWHERE | MAP_FIXED);
	FAULT(mm, 5, 2, WRITE_ONE);
	FAULT(mm, 25, 3, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_in(mm, CAUSE_FIRST_WRITE, REGION_ZEROED), 2);
	assert_int_equal(pages_in(mm, CAUSE_FIRST_WRITE, REGION_BLOCK), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EFFECT_TEST(advice_leaps_over_holes),
		EFFECT_TEST(protection_stops_at_a_hole),
		EFFECT_TEST(what_is_offered_is_still_there),
		EFFECT_TEST(guards_take_what_was_there),
		EFFECT_TEST(locking_everything_populates),
		EFFECT_TEST(zeros_mapped_privately_are_anonymous),
		EFFECT_TEST(what_is_laid_over_a_shared_file_is_a_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

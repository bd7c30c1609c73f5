// SPDX-License-Identifier: MIT
/* The model of memory where the recording began in the middle of a life: what is sure, what is only
 * likely, and what nobody can know. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "made_memory.h"
#include "memory/judge.h"

#include <cmocka.h>

#define ANY        -1
#define BEFORE     ((int)MEMORY_CALL_BEFORE)
#define HEAP_AT    100000
#define ARENA_AT   (16384ULL * 4)
#define READ_WRITE (MAPPED_READ | MAPPED_WRITE)

static struct memory_totals totals(const struct made_memory *mm)
{
	return *memory_totals(mm->model);
}

static void mapped_before(struct made_memory *mm, uint64_t page, uint64_t pages, uint32_t module,
			  uint32_t flags)
{
	const struct task_mapping mapping = {
		.time_ns = mm->now_ns,
		.task = 1,
		.module = module,
		.start = AT(page),
		.end = AT(page + pages),
		.flags = flags | MAPPED_BEFORE,
	};

	memory_take_mapping(mm->model, &mapping, FILE_ON_DISK);
	mm->now_ns += 10;
}

/* A process with a block of 999 pages and a second thread, joined while both were running. */
static int setup(void **state)
{
	struct made_memory *mm;

	memory_setup(state);
	mm = *state;
	EVENT(mm, .type = TASK_ATTACHED, .value = {100, 100, AT(HEAP_AT + 20) - 5});
	EVENT(mm, .type = TASK_START, .value = {1, 100, 100});
	EVENT(mm, .task = 2, .type = TASK_START, .value = {1, 100, 101, 0, AT(4990)});
	mapped_before(mm, 1, 999, MODULE_UNKNOWN, READ_WRITE);
	return 0;
}

static void absent_pages_are_likely_new(void **state)
{
	struct made_memory *mm = *state;

	FAULT(mm, 1, 10, WRITE_ONE);
	mm->task = 2; /* in the same memory */
	FAULT(mm, 20, 5, READ_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, BEFORE, ANY), 10);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_READ, BEFORE, ANY), 5);
	assert_int_equal(totals(mm).unsure_faults, 15);
	assert_int_equal(totals(mm).unknown_faults, 0);
}

/* The page of zeros, or shared by a fork: who knows. */
static void protected_pages_are_unknown(void **state)
{
	struct made_memory *mm = *state;

	FAULT(mm, 1, 10, WRITE_PROTECTED);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_UNKNOWN, BEFORE, ANY), 10);
	assert_int_equal(totals(mm).unknown_faults, 10);
	assert_int_equal(all_pages(mm), 10);
}

static void what_was_seen_is_sure(void **state)
{
	struct made_memory *mm = *state;

	FAULT(mm, 1, 10, WRITE_ONE);
	CALL(mm, SYS_madvise, 0, AT(1), 10 * PAGE, MADV_DONTNEED);
	FAULT(mm, 1, 10, WRITE_ONE);
	MAP_BLOCK(mm, 2000, 10);
	FAULT(mm, 2000, 10, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, BEFORE, SYS_madvise), 10);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 10);
	assert_int_equal(totals(mm).unsure_faults, 10);
}

static void given_back_unseen_is_likely_a_return(void **state)
{
	struct made_memory *mm = *state;

	CALL(mm, SYS_madvise, 0, AT(1), 10 * PAGE, MADV_DONTNEED);
	FAULT(mm, 1, 10, WRITE_ONE);
	CALL(mm, SYS_munmap, 0, AT(500), 10 * PAGE);
	MAP_BLOCK(mm, 500, 10);
	FAULT(mm, 500, 10, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, BEFORE, SYS_madvise), 10);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_munmap), 10);
	assert_int_equal(totals(mm).unsure_faults, 20);
}

static void forks_share_what_nobody_saw(void **state)
{
	struct made_memory *mm = *state;

	EVENT(mm, .type = TASK_FORK, .other = 3, .value = {3, 102, 102});
	mm->task = 3;
	FAULT(mm, 1, 10, WRITE_PROTECTED);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_COPY_ON_WRITE, BEFORE, ANY), 10);
	assert_int_equal(totals(mm).unsure_faults, 10);
}

static uint64_t faults_in(const struct made_memory *mm, enum region_kind kind)
{
	uint64_t faults = 0;

	vec_each (&memory_causes(mm->model)->rows, row)
		faults += row->key.region_kind == kind ? row->pages : 0;
	return faults;
}

static void kinds_are_told_by_their_place(void **state)
{
	struct made_memory *mm = *state;

	mapped_before(mm, 4000, 1000, MODULE_UNKNOWN, READ_WRITE); /* around a stack pointer */
	mapped_before(mm, 6000, 10, FIRST_FILE_MODULE, READ_WRITE);
	mapped_before(mm, 6010, 10, MODULE_UNKNOWN, READ_WRITE); /* bss */
	mapped_before(mm, ARENA_AT, 33, MODULE_UNKNOWN, READ_WRITE);
	mapped_before(mm, ARENA_AT + 33, 16384 - 33, MODULE_UNKNOWN, 0);
	mapped_before(mm, HEAP_AT, 20, MODULE_UNKNOWN, READ_WRITE);
	CALL(mm, SYS_mprotect, 0, AT(ARENA_AT + 33), 5 * PAGE, PROT_READ | PROT_WRITE);
	CALL(mm, SYS_brk, AT(HEAP_AT + 30), AT(HEAP_AT + 30));
	FAULT(mm, 1, 1, WRITE_ONE);
	FAULT(mm, 4000, 2, WRITE_ONE);
	FAULT(mm, 6000, 3, WRITE_ONE);
	FAULT(mm, 6010, 4, WRITE_ONE);
	FAULT(mm, ARENA_AT, 33 + 5, WRITE_ONE);
	FAULT(mm, HEAP_AT, 30, WRITE_ONE);
	finish(mm);
	assert_int_equal(faults_in(mm, REGION_BLOCK), 1);
	assert_int_equal(faults_in(mm, REGION_THREAD_STACK), 2);
	assert_int_equal(faults_in(mm, REGION_FILE), 3);
	assert_int_equal(faults_in(mm, REGION_ZEROED), 4);
	assert_int_equal(faults_in(mm, REGION_ARENA), 38);
	assert_int_equal(faults_in(mm, REGION_HEAP), 30);
	/* What became usable since is new without a doubt. */
	assert_int_equal(pages_of(mm, CAUSE_HEAP_GROWTH, SYS_mprotect, ANY), 5);
	assert_int_equal(pages_of(mm, CAUSE_HEAP_GROWTH, SYS_brk, ANY), 10);
	assert_int_equal(totals(mm).unsure_faults, 1 + 2 + 3 + 4 + 33 + 20);
}

static void files_are_what_they_are(void **state)
{
	struct made_memory *mm = *state;

	mapped_before(mm, 6000, 10, FIRST_FILE_MODULE, MAPPED_READ | MAPPED_EXEC);
	FAULT(mm, 6000, 4, READ_ONE);
	FAULT(mm, 6004, 4, READ_ONE | ERROR_FETCH);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_FILE_READ, BEFORE, ANY), 4);
	assert_int_equal(pages_of(mm, CAUSE_EXEC_TEXT, BEFORE, ANY), 4);
	assert_int_equal(totals(mm).unsure_faults, 0);
}

#define MODEL_TEST(test) cmocka_unit_test_setup_teardown(test, setup, memory_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(absent_pages_are_likely_new),
		MODEL_TEST(protected_pages_are_unknown),
		MODEL_TEST(what_was_seen_is_sure),
		MODEL_TEST(given_back_unseen_is_likely_a_return),
		MODEL_TEST(forks_share_what_nobody_saw),
		MODEL_TEST(kinds_are_told_by_their_place),
		MODEL_TEST(files_are_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

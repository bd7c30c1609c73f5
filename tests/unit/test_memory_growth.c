// SPDX-License-Identifier: MIT
/* What each call amounts to: calls, bytes that it made usable, and those that were kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/made_memory.h"

/* Of the call of that number. */
static struct call_totals totals_of(struct made_memory *mm, uint64_t nr)
{
	for (uint32_t id = 1; id < memory_nr_calls(mm->model); id++) {
		if (memory_call_of(mm->model, id)->nr == nr)
			return memory_place_totals(mm->model, memory_place_of_call(mm->model, id));
	}
	return (struct call_totals){0};
}

static void blocks_add_and_keep(void **state)
{
	struct made_memory *mm = *state;
	struct call_totals mmap, munmap;

	MAP_BLOCK(mm, 0, 10);
	MAP_BLOCK(mm, 20, 5);
	CALL(mm, SYS_munmap, 0, AT(0), 10 * PAGE);
	MAP_BLOCK(mm, 40, 7);
	CALL(mm, SYS_munmap, 0, AT(40), 3 * PAGE);             /* a part of it */
	CALL(mm, SYS_munmap, (uint64_t)-22, AT(20), 5 * PAGE); /* failed */
	finish(mm);
	mmap = totals_of(mm, SYS_mmap);
	munmap = totals_of(mm, SYS_munmap);
	assert_int_equal(mmap.calls, 3);
	assert_int_equal(mmap.thread_calls, 0);
	assert_int_equal(mmap.duration_ns, 15);
	assert_int_equal(mmap.asked_bytes, 22 * PAGE);
	assert_int_equal(mmap.added_bytes, 22 * PAGE);
	assert_int_equal(mmap.most_bytes, 15 * PAGE);
	assert_int_equal(mmap.kept_bytes, (5 + 4) * PAGE);
	assert_int_equal(munmap.calls, 2);
	assert_int_equal(munmap.added_bytes, 0);
}

static void the_heap_adds_what_brk_does(void **state)
{
	struct made_memory *mm = *state;
	struct call_totals brk;

	EVENT(mm, .type = TASK_EXEC, .value = {100, 100, AT(0)});
	CALL(mm, SYS_brk, AT(0), 0);
	CALL(mm, SYS_brk, AT(10), AT(10));
	CALL(mm, SYS_brk, AT(4), AT(4));
	CALL(mm, SYS_brk, AT(9), AT(9));
	finish(mm);
	brk = totals_of(mm, SYS_brk);
	assert_int_equal(brk.added_bytes, 15 * PAGE);
	assert_int_equal(brk.most_bytes, 10 * PAGE);
	assert_int_equal(brk.kept_bytes, 9 * PAGE);
}

static void what_is_only_reserved_does_not_count(void **state)
{
	struct made_memory *mm = *state;

	map(mm, 0, 100, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
	CALL(mm, SYS_mprotect, 0, AT(0), 10 * PAGE, PROT_READ | PROT_WRITE);
	CALL(mm, SYS_mprotect, 0, AT(0), 10 * PAGE, PROT_READ); /* as usable as before */
	CALL(mm, SYS_mprotect, 0, AT(0), 10 * PAGE, PROT_READ | PROT_WRITE);
	CALL(mm, SYS_mprotect, 0, AT(0), 4 * PAGE, PROT_NONE);
	finish(mm);
	assert_int_equal(totals_of(mm, SYS_mmap).added_bytes, 0);
	assert_int_equal(totals_of(mm, SYS_mprotect).added_bytes, 10 * PAGE);
	assert_int_equal(totals_of(mm, SYS_mprotect).kept_bytes, 6 * PAGE);
}

static void files_and_stacks_do_not_count(void **state)
{
	struct made_memory *mm = *state;

	map(mm, 0, 10, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	map(mm, 20, 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK);
	finish(mm);
	assert_int_equal(totals_of(mm, SYS_mmap).calls, 2);
	assert_int_equal(totals_of(mm, SYS_mmap).added_bytes, 0);
}

static void what_a_child_gets_is_its_parents(void **state)
{
	struct made_memory *mm = *state;
	struct call_totals mmap;

	MAP_BLOCK(mm, 0, 10);
	EVENT(mm, .type = TASK_FORK, .other = 2, .value = {2, 101, 101});
	mm->task = 2;
	CALL(mm, SYS_munmap, 0, AT(0), 4 * PAGE);
	MAP_BLOCK(mm, 50, 3);
	EVENT(mm, .type = TASK_EXIT);
	mm->task = 1;
	finish(mm);
	mmap = totals_of(mm, SYS_mmap);
	assert_int_equal(mmap.added_bytes, 13 * PAGE);
	assert_int_equal(mmap.kept_bytes, 13 * PAGE);
	assert_int_equal(mmap.most_bytes, 13 * PAGE);
	assert_int_equal(mmap.thread_calls, 0); /* a process of its own */
}

static void calls_of_threads_are_told_apart(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	EVENT(mm, .type = TASK_FORK, .other = 2, .value = {1, 100, 101});
	mm->task = 2;
	MAP_BLOCK(mm, 20, 10);
	MAP_BLOCK(mm, 40, 10);
	finish(mm);
	assert_int_equal(totals_of(mm, SYS_mmap).calls, 3);
	assert_int_equal(totals_of(mm, SYS_mmap).thread_calls, 2);
}

static uint32_t everywhere_is_one_place(void *arg, uint32_t stack)
{
	(void)stack;
	return *(uint32_t *)arg;
}

/* Two stacks of one place: what the first gave back is not there beside the second's. */
static void stacks_of_one_place_count_together(void **state)
{
	uint32_t place = 7;
	struct memory_options options = {.page_bytes = PAGE};
	uint64_t most[2];

	(void)state;
	for (int merged = 0; merged < 2; merged++) {
		struct made_memory mm = {.now_ns = 1000, .task = 1};
		uint64_t row[MAX_COLUMNS] = {[SYSCALL_START_NS] = 5000,
					     [SYSCALL_RESULT] = AT(0),
					     [SYSCALL_NR] = SYS_mmap,
					     [SYSCALL_TASK] = 1,
					     [SYSCALL_STACK] = 3,
					     [SYSCALL_ARG1] = 10 * PAGE,
					     [SYSCALL_ARG2] = PROT_READ | PROT_WRITE,
					     [SYSCALL_ARG3] = MAP_PRIVATE | MAP_ANONYMOUS};

		options.place_of = merged ? everywhere_is_one_place : NULL;
		options.place_arg = &place;
		mm.model = memory_new(&options);
		MAP_BLOCK(&mm, 0, 10);
		CALL(&mm, SYS_munmap, 0, AT(0), 10 * PAGE);
		memory_take_syscall(mm.model, row);
		memory_finish(mm.model, 9000);
		most[merged] = 0;
		for (uint32_t at = 0; at < memory_nr_places(mm.model); at++)
			most[merged] += memory_place_totals(mm.model, at).most_bytes;
		memory_free(mm.model);
	}
	assert_int_equal(most[0], 20 * PAGE);
	assert_int_equal(most[1], 10 * PAGE);
}

static void mremap_owns_what_it_adds(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	CALL(mm, SYS_mremap, AT(100), AT(0), 10 * PAGE, 25 * PAGE, MREMAP_MAYMOVE);
	finish(mm);
	assert_int_equal(totals_of(mm, SYS_mmap).kept_bytes, 10 * PAGE);
	assert_int_equal(totals_of(mm, SYS_mremap).added_bytes, 15 * PAGE);
	assert_int_equal(totals_of(mm, SYS_mremap).kept_bytes, 15 * PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(blocks_add_and_keep, memory_setup, memory_teardown),
		cmocka_unit_test_setup_teardown(the_heap_adds_what_brk_does, memory_setup,
						memory_teardown),
		cmocka_unit_test_setup_teardown(what_is_only_reserved_does_not_count, memory_setup,
						memory_teardown),
		cmocka_unit_test_setup_teardown(files_and_stacks_do_not_count, memory_setup,
						memory_teardown),
		cmocka_unit_test_setup_teardown(what_a_child_gets_is_its_parents, memory_setup,
						memory_teardown),
		cmocka_unit_test_setup_teardown(calls_of_threads_are_told_apart, memory_setup,
						memory_teardown),
		cmocka_unit_test(stacks_of_one_place_count_together),
		cmocka_unit_test_setup_teardown(mremap_owns_what_it_adds, memory_setup,
						memory_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

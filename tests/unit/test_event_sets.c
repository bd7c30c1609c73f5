// SPDX-License-Identifier: MIT
/* Which system calls are recorded, shown and walked, for every kind of choice. */
#include "record/event_sets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct event_sets sets_of(bool faults, bool syscalls, const char *trace,
				 enum stack_choice stacks)
{
	struct record_options options = {
		.faults = faults,
		.syscalls = syscalls || trace,
		.chosen_syscalls = trace,
		.stacks = stacks,
	};

	if (trace)
		assert_int_equal(syscall_set_parse(trace, &options.syscall_set), 0);
	return event_sets_of(&options);
}

static bool has(const struct syscall_set *set, const char *name)
{
	assert_true(syscall_number(name) >= 0);
	return syscall_set_has(set, (uint64_t)syscall_number(name));
}

static unsigned int size(const struct syscall_set *set)
{
	unsigned int bits = 0;

	for (size_t i = 0; i < NR_SYSCALLS / 64; i++)
		bits += (unsigned int)__builtin_popcountll(set->bits[i]);
	return bits;
}

static void everything_is_beyond_sets(void **state)
{
	struct event_sets sets = sets_of(true, true, NULL, STACKS_ALL);

	(void)state;
	assert_true(sets.all_chosen);
	assert_true(sets.all_walked);
	assert_true(sets.fault_stacks);
}

static void faults_alone_bring_the_memory_calls_unchosen(void **state)
{
	static const char *const memory[] = {"mmap",
					     "munmap",
					     "mremap",
					     "mprotect",
					     "brk",
					     "madvise",
					     "shmat",
					     "shmdt",
					     "mlock",
					     "mlock2",
					     "munlock",
					     "mlockall",
					     "msync",
					     "munlockall",
					     "mbind",
					     "remap_file_pages",
					     "process_madvise"};
	struct event_sets sets = sets_of(true, false, NULL, STACKS_ALL);

	(void)state;
	assert_false(sets.all_chosen);
	assert_int_equal(size(&sets.chosen), 0);
	for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
		assert_true(has(&sets.recorded, memory[i]));
	assert_false(has(&sets.recorded, "read"));
	assert_false(has(&sets.recorded, "execve"));
	assert_true(sets.all_walked);
}

static void chosen_calls_come_on_top_of_them(void **state)
{
	struct event_sets sets = sets_of(true, false, "read,brk", STACKS_ALL);

	(void)state;
	assert_int_equal(size(&sets.chosen), 2);
	assert_true(has(&sets.recorded, "read"));
	assert_true(has(&sets.recorded, "munmap"));
	assert_false(has(&sets.chosen, "munmap"));
	assert_int_equal(size(&sets.recorded), 1 + size(&sets.walked));
}

static void without_faults_nothing_is_added(void **state)
{
	struct event_sets sets = sets_of(false, false, "read,brk", STACKS_FAULTS);

	(void)state;
	assert_int_equal(size(&sets.recorded), 2);
	assert_false(sets.fault_stacks);
	assert_false(sets.all_walked);
	assert_true(has(&sets.walked, "brk"));
	assert_false(has(&sets.walked, "read"));
}

static void stacks_are_as_chosen(void **state)
{
	static const struct {
		enum stack_choice choice;
		bool faults, all_calls;
	} rows[] = {
		{STACKS_NONE, false, false},
		{STACKS_MEMORY, false, false},
		{STACKS_FAULTS, true, false},
		{STACKS_ALL, true, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct event_sets sets = sets_of(true, true, NULL, rows[i].choice);

		assert_int_equal(sets.fault_stacks, rows[i].faults);
		assert_int_equal(sets.all_walked, rows[i].all_calls);
		assert_true(has(&sets.walked, "mmap"));
		assert_false(has(&sets.walked, "read"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_beyond_sets),
		cmocka_unit_test(faults_alone_bring_the_memory_calls_unchosen),
		cmocka_unit_test(chosen_calls_come_on_top_of_them),
		cmocka_unit_test(without_faults_nothing_is_added),
		cmocka_unit_test(stacks_are_as_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

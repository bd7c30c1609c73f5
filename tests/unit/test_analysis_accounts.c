// SPDX-License-Identifier: MIT
/* Where threads' time went: parts add up, and are those that were planted. */
#include "analysis/accounts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "decode/syscalls.h"
#include "tests/unit/made_recording.h"

enum { MS = 1000000 };

static void make_call(struct maker *m, uint64_t task, const char *name, uint64_t start_ns,
		      uint64_t duration_ns, uint64_t ready_ns, uint64_t flags)
{
	MAKE_SYSCALL(m, [SYSCALL_NR] = (uint64_t)syscall_number(name), [SYSCALL_TASK] = task,
		     [SYSCALL_START_NS] = start_ns, [SYSCALL_DURATION_NS] = duration_ns,
		     [SYSCALL_READY_NS] = ready_ns, [SYSCALL_FLAGS] = flags);
}

/* A thread from 1000 ns on, for so long, with the kernel's times. */
static void make_end(struct maker *m, uint32_t task, uint64_t life_ns, uint64_t cpu_ns,
		     uint64_t ready_ns)
{
	MAKE_EVENT(m, .time_ns = 1000 + life_ns, .task = task, .type = TASK_TIMES,
		   .value = {cpu_ns, ready_ns});
	MAKE_EVENT(m, .time_ns = 1000 + life_ns, .task = task, .type = TASK_EXIT);
}

static void make_thread(struct maker *m, uint32_t task)
{
	MAKE_EVENT(m, .time_ns = 1000, .task = 1, .other = task, .type = TASK_FORK,
		   .value = {1, 100, 99 + task}, .text = (char *)"worker");
}

static uint64_t sum_of(const struct account *a)
{
	return a->user_ns + a->fault_ns + a->work_ns + a->waiting_ns + a->children_ns + a->ready_ns;
}

static void parts_are_those_that_were_planted(void **state)
{
	struct accounts accounts;
	const struct account *a;
	struct recording *r;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	for (uint32_t task = 2; task <= 4; task++)
		make_thread(&m, task);
	/* Sleeps 70 of 100 ms, waits 10 for a child, is ready for 6: in a call and outside. */
	make_call(&m, 1, "nanosleep", 2000, 75 * MS, 2 * MS, 0);
	make_call(&m, 1, "wait4", 80 * MS, 10 * MS, 0, 0);
	make_end(&m, 1, 100 * MS, 14 * MS, 4 * MS);
	/* Computes, with 5 ms of faults. */
	MAKE_FAULT(&m, [FAULT_TASK] = 2, [FAULT_START_NS] = 2000, [FAULT_SERVICE_NS] = 5 * MS);
	MAKE_FAULT(&m, [FAULT_TASK] = 2, [FAULT_START_NS] = 3000, [FAULT_SERVICE_NS] = 9 * MS,
		   [FAULT_FLAGS] = FAULT_KERNEL);
	make_end(&m, 2, 50 * MS, 20 * MS, 30 * MS);
	/* Works in calls, and ends in one that does not return. */
	make_call(&m, 3, "read", 2000, 30 * MS, 0, 0);
	make_call(&m, 3, "futex", 1000 + 32 * MS, 0, 0, SYSCALL_UNFINISHED);
	make_end(&m, 3, 40 * MS, 31 * MS, 0);
	/* Ended unseen. */
	make_call(&m, 4, "read", 2000, 30 * MS, 0, 0);
	r = maker_open(&m, true);
	accounts_build(r, &accounts);
	assert_int_equal(accounts.threads.size, 4);
	for (int i = 0; i < 3; i++)
		assert_int_equal(sum_of(&accounts.threads.items[i]),
				 accounts.threads.items[i].life_ns);
	a = &accounts.threads.items[0];
	assert_int_equal(a->life_ns, 100 * MS);
	assert_int_equal(a->user_ns, 11 * MS);
	assert_int_equal(a->work_ns, 3 * MS);
	assert_int_equal(a->children_ns, 10 * MS);
	assert_int_equal(a->waiting_ns, 70 * MS);
	assert_int_equal(a->ready_ns, 6 * MS);
	assert_int_equal(a->verdict, ACCOUNT_WAITS);
	a = &accounts.threads.items[1];
	assert_int_equal(a->user_ns, 15 * MS);
	assert_int_equal(a->fault_ns, 5 * MS);
	assert_int_equal(a->verdict, ACCOUNT_COMPUTES);
	assert_true(a->is_kept);
	assert_int_equal(a->parts_cpu_ns, a->cpu_ns);
	a = &accounts.threads.items[2];
	assert_int_equal(a->user_ns, 2 * MS);
	assert_int_equal(a->work_ns, 29 * MS);
	assert_int_equal(a->waiting_ns, 9 * MS);
	assert_int_equal(a->verdict, ACCOUNT_WORKS);
	assert_false(accounts.threads.items[3].is_known);
	assert_int_equal(accounts.all.life_ns, 190 * MS);
	assert_int_equal(sum_of(&accounts.all), accounts.all.life_ns);
	accounts_fini(&accounts);
	recording_close(r);
}

/* The kernel's clock ticks: what it says may be a little less than what calls took, or more than
 * there was. */
static void clocks_that_differ_make_nothing_negative(void **state)
{
	struct accounts accounts;
	struct recording *r;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	make_thread(&m, 2);
	make_call(&m, 1, "read", 2000, 90 * MS, 95 * MS, 0);
	make_end(&m, 1, 50 * MS, 200 * MS, 300 * MS);
	make_end(&m, 2, 50 * MS, 0, 0);
	r = maker_open(&m, true);
	accounts_build(r, &accounts);
	for (int i = 0; i < 2; i++)
		assert_int_equal(sum_of(&accounts.threads.items[i]), 50 * MS);
	assert_int_equal(accounts.threads.items[1].user_ns, 50 * MS);
	accounts_fini(&accounts);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_those_that_were_planted),
		cmocka_unit_test(clocks_that_differ_make_nothing_negative),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* Reconciliation, kinds of faults, processes, stacks and losses, each from planted numbers. */
#include "profile/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/made_recording.h"

/* What a recording of a root with one child is made of; zero means sound. */
struct story {
	uint64_t rusage;       /* ru_minflt; 0: never written */
	bool child_not_waited; /* its faults are not in the root's reaped ones */
	uint64_t lost;         /* minor faults that the kernel counted and the stream lacks */
	const char *events;    /* what was recorded */
	uint64_t late[2];      /* after the ends of tasks: of the root, and of the child */
	bool killed;           /* the recorder wrote no counters */
};

/*
 * Root: 18 before, 50 recorded, 7 populated in a call, 1 before a fault, 2 at its end = 78.
 * Child: 20 recorded, all of them its own. wait4 of the root: 98, or 78 if nobody waited.
 */
static struct recording *tell(const struct story *story)
{
	struct maker m;

	maker_start(&m);
	writer_meta_text(m.w, "events", story->events ? story->events : "faults,syscalls");
	make_root(&m, "root", 18);
	MAKE_EVENT(&m, .time_ns = 2000, .task = 1, .other = 2, .type = TASK_FORK,
		   .value = {2, 101, 101}, .text = (char *)"child");
	MAKE_FAULT(&m, [FAULT_COUNT] = 50 - story->lost, [FAULT_TASK] = 1,
		   [FAULT_POPULATED_PAGES] = 1);
	MAKE_FAULT(&m, [FAULT_COUNT] = 20, [FAULT_TASK] = 2);
	MAKE_FAULT(&m, [FAULT_COUNT] = 3, [FAULT_TASK] = 2, [FAULT_KIND] = FAULT_FAILED);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_POPULATED_PAGES] = 7);
	MAKE_EVENT(&m, .time_ns = 3000, .task = 2, .type = TASK_EXIT, .value = {0, 20, 0, 0, 1, 0});
	MAKE_EVENT(&m, .time_ns = 4000, .task = 1, .type = TASK_EXIT,
		   .value = {0, 78, 0, story->child_not_waited ? 0 : 20 + story->late[1], 1, 2});
	if (story->killed)
		return maker_open(&m, false);
	writer_counter(m.w, "rusage.minflt", story->rusage);
	writer_counter(m.w, "rusage.majflt", 0);
	writer_counter(m.w, "kernel.faults.minor", 70);
	writer_counter(m.w, "kernel.late_faults.command", story->late[0]);
	writer_counter(m.w, "kernel.late_faults.others", story->late[1]);
	return maker_open(&m, true);
}

static struct reconciliation reconcile_story(const struct story *story)
{
	struct recording *r = tell(story);
	struct report *report = report_new(r, 0);
	struct reconciliation rec = report->reconciliation;

	report_free(report);
	recording_close(r);
	return rec;
}

static void sound_recording_balances(void **state)
{
	struct reconciliation rec = reconcile_story(&(struct story){.rusage = 98});

	(void)state;
	assert_true(rec.is_known);
	assert_int_equal(rec.recorded, 70); /* failed ones are not charged */
	assert_int_equal(rec.populated, 10);
	assert_int_equal(rec.before_exec, 18);
	assert_int_equal(rec.lost, 0);
	assert_int_equal(rec.not_waited, 0);
	assert_int_equal(rec.accounted, 98);
	assert_int_equal(rec.unexplained, 0);
	assert_true(rec.balanced);
}

static void one_page_too_many_or_too_few_is_named(void **state)
{
	struct reconciliation rec = reconcile_story(&(struct story){.rusage = 99});

	(void)state;
	assert_int_equal(rec.unexplained, 1);
	assert_false(rec.balanced);
	rec = reconcile_story(&(struct story){.rusage = 97});
	assert_int_equal(rec.unexplained, -1);
	assert_false(rec.balanced);
}

static void child_that_nobody_waited_for_is_taken_out(void **state)
{
	struct reconciliation rec =
		reconcile_story(&(struct story){.rusage = 78, .child_not_waited = true});

	(void)state;
	assert_int_equal(rec.not_waited, 20);
	assert_true(rec.balanced);
}

static void late_faults_are_told_apart(void **state)
{
	struct reconciliation rec =
		reconcile_story(&(struct story){.rusage = 98 + 3 + 2, .late = {3, 2}});

	(void)state;
	assert_int_equal(rec.after_exit, 5);
	assert_int_equal(rec.not_waited, 0);
	assert_true(rec.balanced);
	rec = reconcile_story(
		&(struct story){.rusage = 78 + 3, .late = {3, 2}, .child_not_waited = true});
	assert_int_equal(rec.after_exit, 5);
	assert_int_equal(rec.not_waited, 20 + 2);
	assert_true(rec.balanced);
}

static void lost_faults_are_known_from_the_kernels_count(void **state)
{
	struct reconciliation rec = reconcile_story(&(struct story){.rusage = 98, .lost = 6});

	(void)state;
	assert_int_equal(rec.recorded, 64);
	assert_int_equal(rec.lost, 6);
	assert_true(rec.balanced);
}

static void nothing_is_claimed_without_faults_or_rusage(void **state)
{
	struct reconciliation rec =
		reconcile_story(&(struct story){.rusage = 98, .events = "syscalls"});

	(void)state;
	assert_false(rec.faults_recorded);
	assert_false(rec.is_known);
	assert_false(rec.balanced);
	rec = reconcile_story(&(struct story){.killed = true});
	assert_true(rec.faults_recorded);
	assert_false(rec.minflt.is_known);
	assert_false(rec.is_known);
}

/*
 * Attached: 1000 faults before, 40 recorded, 2 populated; another thread was born later, with 5; a
 * third has seen nothing happen. No wait4 could tell.
 */
static struct reconciliation reconcile_attached(uint64_t counted, bool all_have_ended)
{
	struct recording *r;
	struct report *report;
	struct reconciliation rec;
	struct maker m;

	maker_start(&m);
	writer_meta_text(m.w, "attached", "100 root");
	make_root(&m, "root", 990); /* about */
	MAKE_EVENT(&m, .time_ns = 1000, .task = 2, .type = TASK_START, .value = {1, 100, 101, 7});
	MAKE_EVENT(&m, .time_ns = 2000, .task = 1, .other = 3, .type = TASK_FORK,
		   .value = {1, 100, 102});
	MAKE_FAULT(&m, [FAULT_COUNT] = 40, [FAULT_TASK] = 1, [FAULT_POPULATED_PAGES] = 2);
	MAKE_FAULT(&m, [FAULT_COUNT] = 5, [FAULT_TASK] = 3);
	MAKE_EVENT(&m, .time_ns = 3000, .task = 3, .type = TASK_EXIT, .value = {0, 4, 1});
	MAKE_EVENT(&m, .time_ns = 4000, .task = 1, .type = TASK_LEFT,
		   .value = {0, 1000 + counted, 0, 77, 0, 0, 1000});
	if (all_have_ended)
		MAKE_EVENT(&m, .time_ns = 4000, .task = 2, .type = TASK_LEFT,
			   .value = {0, 7, 0, 0, 0, 0, 7});
	writer_counter(m.w, "kernel.faults.minor", 45);
	r = maker_open(&m, true);
	report = report_new(r, 0);
	rec = report->reconciliation;
	report_free(report);
	recording_close(r);
	return rec;
}

static void attached_tasks_are_held_against_their_own_counters(void **state)
{
	struct reconciliation rec = reconcile_attached(42, true);

	(void)state;
	assert_true(rec.is_known && rec.balanced);
	assert_int_equal(rec.by_tasks.value, 47);
	assert_int_equal(rec.accounted, 47);
	rec = reconcile_attached(43, true);
	assert_false(rec.balanced);
	assert_int_equal(rec.unexplained, 1);
	assert_false(reconcile_attached(42, false).is_known);
}

static void faults_are_classed(void **state)
{
	struct recording *r;
	struct report *report;
	const struct fault_class *class;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	MAKE_FAULT(&m, [FAULT_COUNT] = 10, [FAULT_TASK] = 1, [FAULT_SERVICE_NS] = 1000,
		   [FAULT_SERVICE_MAX_NS] = 300);
	MAKE_FAULT(&m, [FAULT_TASK] = 1, [FAULT_SERVICE_NS] = 500, [FAULT_SERVICE_MAX_NS] = 500,
		   [FAULT_FLAGS] = FAULT_KERNEL);
	MAKE_FAULT(&m, [FAULT_TASK] = 1, [FAULT_FLAGS] = FAULT_UNTIMED);
	MAKE_FAULT(&m, [FAULT_TASK] = 1, [FAULT_KIND] = FAULT_MAJOR, [FAULT_SERVICE_NS] = 9000);
	r = maker_open(&m, true);
	report = report_new(r, 0);
	class = &report->scan.faults[FAULT_MINOR];
	assert_int_equal(class->faults, 12);
	assert_int_equal(class->user, 11);
	assert_int_equal(class->kernel, 1);
	assert_int_equal(class->in_runs, 10);
	assert_int_equal(class->timed, 11);
	assert_int_equal(class->service_ns, 1500);
	assert_int_equal(class->max_ns, 500);
	assert_int_equal(report->scan.faults[FAULT_MAJOR].service_ns, 9000);
	assert_int_equal(scan_faults(&report->scan), 13);
	report_free(report);
	recording_close(r);
}

/* Process 101, which spent more time in calls, and 100, whose two threads end together. */
static void processes_have_their_threads(void **state)
{
	struct recording *r;
	struct report *report;
	const struct process_row *p;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "main", 0);
	MAKE_EVENT(&m, .time_ns = 2000, .task = 1, .other = 2, .type = TASK_FORK,
		   .value = {2, 101, 101}, .text = (char *)"child");
	MAKE_EVENT(&m, .time_ns = 2001, .task = 1, .other = 3, .type = TASK_FORK,
		   .value = {1, 100, 102}, .text = (char *)"thread");
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_DURATION_NS] = 10);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 2, [SYSCALL_DURATION_NS] = 900);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 3, [SYSCALL_DURATION_NS] = 5);
	MAKE_FAULT(&m, [FAULT_COUNT] = 4, [FAULT_TASK] = 3);
	MAKE_EVENT(&m, .time_ns = 3000, .task = 2, .type = TASK_EXIT, .value = {11, 0, 0, 0, 1});
	MAKE_EVENT(&m, .time_ns = 3001, .task = 3, .type = TASK_EXIT,
		   .value = {3 << 8, 0, 0, 0, 1});
	MAKE_EVENT(&m, .time_ns = 3002, .task = 1, .type = TASK_EXIT,
		   .value = {3 << 8, 0, 0, 0, 1});
	r = maker_open(&m, true);
	report = report_new(r, 0);
	assert_int_equal(report->processes.processes.size, 2);
	assert_int_equal(report->processes.threads.size, 3);
	p = &report->processes.processes.items[0];
	assert_int_equal(r->tasks.items[p->leader].pid, 101);
	assert_int_equal(p->exit_status, 11);
	p = &report->processes.processes.items[1];
	assert_int_equal(r->tasks.items[p->leader].pid, 100);
	assert_int_equal(p->nr_threads, 2);
	assert_int_equal(p->activity.syscalls, 2);
	assert_int_equal(p->activity.syscall_ns, 15);
	assert_int_equal(p->activity.faults, 4);
	assert_true(p->ended);
	assert_int_equal(shell_status(p->exit_status), 3);
	report_free(report);
	recording_close(r);
}

static void stacks_are_judged_by_the_events_on_them(void **state)
{
	struct recording *r;
	struct report *report;
	struct maker m;
	uint32_t frame;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	frame = writer_frame(m.w, 0, MODULE_UNKNOWN, 1);
	writer_stack(m.w, 1, &(struct stack){frame, STACK_COMPLETE});
	writer_stack(m.w, 2, &(struct stack){frame, STACK_FRAME_POINTER});
	writer_stack(m.w, 3, &(struct stack){frame, STACK_FRAME_POINTER | STACK_TOO_DEEP});
	writer_stack(m.w, 4, &(struct stack){frame, STACK_COMPLETE | STACK_MADE_CODE});
	writer_stack(
		m.w, 5,
		&(struct stack){frame, STACK_COMPLETE | STACK_MADE_CODE | STACK_FRAME_POINTER});
	MAKE_FAULT(&m, [FAULT_COUNT] = 8, [FAULT_TASK] = 1, [FAULT_STACK] = 1);
	MAKE_FAULT(&m, [FAULT_COUNT] = 4, [FAULT_TASK] = 1, [FAULT_STACK] = 2);
	MAKE_FAULT(&m, [FAULT_COUNT] = 16, [FAULT_TASK] = 1, [FAULT_STACK] = 4);
	MAKE_FAULT(&m, [FAULT_COUNT] = 32, [FAULT_TASK] = 1, [FAULT_STACK] = 5);
	MAKE_FAULT(&m, [FAULT_TASK] = 1, [FAULT_FLAGS] = FAULT_STACK_LOST);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = 3);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1);
	r = maker_open(&m, true);
	report = report_new(r, 0);
	assert_int_equal(report->stacks.complete, 8);
	assert_int_equal(report->stacks.incomplete, 54);
	assert_int_equal(report->stacks.events[STACK_THROUGH_MADE_CODE], 16);
	assert_int_equal(report->stacks.events[STACK_UNPROVEN], 36);
	assert_int_equal(report->stacks.events[STACK_CUT_TOO_DEEP], 1);
	assert_int_equal(report->stacks.events[STACK_LOST], 1);
	assert_int_equal(report->stacks.none, 1);
	report_free(report);
	recording_close(r);
}

/* Events that were to have no stack say nothing about the quality of stacks. */
static void stacks_that_were_not_asked_for_are_not_missed(void **state)
{
	struct recording *r;
	struct report *report;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	writer_stack(m.w, 1,
		     &(struct stack){writer_frame(m.w, 0, MODULE_UNKNOWN, 1), STACK_COMPLETE});
	MAKE_FAULT(&m, [FAULT_COUNT] = 8, [FAULT_TASK] = 1, [FAULT_STACK] = 1);
	MAKE_FAULT(&m, [FAULT_COUNT] = 5, [FAULT_TASK] = 1, [FAULT_FLAGS] = FAULT_STACK_UNASKED);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_FLAGS] = SYSCALL_STACK_UNASKED);
	r = maker_open(&m, true);
	report = report_new(r, 0);
	assert_int_equal(report->stacks.complete, 8);
	assert_int_equal(report->stacks.incomplete, 0);
	assert_int_equal(report->stacks.unasked, 6);
	report_free(report);
	recording_close(r);
}

/* Their populated pages are in the balance of the faults; nothing else counts them. */
static void calls_that_were_not_chosen_only_populate(void **state)
{
	const uint64_t row[NR_SYSCALL_COLUMNS] = {
		[SYSCALL_START_NS] = 10, [SYSCALL_NR] = 9,          [SYSCALL_TASK] = 1,
		[SYSCALL_STACK] = 1,     [SYSCALL_DURATION_NS] = 5, [SYSCALL_POPULATED_PAGES] = 7};
	struct recording *r;
	struct report *report;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	make_stack(&m, 1, writer_frame(m.w, 0, MODULE_UNKNOWN, 1));
	writer_row(m.w, BLOCK_MEMORY_CALLS, row);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_POPULATED_PAGES] = 3, [SYSCALL_NR] = 9);
	r = maker_open(&m, true);
	report = report_new(r, 0);
	assert_int_equal(report->reconciliation.populated, 10);
	assert_int_equal(report->syscalls.calls, 1);
	assert_int_equal(report->syscalls.total_ns, 0);
	assert_int_equal(report->processes.processes.items[0].activity.syscalls, 1);
	assert_int_equal(report->stacks.complete + report->stacks.incomplete, 0);
	assert_int_equal(report->stacks.none, 1);
	assert_int_equal(scan_faults(&report->scan), 0);
	report_free(report);
	recording_close(r);
}

static void losses_are_summed_by_event(void **state)
{
	struct recording *r;
	struct losses losses;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	writer_counter(m.w, "lost.faults.ring_full", 3);
	writer_counter(m.w, "lost.faults.no_memory", 4);
	writer_counter(m.w, "lost.syscalls.ring_full", 5);
	writer_counter(m.w, "lost.tasks.disk", 0);
	writer_counter(m.w, "wall_ns", 99);
	r = maker_open(&m, true);
	losses_of(r, &losses);
	assert_int_equal(losses.total, 12);
	assert_int_equal(losses.items.size, 3);
	assert_int_equal(losses_sum(&losses, "faults"), 7);
	assert_int_equal(losses_sum(&losses, "syscalls"), 5);
	assert_int_equal(losses_sum(&losses, "fault"), 0);
	losses_fini(&losses);
	recording_close(r);
}

static void statuses_are_the_shells(void **state)
{
	char buffer[32];

	(void)state;
	assert_int_equal(shell_status(3 << 8), 3);
	assert_int_equal(shell_status(15), 143);
	assert_int_equal(shell_status(11 | 0x80), 139);
	assert_string_equal(fatal_signal(11 | 0x80, buffer), "SIGSEGV");
	assert_null(fatal_signal(3 << 8, buffer));
	assert_string_equal(signal_label(40, buffer), "SIG40");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_recording_balances),
		cmocka_unit_test(one_page_too_many_or_too_few_is_named),
		cmocka_unit_test(child_that_nobody_waited_for_is_taken_out),
		cmocka_unit_test(late_faults_are_told_apart),
		cmocka_unit_test(lost_faults_are_known_from_the_kernels_count),
		cmocka_unit_test(nothing_is_claimed_without_faults_or_rusage),
		cmocka_unit_test(attached_tasks_are_held_against_their_own_counters),
		cmocka_unit_test(faults_are_classed),
		cmocka_unit_test(processes_have_their_threads),
		cmocka_unit_test(stacks_are_judged_by_the_events_on_them),
		cmocka_unit_test(stacks_that_were_not_asked_for_are_not_missed),
		cmocka_unit_test(calls_that_were_not_chosen_only_populate),
		cmocka_unit_test(losses_are_summed_by_event),
		cmocka_unit_test(statuses_are_the_shells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

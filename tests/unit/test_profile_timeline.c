// SPDX-License-Identifier: MIT
/* Every event comes out once, in order of time, however the file holds it. */
#include "profile/timeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "tests/unit/made_recording.h"

#define ALL_KINDS (~0U)

/* The single fault rows of a recording are told apart by their addresses. */
static void expect(struct timeline *t, uint64_t time_ns, enum event_kind kind, uint64_t address)
{
	struct event event;

	assert_true(timeline_next(t, &event));
	assert_int_equal(event.time_ns, time_ns);
	assert_int_equal(event.kind, kind);
	assert_int_equal(event.address, address);
}

static void runs_unfold_between_other_events(void **state)
{
	struct recording *r;
	struct timeline *t;
	struct event event;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0); /* at 1000 */
	MAKE_FAULT(&m, [FAULT_START_NS] = 2000, [FAULT_SPAN_NS] = 10, [FAULT_COUNT] = 4,
		   [FAULT_ADDRESS] = 0x9000, [FAULT_STRIDE_BYTES] = -0x1000ULL, [FAULT_TASK] = 1);
	MAKE_FAULT(&m, [FAULT_START_NS] = 2005, [FAULT_ADDRESS] = 0x1, [FAULT_TASK] = 1);
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 2003, [SYSCALL_TASK] = 1);
	r = maker_open(&m, true);
	t = timeline_new(r, ALL_KINDS);
	expect(t, 1000, EVENT_TASK, 0);
	expect(t, 2000, EVENT_FAULT, 0x9000);
	expect(t, 2003, EVENT_SYSCALL, 0); /* before the fault of the same time and task */
	expect(t, 2003, EVENT_FAULT, 0x8000);
	expect(t, 2005, EVENT_FAULT, 0x1);
	expect(t, 2006, EVENT_FAULT, 0x7000);
	expect(t, 2010, EVENT_FAULT, 0x6000);
	assert_false(timeline_next(t, &event));
	timeline_free(t);
	recording_close(r);
}

static void calls_that_were_not_chosen_come_when_asked_for(void **state)
{
	const uint64_t row[NR_SYSCALL_COLUMNS] = {[SYSCALL_START_NS] = 2500, [SYSCALL_TASK] = 1};
	struct recording *r;
	struct timeline *t;
	struct event event;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0); /* at 1000 */
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 2000, [SYSCALL_TASK] = 1);
	writer_row(m.w, BLOCK_MEMORY_CALLS, row);
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 3000, [SYSCALL_TASK] = 1);
	r = maker_open(&m, true);
	t = timeline_new(r, CHOSEN_EVENTS);
	expect(t, 1000, EVENT_TASK, 0);
	expect(t, 2000, EVENT_SYSCALL, 0);
	expect(t, 3000, EVENT_SYSCALL, 0);
	assert_false(timeline_next(t, &event));
	timeline_free(t);
	t = timeline_new(r, 1U << EVENT_SYSCALL | 1U << EVENT_UNCHOSEN);
	expect(t, 2000, EVENT_SYSCALL, 0);
	expect(t, 2500, EVENT_SYSCALL, 0);
	expect(t, 3000, EVENT_SYSCALL, 0);
	assert_false(timeline_next(t, &event));
	timeline_free(t);
	recording_close(r);
}

static void unwanted_kinds_are_left_out(void **state)
{
	struct recording *r;
	struct timeline *t;
	struct event event;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	MAKE_FAULT(&m, [FAULT_START_NS] = 5, [FAULT_TASK] = 1);
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 7, [SYSCALL_TASK] = 1);
	r = maker_open(&m, true);
	t = timeline_new(r, 1U << EVENT_SYSCALL);
	expect(t, 7, EVENT_SYSCALL, 0);
	assert_false(timeline_next(t, &event));
	timeline_free(t);
	recording_close(r);
}

static void equal_times_are_ordered_by_task(void **state)
{
	struct recording *r;
	struct timeline *t;
	struct event event;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	MAKE_EVENT(&m, .time_ns = 1001, .task = 1, .other = 2, .type = TASK_FORK,
		   .value = {2, 101, 101});
	for (uint64_t task = 2; task >= 1; task--)
		MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 7000, [SYSCALL_TASK] = task);
	MAKE_FAULT(&m, [FAULT_START_NS] = 7000, [FAULT_TASK] = 1);
	r = maker_open(&m, true);
	t = timeline_new(r, 1U << EVENT_SYSCALL | 1U << EVENT_FAULT);
	expect(t, 7000, EVENT_SYSCALL, 0);
	expect(t, 7000, EVENT_FAULT, 0);
	assert_true(timeline_next(t, &event));
	assert_int_equal(event.task, 2);
	assert_false(timeline_next(t, &event));
	timeline_free(t);
	recording_close(r);
}

/* Rows of several overlapping blocks, most near their place, some that waited for long. */
static void order_is_that_of_sorted_events(void **state)
{
	enum { ROWS = 80000 };
	uint64_t *times = xcalloc(ROWS, sizeof *times), seed = 3, time = 0, sum = 0;
	struct recording *r;
	struct timeline *t;
	struct event event;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	for (uint64_t i = 0; i < ROWS; i++) {
		uint64_t waited = random_next(&seed) % 100 ? random_next(&seed) % 50
							   : random_next(&seed) % 2000000;

		time += 20;
		times[i] = time > waited ? time - waited : 0;
		MAKE_SYSCALL(&m, [SYSCALL_START_NS] = times[i], [SYSCALL_DURATION_NS] = waited,
			     [SYSCALL_TASK] = 1, [SYSCALL_ARG0] = i);
	}
	r = maker_open(&m, true);
	assert_true(r->blocks.size >= 2);
	qsort(times, ROWS, sizeof *times, compare_u64);
	t = timeline_new(r, 1U << EVENT_SYSCALL);
	for (uint64_t i = 0; i < ROWS; i++) {
		assert_true(timeline_next(t, &event));
		assert_int_equal(event.time_ns, times[i]);
		sum += event.row[SYSCALL_ARG0];
	}
	assert_false(timeline_next(t, &event));
	assert_int_equal(sum, (uint64_t)ROWS * (ROWS - 1) / 2); /* each row once */
	timeline_free(t);
	recording_close(r);
	free(times);
}

static long peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* The greatest run there can be streams: its events take no memory, and its last time is exact. */
static void greatest_run_takes_no_memory(void **state)
{
	enum { LOOK_AT = 1000000 };
	uint64_t last = 0;
	struct recording *r;
	struct timeline *t;
	struct event event;
	struct maker m;
	long before;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	MAKE_FAULT(&m, [FAULT_START_NS] = 10, [FAULT_SPAN_NS] = UINT64_MAX - 10,
		   [FAULT_COUNT] = MAX_RUN_FAULTS, [FAULT_ADDRESS] = 0x1000,
		   [FAULT_STRIDE_BYTES] = 0x1000, [FAULT_TASK] = 1);
	r = maker_open(&m, true);
	t = timeline_new(r, 1U << EVENT_FAULT);
	before = peak_kib();
	for (uint64_t i = 0; i < LOOK_AT; i++) {
		assert_true(timeline_next(t, &event));
		assert_true(event.time_ns >= last);
		assert_true(event.address == 0x1000 + i * 0x1000 && event.fault == i);
		last = event.time_ns;
	}
	assert_true(peak_kib() - before < 4096);
	timeline_free(t);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_unfold_between_other_events),
		cmocka_unit_test(calls_that_were_not_chosen_come_when_asked_for),
		cmocka_unit_test(unwanted_kinds_are_left_out),
		cmocka_unit_test(equal_times_are_ordered_by_task),
		cmocka_unit_test(order_is_that_of_sorted_events),
		cmocka_unit_test(greatest_run_takes_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* The lives of tasks as the reader puts them together, also from events that make no sense. */
#include "recording/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "recording/writer.h"
#include "tests/unit/recording_walk.h"

static struct recording *recording_of(const struct task_event *events, size_t nr)
{
	int fd = memfd_create("tasks", MFD_CLOEXEC);
	scoped_fd int copy = dup(fd);
	scoped_free char *path = xasprintf("/proc/self/fd/%d", copy);
	struct recording *r = NULL;
	struct writer *w;

	assert_int_equal(writer_new(fd, "x", &w), 0);
	for (size_t i = 0; i < nr; i++)
		writer_task_event(w, &events[i]);
	assert_int_equal(writer_finish(w), 0);
	writer_free(w);
	assert_int_equal(recording_open(path, &r), 0);
	walk_recording(r);
	return r;
}

#define RECORDING_OF(events) recording_of(events, sizeof(events) / sizeof *(events))

static void a_command_and_its_children(void **state)
{
	static const struct task_event events[] = {
		{10, 1, 0, TASK_START, {1, 100, 100, 33}, "sh"},
		{20, 1, 0, TASK_EXEC, {100, 100}, "/bin/sh"},
		{30, 1, 2, TASK_FORK, {2, 101, 101}, "sh"},
		{40, 2, 0, TASK_EXEC, {101, 101}, "/bin/make"},
		{41, 2, 0, TASK_COMM, {0}, "make"},
		{50, 2, 3, TASK_FORK, {2, 101, 102}, "worker"},
		{60, 3, 0, TASK_TIMES, {4000, 300}, ""},
		{60, 3, 0, TASK_EXIT, {0, 5, 1, 0, 0, 2}, ""},
		{70, 2, 0, TASK_EXIT, {0x200, 50, 0, 9, 1, 0}, ""},
		{80, 1, 4, TASK_FORK, {4, 103, 103}, ""},
		{90, 4, 0, TASK_LEFT, {0, 11, 12, 0, 0, 14}, ""},
	};
	struct recording *r = RECORDING_OF(events);
	const struct task *t = r->tasks.items;

	(void)state;
	assert_int_equal(r->tasks.size, 5);
	assert_false(t[0].seen);
	assert_true(t[1].seen && !t[1].ended);
	assert_int_equal(t[1].start_ns, 10);
	assert_int_equal(t[1].end_ns, 0);
	assert_int_equal(t[1].faults_before, 33);
	assert_string_equal(t[1].comm, "sh");
	assert_string_equal(t[1].path, "/bin/sh");

	assert_int_equal(t[2].parent, 1);
	assert_int_equal(t[2].process, 2);
	assert_string_equal(t[2].comm, "make");
	assert_string_equal(t[2].path, "/bin/make");
	assert_int_equal(t[2].exit_status, 0x200);
	assert_int_equal(t[2].minor_faults, 50);
	assert_int_equal(t[2].reaped_faults, 9);
	assert_true(t[2].ended && t[2].ends_process);
	assert_int_equal(t[2].end_ns, 70);

	assert_int_equal(t[3].process, 2);
	assert_int_equal(t[3].tid, 102);
	assert_string_equal(t[3].comm, "worker");
	assert_string_equal(t[3].path, "/bin/make"); /* its parent's */
	assert_int_equal(t[3].populated_at_end, 2);
	assert_int_equal(t[3].timed_ns, 60);
	assert_int_equal(t[3].cpu_ns, 4000);
	assert_int_equal(t[3].ready_ns, 300);
	assert_int_equal(t[2].timed_ns, 0);
	assert_false(t[3].ends_process);

	assert_string_equal(t[4].comm, "sh");
	assert_int_equal(t[4].minor_faults, 11);
	assert_int_equal(t[4].major_faults, 12);
	assert_int_equal(t[4].populated_at_end, 14);
	assert_false(t[4].ended);
	recording_close(r);
}

/* Two threads that end at once each see no other alive; what the later one says holds. */
static void the_last_thread_ends_its_process(void **state)
{
	static const struct task_event events[] = {
		{10, 1, 0, TASK_START, {1, 5, 5}, "main"},
		{20, 1, 2, TASK_FORK, {1, 5, 6}, ""},
		{30, 2, 0, TASK_EXIT, {0, 1, 0, 7, 1, 0}, ""},
		{31, 1, 0, TASK_EXIT, {0, 1, 0, 7, 1, 0}, ""},
	};
	struct recording *r = RECORDING_OF(events);

	(void)state;
	assert_true(r->tasks.items[1].ends_process);
	assert_false(r->tasks.items[2].ends_process);
	recording_close(r);
}

/* Attached: the counters at a thread's first event are known at its end. */
static void tasks_that_were_running_before(void **state)
{
	static const struct task_event events[] = {
		{10, 1, 0, TASK_ATTACHED, {5, 5}, "/bin/server"},
		{11, 1, 0, TASK_START, {1, 5, 5, 90}, "server"},
		{12, 2, 0, TASK_START, {1, 5, 6, 80}, "worker"},
		{30, 1, 0, TASK_LEFT, {0, 150, 3, 0, 0, 0, 100}, ""},
	};
	struct recording *r = RECORDING_OF(events);
	const struct task *t = r->tasks.items;

	(void)state;
	assert_string_equal(t[1].path, "/bin/server");
	assert_string_equal(t[1].comm, "server");
	assert_int_equal(t[1].faults_before, 100);
	assert_true(t[1].counted && !t[1].ended);
	assert_int_equal(t[2].process, 1);
	assert_int_equal(t[2].tid, 6);
	assert_int_equal(t[2].faults_before, 80);
	assert_false(t[2].counted);
	recording_close(r);
}

static void events_count_by_time_not_by_place(void **state)
{
	static const struct task_event events[] = {
		{30, 1, 0, TASK_COMM, {0}, "third"},
		{10, 1, 0, TASK_START, {1, 5, 5}, "first"},
		{20, 1, 0, TASK_COMM, {0}, "second"},
		{30, 1, 0, TASK_COMM, {0}, "third, later in the file"},
		{25, 1, 0, TASK_SIGNAL, {11, 1, 0}, ""},
	};
	struct recording *r = RECORDING_OF(events);

	(void)state;
	assert_string_equal(r->tasks.items[1].comm, "third, later in the file");
	assert_string_equal(r->task_events.items[0].text, "first");
	assert_int_equal(r->task_events.items[2].type, TASK_SIGNAL);
	assert_string_equal(r->task_events.items[3].text, "third");
	recording_close(r);
}

static void tasks_that_no_event_introduced(void **state)
{
	static const struct task_event events[] = {{10, 5, 0, TASK_SIGNAL, {9}, ""}};
	struct recording *r = RECORDING_OF(events);

	(void)state;
	assert_int_equal(r->tasks.size, 6);
	for (uint32_t id = 1; id < 6; id++) {
		assert_false(r->tasks.items[id].seen);
		assert_int_equal(r->tasks.items[id].process, id);
		assert_string_equal(r->tasks.items[id].comm, "[unknown]");
		assert_null(r->tasks.items[id].path);
	}
	recording_close(r);
}

/* walk_recording() asserts that families end; here is what would make them not. */
static void families_that_bite_their_tail(void **state)
{
	static const struct task_event events[] = {
		{1, 2, 3, TASK_FORK, {7, 1, 1}, "a"},
		{2, 3, 2, TASK_FORK, {3, 1, 1}, "b"},
		{3, 3, 3, TASK_FORK, {UINT64_MAX, 1, 1}, "c"},
		{4, 0, 4, TASK_FORK, {0xffffffff, 1, 1}, "d"},
		{5, 4, 0, TASK_START, {3, 1, 1}, "e"},
		{6, 3, 0, TASK_START, {2, 1, 1}, "f"},
	};
	struct recording *r = RECORDING_OF(events);

	(void)state;
	assert_int_equal(r->tasks.size, 5);
	assert_int_equal(r->tasks.items[3].parent, 2);
	assert_int_equal(r->tasks.items[2].parent, 0);
	assert_int_equal(r->tasks.items[4].process, 2); /* through 3 */
	recording_close(r);
}

static void ids_beyond_reason_take_no_memory(void **state)
{
	static const struct task_event events[] = {
		{1, 1, 0, TASK_START, {1, 1, 1}, "a"},
		{2, 1, UINT32_MAX, TASK_FORK, {2, 1, 1}, "b"},
		{3, UINT32_MAX, 0, TASK_EXEC, {2, 1, 1}, "c"},
	};
	struct recording *r = RECORDING_OF(events);

	(void)state;
	assert_int_equal(r->tasks.size, 2);
	assert_int_equal(r->task_events.size, 3);
	assert_int_equal(r->task_events.items[1].other, 0);
	assert_int_equal(r->task_events.items[2].task, 0);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_and_its_children),
		cmocka_unit_test(the_last_thread_ends_its_process),
		cmocka_unit_test(tasks_that_were_running_before),
		cmocka_unit_test(events_count_by_time_not_by_place),
		cmocka_unit_test(tasks_that_no_event_introduced),
		cmocka_unit_test(families_that_bite_their_tail),
		cmocka_unit_test(ids_beyond_reason_take_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

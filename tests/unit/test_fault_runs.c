// SPDX-License-Identifier: MIT
/* Runs of faults: what is gathered, what breaks a run, and that none is ever lost or counted twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "correlate/fault_runs.h"
#include "recording/reader.h"

#include <cmocka.h>

/* A recording in memory, written through `runs` and read back by finish(). */
struct bench {
	int fd;
	struct writer *writer;
	struct fault_runs runs;
	struct recording *recording;
	struct columns columns;
};

static int setup(void **state)
{
	struct bench *b = xnew(struct bench);

	b->fd = memfd_create("faults", MFD_CLOEXEC);
	assert_return_code(writer_new(dup(b->fd), "memory", &b->writer), 0);
	fault_runs_init(&b->runs, b->writer);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	columns_fini(&b->columns);
	recording_close(b->recording);
	close(b->fd);
	free(b);
	return 0;
}

static void finish(struct bench *b)
{
	scoped_free char *path = xasprintf("/proc/self/fd/%d", b->fd);

	fault_runs_close_all(&b->runs);
	fault_runs_fini(&b->runs);
	assert_int_equal(writer_finish(b->writer), 0);
	writer_free(b->writer);
	assert_int_equal(recording_open(path, &b->recording), 0);
	assert_int_equal(b->recording->blocks.size, 1);
	assert_int_equal(block_columns(b->recording, &b->recording->blocks.items[0], ALL_COLUMNS,
				       &b->columns),
			 0);
}

static uint64_t cell(const struct bench *b, enum fault_column column, uint32_t row)
{
	assert_true(row < b->columns.rows);
	return b->columns.at[column][row];
}

static struct fault_event fault(uint64_t time_ns, uint64_t address)
{
	return (struct fault_event){
		.head = {.type = EVENT_FAULT, .task = 1, .time_ns = time_ns},
		.service_ns = 500,
		.address = address,
		.ip = 0x401000,
		.error_code = 6,
		.kind = WIRE_MINOR,
	};
}

static void add(struct bench *b, struct fault_event event)
{
	fault_runs_add(&b->runs, 0, &event);
}

static void a_march_is_one_row(void **state)
{
	struct bench *b = *state;

	for (uint64_t i = 0; i < 1000; i++) {
		struct fault_event event = fault(1000 + 2000 * i, 0x10000 + 4096 * i);

		event.service_ns = 400 + i;
		add(b, event);
	}
	finish(b);
	assert_int_equal(b->columns.rows, 1);
	assert_int_equal(cell(b, FAULT_COUNT, 0), 1000);
	assert_int_equal(cell(b, FAULT_START_NS, 0), 1000);
	assert_int_equal(cell(b, FAULT_SPAN_NS, 0), 2000 * 999);
	assert_int_equal(cell(b, FAULT_ADDRESS, 0), 0x10000);
	assert_int_equal(cell(b, FAULT_STRIDE_BYTES, 0), 4096);
	assert_int_equal(cell(b, FAULT_SERVICE_NS, 0), 1000 * 400 + 999 * 1000 / 2);
	assert_int_equal(cell(b, FAULT_SERVICE_MIN_NS, 0), 400);
	assert_int_equal(cell(b, FAULT_SERVICE_MAX_NS, 0), 1399);
}

static void faults_that_were_to_have_no_stack_are_a_march_too(void **state)
{
	struct bench *b = *state;

	for (uint64_t i = 0; i < 100; i++) {
		struct fault_event event = fault(1000 + 2000 * i, 0x10000 + 4096 * i);

		event.stack = STACK_UNASKED;
		add(b, event);
	}
	finish(b);
	assert_int_equal(b->columns.rows, 1);
	assert_int_equal(cell(b, FAULT_COUNT, 0), 100);
	assert_int_equal(cell(b, FAULT_STACK, 0), 0);
	assert_int_equal(cell(b, FAULT_FLAGS, 0), FAULT_STACK_UNASKED);
}

static void lost_stacks_may_have_been_different(void **state)
{
	struct bench *b = *state;

	for (uint64_t i = 0; i < 3; i++) {
		struct fault_event event = fault(1000 + 2000 * i, 0x10000 + 4096 * i);

		event.stack = STACK_LOST;
		add(b, event);
	}
	finish(b);
	assert_int_equal(b->columns.rows, 3);
	assert_int_equal(cell(b, FAULT_FLAGS, 2), FAULT_STACK_LOST);
}

static void downwards_is_a_march_too(void **state)
{
	struct bench *b = *state;

	for (uint64_t i = 0; i < 10; i++)
		add(b, fault(1000 * (i + 1), 0x100000 - 4096 * i));
	finish(b);
	assert_int_equal(b->columns.rows, 1);
	assert_int_equal((int64_t)cell(b, FAULT_STRIDE_BYTES, 0), -4096);
}

static void two_buffers_in_turn_are_two_rows(void **state)
{
	struct bench *b = *state;

	for (uint64_t i = 0; i < 50; i++) {
		struct fault_event source = fault(2000 * i + 1000, 0x100000 + 4096 * i);
		struct fault_event target = fault(2000 * i + 2000, 0x900000 + 4096 * i);

		source.error_code = 4;
		add(b, source);
		add(b, target);
	}
	finish(b);
	assert_int_equal(b->columns.rows, 2);
	assert_int_equal(cell(b, FAULT_COUNT, 0), 50);
	assert_int_equal(cell(b, FAULT_COUNT, 1), 50);
}

/* Each of these differs from the fault before in one way that a run must not hide. */
static void any_difference_breaks_a_run(void **state)
{
	struct bench *b = *state;
	struct fault_event event = fault(1000, 0x10000);

	add(b, event);
	event = fault(2000, 0x11000);
	event.ip++;
	add(b, event);
	event = fault(3000, 0x12000);
	event.stack = 5;
	add(b, event);
	event = fault(4000, 0x13000);
	event.kind = WIRE_MAJOR;
	add(b, event);
	event = fault(5000, 0x14000);
	event.head.flags = WIRE_KERNEL;
	add(b, event);
	event = fault(6000, 0x15000);
	event.populated_pages = 3;
	add(b, event);
	finish(b);
	assert_int_equal(b->columns.rows, 6);
}

static void a_pause_breaks_a_run(void **state)
{
	struct bench *b = *state;

	for (uint64_t i = 0; i < 10; i++)
		add(b, fault(1000 * (i + 1), 0x10000 + 4096 * i));
	add(b, fault(5000000, 0x10000 + 4096 * 10));
	finish(b);
	assert_int_equal(b->columns.rows, 2);
}

static void something_else_of_the_task_closes_its_runs(void **state)
{
	struct bench *b = *state;

	add(b, fault(1000, 0x10000));
	fault_runs_close(&b->runs, 2); /* another task's: nothing happens */
	add(b, fault(2000, 0x11000));
	fault_runs_close(&b->runs, 1);
	add(b, fault(3000, 0x12000));
	finish(b);
	assert_int_equal(b->columns.rows, 2);
	assert_int_equal(cell(b, FAULT_COUNT, 0) + cell(b, FAULT_COUNT, 1), 3);
}

/* Whatever comes: the counts and the service times add up. */
static void nothing_is_lost_in_random_faults(void **state)
{
	struct bench *b = *state;
	uint64_t service_ns = 0, faults = 0, count = 0, sum = 0, time_ns = 0;

	srand(7);
	for (int i = 0; i < 20000; i++) {
		struct fault_event event;

		time_ns += rand() % 30000;
		event = fault(time_ns, 0x100000 + 4096 * (uint64_t)(rand() % 8));
		event.head.task = 1 + rand() % 3;
		event.service_ns = rand() % 1000;
		event.stack = rand() % 2;
		service_ns += event.service_ns;
		faults++;
		add(b, event);
		if (rand() % 100 == 0)
			fault_runs_forget(&b->runs, 1 + rand() % 3);
	}
	finish(b);
	for (uint32_t i = 0; i < b->columns.rows; i++) {
		count += cell(b, FAULT_COUNT, i);
		sum += cell(b, FAULT_SERVICE_NS, i);
	}
	assert_int_equal(count, faults);
	assert_int_equal(sum, service_ns);
	assert_true(b->columns.rows < faults);
}

#define case_of(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		case_of(a_march_is_one_row),
		case_of(faults_that_were_to_have_no_stack_are_a_march_too),
		case_of(lost_stacks_may_have_been_different),
		case_of(downwards_is_a_march_too),
		case_of(two_buffers_in_turn_are_two_rows),
		case_of(any_difference_breaks_a_run),
		case_of(a_pause_breaks_a_run),
		case_of(something_else_of_the_task_closes_its_runs),
		case_of(nothing_is_lost_in_random_faults),
	};

	return cmocka_run_group_tests_name("fault runs", tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/*
 * Events of the rings in, rows and stacks of a recording out: stacks that go on in the kernel, in
 * every order in which the rings can be read, and system calls that were not chosen.
 */
#include "correlate/correlate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "recording/reader.h"

#include <cmocka.h>

#define CODE 0x400000 /* where the one mapping is, of a file from its beginning */

enum { TRACER = 0x10, ENTRY = 0x20, READ = 0x30 }; /* addresses in the kernel */

struct bench {
	int fd;
	struct writer *writer;
	struct correlator *correlator;
	struct recording *recording;
};

static bool kernel_name(void *arg, uint64_t address, struct kernel_symbol *out)
{
	(void)arg;
	snprintf(out->name, sizeof out->name, "%s",
		 address == TRACER ? "bpf_trace_run2" : "do_syscall_64");
	return true;
}

static void start(struct bench *b, const struct correlator_options *options)
{
	b->correlator = correlator_new(b->writer, options);
}

static int setup(void **state)
{
	struct bench *b = xnew(struct bench);

	b->fd = memfd_create("events", MFD_CLOEXEC);
	assert_return_code(writer_new(dup(b->fd), "memory", &b->writer), 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	recording_close(b->recording);
	close(b->fd);
	free(b);
	return 0;
}

static void finish(struct bench *b)
{
	scoped_free char *path = xasprintf("/proc/self/fd/%d", b->fd);

	correlator_flush(b->correlator, true);
	correlator_free(b->correlator);
	assert_int_equal(writer_finish(b->writer), 0);
	writer_free(b->writer);
	assert_int_equal(recording_open(path, &b->recording), 0);
}

static void map_code(struct bench *b)
{
	struct mapping_event *event = xcalloc(1, sizeof *event + 8);

	event->head = (struct event){.type = EVENT_MAPPING, .time_ns = 1};
	event->space = 1;
	event->start = CODE;
	event->end = CODE + 0x1000;
	event->path_bytes = 5;
	event->file = FIRST_FILE;
	event->flags = MAPPING_READ | MAPPING_EXEC;
	strcpy(event->path, "/bin");
	correlator_event(b->correlator, 0, &event->head);
	free(event);
}

/* The user frame is CODE + id. */
static void user_stack(struct bench *b, uint32_t id, uint32_t flags)
{
	struct stack_event *event = xcalloc(1, sizeof *event + sizeof *event->frames);

	event->head = (struct event){.type = EVENT_STACK, .time_ns = 2};
	event->id = id;
	event->space = 1;
	event->nr_frames = 1;
	event->flags = flags;
	event->frames[0] = CODE + id;
	correlator_event(b->correlator, 0, &event->head);
	free(event);
}

/* Of a read that is entered by ENTRY and traced. */
static void kernel_stack(struct bench *b, uint32_t id, uint32_t below, uint64_t fault_ip)
{
	struct kernel_stack_event *event = xcalloc(1, sizeof *event + 3 * sizeof *event->frames);

	event->head = (struct event){.type = EVENT_KERNEL_STACK, .time_ns = 2};
	event->id = id;
	event->user_stack = below;
	event->fault_ip = fault_ip;
	event->nr_frames = 3;
	event->frames[0] = TRACER;
	event->frames[1] = READ;
	event->frames[2] = ENTRY;
	correlator_event(b->correlator, 1, &event->head);
	free(event);
}

static void call(struct bench *b, uint32_t nr, uint32_t stack, uint32_t flags)
{
	const struct syscall_event event = {
		.head = {.type = EVENT_SYSCALL, .flags = flags}, .nr = nr, .stack = stack};

	correlator_event(b->correlator, 0, &event.head);
}

/* The frames of a stack, innermost first: offsets, "k" before those of the kernel. */
static void assert_stack(const struct bench *b, uint32_t id, const char *wanted, uint32_t flags)
{
	const struct recording *r = b->recording;
	char text[128] = "";

	assert_true(id < r->stacks.size);
	for (uint32_t at = r->stacks.items[id].frame; at; at = r->frames.items[at].parent) {
		const struct frame *frame = &r->frames.items[at];
		size_t used = strlen(text);

		snprintf(text + used, sizeof text - used, "%s%s%llx", used ? " " : "",
			 frame->module == MODULE_KERNEL ? "k" : "",
			 (unsigned long long)frame->offset);
	}
	assert_string_equal(text, wanted);
	assert_int_equal(r->stacks.items[id].flags, flags);
}

static const struct correlator_options with_kernel = {.kernel_name = kernel_name};

/* Its frames are those of calls, a byte before where they return to. */
static void a_stack_goes_on_in_the_kernel(void **state)
{
	struct bench *b = *state;
	size_t nr_ips;
	const uint64_t *ips;

	start(b, &with_kernel);
	map_code(b);
	user_stack(b, 1, WALK_COMPLETE);
	kernel_stack(b, 2, 1, 0);
	kernel_stack(b, 3, 1, READ);
	correlator_round(b->correlator);
	correlator_round(b->correlator);
	ips = correlator_kernel_ips(b->correlator, &nr_ips);
	assert_int_equal(nr_ips, 2);
	assert_int_equal(ips[0], ENTRY - 1);
	assert_int_equal(ips[1], READ - 1);
	finish(b);
	assert_stack(b, 1, "1", STACK_COMPLETE);
	assert_stack(b, 2, "k2f k1f 1", STACK_COMPLETE);
	assert_stack(b, 3, "k1f 1", STACK_COMPLETE);
}

/* Another CPU's ring, read before the one that has the user's part. */
static void the_kernels_part_may_come_first(void **state)
{
	struct bench *b = *state;

	start(b, &with_kernel);
	kernel_stack(b, 9, 4, 0);
	correlator_round(b->correlator);
	map_code(b);
	user_stack(b, 4, WALK_COMPLETE | WALK_FRAME_POINTER);
	finish(b);
	assert_stack(b, 9, "k2f k1f 4", STACK_COMPLETE | STACK_FRAME_POINTER);
}

static void two_users_of_the_same_kernel_frames_stay_apart(void **state)
{
	struct bench *b = *state;

	start(b, &with_kernel);
	map_code(b);
	user_stack(b, 1, WALK_COMPLETE);
	user_stack(b, 2, WALK_NO_RULE);
	kernel_stack(b, 3, 2, 0);
	kernel_stack(b, 4, 1, 0);
	finish(b);
	assert_stack(b, 3, "k2f k1f 2", STACK_NO_RULE);
	assert_stack(b, 4, "k2f k1f 1", STACK_COMPLETE);
}

static void a_users_part_that_never_comes_is_not_waited_for(void **state)
{
	struct bench *b = *state;

	start(b, &with_kernel);
	kernel_stack(b, 3, 2, 0);
	for (int i = 0; i < 5; i++)
		correlator_round(b->correlator);
	finish(b);
	assert_stack(b, 3, "k2f k1f", 0);
}

static uint64_t rows_of(const struct bench *b, enum block_kind kind)
{
	uint64_t rows = 0;

	vec_each (&b->recording->blocks, block)
		rows += block->kind == kind ? block->rows : 0;
	return rows;
}

static void calls_that_were_not_chosen_are_kept_apart(void **state)
{
	struct syscall_set chosen;
	struct bench *b = *state;

	assert_int_equal(syscall_set_parse("read", &chosen), 0);
	start(b, &(const struct correlator_options){.chosen = &chosen});
	for (int i = 0; i < 3; i++)
		call(b, (uint32_t)syscall_number("read"), 0, 0);
	for (int i = 0; i < 5; i++)
		call(b, (uint32_t)syscall_number("mmap"), 0, 0);
	assert_int_equal(correlator_recorded(b->correlator)->syscalls, 3);
	finish(b);
	assert_int_equal(rows_of(b, BLOCK_SYSCALLS), 3);
	assert_int_equal(rows_of(b, BLOCK_MEMORY_CALLS), 5);
}

/* What is not delivered, and what was not to be, are told apart. */
static void calls_say_why_they_have_no_stack(void **state)
{
	struct bench *b = *state;
	struct columns c;

	start(b, &(const struct correlator_options){0});
	call(b, 1, 0, 0);
	call(b, 1, STACK_LOST, WIRE_UNFINISHED);
	call(b, 1, STACK_UNASKED, WIRE_BLOCKED);
	finish(b);
	assert_int_equal(
		block_columns(b->recording, &b->recording->blocks.items[0], ALL_COLUMNS, &c), 0);
	assert_int_equal(c.rows, 3);
	assert_int_equal(c.at[SYSCALL_FLAGS][0], 0);
	assert_int_equal(c.at[SYSCALL_FLAGS][1], SYSCALL_UNFINISHED | SYSCALL_STACK_LOST);
	assert_int_equal(c.at[SYSCALL_FLAGS][2], SYSCALL_BLOCKED | SYSCALL_STACK_UNASKED);
	for (int i = 0; i < 3; i++)
		assert_int_equal(c.at[SYSCALL_STACK][i], 0);
	columns_fini(&c);
}

#define case_of(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

/* Data is told of like code, but is nothing that a stack could lie in. */
static void mappings_are_told(void **state)
{
	struct mapping_event data = {.head = {.type = EVENT_MAPPING, .task = 1, .time_ns = 5},
				     .space = 1,
				     .start = CODE,
				     .end = CODE + 0x2000,
				     .file_offset_bytes = 0x7000,
				     .flags = MAPPING_READ | MAPPING_SHARED};
	const struct correlator_options options = {0};
	const struct start_event born = {.head = {.type = EVENT_START, .task = 1}};
	struct bench *b = *state;
	const struct task_mapping *told;

	start(b, &options);
	correlator_event(b->correlator, 0, &born.head);
	map_code(b);
	correlator_event(b->correlator, 0, &data.head);
	finish(b);
	assert_int_equal(b->recording->mappings.size, 2);
	told = &b->recording->mappings.items[0];
	assert_int_equal(told->start, CODE);
	assert_int_equal(told->end, CODE + 0x1000);
	assert_int_equal(told->flags, MAPPED_READ | MAPPED_EXEC);
	assert_string_equal(b->recording->modules.items[told->module].path, "/bin");
	told++;
	assert_int_equal(told->time_ns, 5);
	assert_int_equal(told->task, 1);
	assert_int_equal(told->end, CODE + 0x2000);
	assert_int_equal(told->offset, 0x7000);
	assert_int_equal(told->module, MODULE_UNKNOWN);
	assert_int_equal(told->flags, MAPPED_READ | MAPPED_SHARED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		case_of(mappings_are_told),
		case_of(a_stack_goes_on_in_the_kernel),
		case_of(the_kernels_part_may_come_first),
		case_of(two_users_of_the_same_kernel_frames_stay_apart),
		case_of(a_users_part_that_never_comes_is_not_waited_for),
		case_of(calls_that_were_not_chosen_are_kept_apart),
		case_of(calls_say_why_they_have_no_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* The lines of a live trace: how they look, what they are called, and how they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "trace/files.h"
#include "trace/line.h"
#include "trace/line_output.h"
#include "trace/tasks.h"

#include <cmocka.h>

static const struct line_head head = {.time_ns = 12000345678, .name = "app", .tid = 4711};

static void assert_line(const struct placed_fault_event *event, const char *wanted)
{
	struct bytes out = {0};

	fault_line_write(&out, &head, event, "/lib/x.so");
	bytes_u8(&out, 0);
	assert_string_equal((const char *)out.data, wanted);
	bytes_fini(&out);
}

static void faults_as_lines(void **state)
{
	struct placed_fault_event event = {
		.fault = {.address = 0x7f0000003abc, .service_ns = 1234, .error_code = 6},
		.start = 0x7f0000001000,
		.place = PLACE_ANONYMOUS,
	};

	(void)state;
	assert_line(&event, "    12.000345678 app/4711 minor user write [0x7f0000003abc] -> "
			    "anon+0x2abc 1234ns");
	event.place = PLACE_FILE;
	event.file_offset_bytes = 0x5000;
	event.fault.error_code = 0x14;
	event.fault.kind = WIRE_MAJOR;
	assert_line(&event, "    12.000345678 app/4711 major user fetch [0x7f0000003abc] -> "
			    "/lib/x.so+0x7abc 1234ns");
	event.place = PLACE_HEAP;
	event.file_offset_bytes = 0;
	event.fault.kind = WIRE_MINOR;
	event.fault.error_code = 0;
	event.fault.head.flags = WIRE_KERNEL | WIRE_UNTIMED;
	assert_line(&event, "    12.000345678 app/4711 minor kernel read [0x7f0000003abc] -> "
			    "[heap]+0x2abc -");
}

static void a_fault_in_no_mapping(void **state)
{
	struct placed_fault_event event = {
		.fault = {.address = 8, .kind = WIRE_FAILED, .error_code = 4}};

	(void)state;
	assert_line(&event, "    12.000345678 app/4711 failed user read [0x8] -> ? -");
	event.place = 99; /* of a kernel side that knows more */
	assert_line(&event, "    12.000345678 app/4711 failed user read [0x8] -> ? -");
}

static void losses_as_lines(void **state)
{
	struct bytes out = {0};

	(void)state;
	loss_line_write(&out, 1);
	loss_line_write(&out, 1234567);
	bytes_u8(&out, 0);
	assert_string_equal((const char *)out.data,
			    "--- lost 1 event ---\n--- lost 1234567 events ---\n");
	bytes_fini(&out);
}

static void tasks_are_called_what_they_are_then(void **state)
{
	struct live_tasks tasks = {0};
	struct start_event start = {.head = {.type = EVENT_START, .task = 1}, .tid = 10};
	struct fork_event fork = {
		.head = {.type = EVENT_FORK, .task = 1}, .child = 3, .tid = 12, .comm = "sh"};
	struct comm_event comm = {.head = {.type = EVENT_COMM, .task = 3}, .comm = "a\nb\x1b"};
	struct comm_event longest = {.head = {.type = EVENT_COMM, .task = 3}};

	(void)state;
	live_tasks_take(&tasks, &start.head);
	live_tasks_take(&tasks, &fork.head);
	assert_int_equal(live_task(&tasks, 1)->tid, 10);
	assert_string_equal(live_task(&tasks, 3)->name, "sh");
	live_tasks_take(&tasks, &comm.head);
	assert_string_equal(live_task(&tasks, 3)->name, "a\\x0ab\\x1b");
	memset(longest.comm, 1, sizeof longest.comm); /* without an end */
	live_tasks_take(&tasks, &longest.head);
	assert_int_equal(strlen(live_task(&tasks, 3)->name), TASK_NAME_BYTES - 1);
	assert_string_equal(live_task(&tasks, 2)->name, "?");
	assert_string_equal(live_task(&tasks, 4000000000U)->name, "?");
	live_tasks_fini(&tasks);
}

static void file_take(struct live_files *files, uint32_t id, const char *path)
{
	struct {
		struct file_event event;
		char path[64];
	} told = {.event = {.head = {.type = EVENT_FILE}, .file = id, .path_bytes = 64}};

	strcpy(told.path, path);
	live_files_take(files, &told.event.head);
}

static void files_are_known_by_id(void **state)
{
	struct live_files files = {0};
	const struct module *module;
	uint32_t id;

	(void)state;
	file_take(&files, FIRST_FILE + 3, "/no/such/li\tb.so");
	file_take(&files, FIRST_FILE + 3, "/something/else");
	file_take(&files, FILE_NONE, "/never");
	file_take(&files, 4000000000U, "/never");
	assert_string_equal(live_file_path(&files, FIRST_FILE + 3), "/no/such/li\\x09b.so");
	assert_string_equal(live_file_name(&files, FIRST_FILE + 3), "li\\x09b.so");
	assert_string_equal(live_file_path(&files, FIRST_FILE), "?");
	assert_string_equal(live_file_path(&files, FILE_NONE), "?");
	module = live_file_module(&files, FIRST_FILE + 3, &id);
	assert_string_equal(module->path, "/no/such/li\tb.so");
	assert_int_equal(id, FIRST_FILE_MODULE + 3);
	assert_null(live_file_module(&files, FIRST_FILE, &id));
	live_files_fini(&files);
}

/* Each write(2) is one message of such a socket, so that the pieces can be looked at. */
static void pieces_are_whole_lines(void **state)
{
	struct line_output output = {.name = "a test"};
	struct bytes text = {0};
	uint8_t piece[2 * PIPE_BUF];
	size_t total = 0;
	int ends[2];

	(void)state;
	for (int i = 0; i < 200; i++)
		text_printf(&text, "line %d%*s\n", i, i, "");
	assert_true(text.size > 3 * PIPE_BUF);
	assert_return_code(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	output.fd = ends[1];
	assert_true(line_output_write(&output, &text));
	while (total < text.size) {
		ssize_t size = read(ends[0], piece, sizeof piece);

		assert_in_range(size, 1, PIPE_BUF);
		assert_memory_equal(piece, text.data + total, size);
		assert_int_equal(piece[size - 1], '\n');
		total += size;
	}
	assert_int_equal(total, text.size);
	close(ends[0]);
	close(ends[1]);
	bytes_fini(&text);
}

static void a_reader_who_is_gone_is_no_error(void **state)
{
	struct line_output output = {.name = "a test"};
	struct bytes text = {0};
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	text_printf(&text, "a line\n");
	assert_return_code(pipe(ends), 0);
	close(ends[0]);
	output.fd = ends[1];
	assert_false(line_output_write(&output, &text));
	assert_int_equal(output.err, 0);
	close(ends[1]);
	bytes_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_as_lines),
		cmocka_unit_test(a_fault_in_no_mapping),
		cmocka_unit_test(losses_as_lines),
		cmocka_unit_test(tasks_are_called_what_they_are_then),
		cmocka_unit_test(files_are_known_by_id),
		cmocka_unit_test(pieces_are_whole_lines),
		cmocka_unit_test(a_reader_who_is_gone_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

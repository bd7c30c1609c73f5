// SPDX-License-Identifier: MIT
/* Events as lines, to the byte, and as JSON objects, read back. */
#include "output/event_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <jansson.h>
#include <cmocka.h>

#include "tests/unit/made_recording.h"

static char *print_with(struct recording *r, const struct event_output *form, bool stacks,
			enum args_form args)
{
	struct timeline *t = timeline_new(r, form->of_syscalls ? 1U << EVENT_SYSCALL : ~0U);
	struct event_writer writer;
	struct event event;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	event_writer_init(&writer, out, r, stacks);
	writer.args = args;
	timeline_want_pieces(t);
	if (form->begin)
		form->begin(&writer);
	while (timeline_next(t, &event))
		form->write(&writer, &event);
	if (form->end)
		form->end(&writer);
	event_writer_fini(&writer);
	timeline_free(t);
	fclose(out);
	return text;
}

static char *print(struct recording *r, const struct event_output *form, bool stacks)
{
	return print_with(r, form, stacks, ARGS_TYPED);
}

static struct recording *planted(void)
{
	struct maker m;
	uint32_t frame;

	maker_start(&m);
	writer_meta_text(m.w, "start_monotonic_ns", "900");
	make_root(&m, "prog", 0); /* at 1000 */
	frame = make_frame(&m, 0, make_module(&m, "/bin/prog"), 0x10, NAMES("inner", "main"));
	make_stack(&m, 1, frame);
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 2000, [SYSCALL_NR] = 257, [SYSCALL_TASK] = 1,
		     [SYSCALL_ARG0] = 0xffffff9c, [SYSCALL_ARG1] = 0x7f00, [SYSCALL_CPU] = 3,
		     [SYSCALL_RESULT] = -2ULL, [SYSCALL_DURATION_NS] = 812);
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 3000, [SYSCALL_NR] = 39, [SYSCALL_TASK] = 1,
		     [SYSCALL_RESULT] = 100, [SYSCALL_DURATION_NS] = 5);
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 3100, [SYSCALL_NR] = 12, [SYSCALL_TASK] = 1,
		     [SYSCALL_RESULT] = 0x7f0000001000, [SYSCALL_DURATION_NS] = 5);
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 3200, [SYSCALL_NR] = 15, [SYSCALL_TASK] = 1,
		     [SYSCALL_RESULT] = -4ULL, [SYSCALL_DURATION_NS] = 5);
	MAKE_FAULT(&m, [FAULT_START_NS] = 4000, [FAULT_SPAN_NS] = 100, [FAULT_COUNT] = 3,
		   [FAULT_SERVICE_NS] = 90, [FAULT_ADDRESS] = 0x5000, [FAULT_TASK] = 1,
		   [FAULT_STRIDE_BYTES] = 0x1000, [FAULT_IP] = 0x401000, [FAULT_STACK] = 1,
		   [FAULT_ERROR_CODE] = 6, [FAULT_KIND] = FAULT_MAJOR);
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 5000, [SYSCALL_NR] = 231, [SYSCALL_TASK] = 1,
		     [SYSCALL_FLAGS] = SYSCALL_UNFINISHED);
	MAKE_EVENT(&m, .time_ns = 6000, .task = 1, .type = TASK_SIGNAL, .value = {15, 0, 1});
	MAKE_EVENT(&m, .time_ns = 7000, .task = 1, .type = TASK_EXIT, .value = {9});
	return maker_open(&m, true);
}

static void lines_are_these(void **state)
{
	struct recording *r = planted();
	scoped_free char *text = print(r, &event_text, false);

	(void)state;
#define WHO "     100/100     prog            "
	assert_string_equal(
		text,
		"     0.000000100 " WHO "[---] start      prog\n"
		"     0.000001100 " WHO
		"[003] syscall    openat(AT_FDCWD, 0x7f00, O_RDONLY) = -2 ENOENT <812ns>\n"
		"     0.000002100 " WHO "[000] syscall    getpid() = 100 <5ns>\n"
		"     0.000002200 " WHO "[000] syscall    brk(NULL) = 0x7f0000001000 <5ns>\n"
		"     0.000002300 " WHO "[000] syscall    rt_sigreturn(NULL) = -4 EINTR <5ns>\n"
		"     0.000003100 " WHO
		"[000] page-fault major user write 0x5000 ip 0x401000 inner ~30ns\n"
		"     0.000003150~" WHO
		"[000] page-fault major user write 0x6000 ip 0x401000 inner ~30ns\n"
		"     0.000003200 " WHO
		"[000] page-fault major user write 0x7000 ip 0x401000 inner ~30ns\n"
		"     0.000004100 " WHO "[000] syscall    exit_group(0) = ?\n"
		"     0.000005100 " WHO "[---] signal     SIGTERM code 0 handled\n"
		"     0.000006100 " WHO "[---] exit       killed by SIGKILL\n");
	recording_close(r);
}

static void stacks_follow_their_events(void **state)
{
	struct recording *r = planted();
	scoped_free char *text = print(r, &event_text, true);

	(void)state;
	assert_non_null(strstr(text, "0x7000 ip 0x401000 inner ~30ns\n"
				     "                    inner (prog)\n"
				     "                    main (prog)\n"
				     "                    [not proven complete: frame_pointer]\n"
				     "     0.000004100"));
	recording_close(r);
}

static void objects_are_read_back(void **state)
{
	static const char *const types[] = {
		"start",      "syscall",    "syscall", "syscall", "syscall", "page-fault",
		"page-fault", "page-fault", "syscall", "signal",  "exit",
	};
	struct recording *r = planted();
	scoped_free char *text = print(r, &event_json, true);
	char *rest = text, *line;
	json_t *objects[16] = {0};
	size_t nr = 0;

	(void)state;
	while ((line = strsep(&rest, "\n")) && *line) {
		objects[nr] = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(objects[nr]);
		assert_string_equal(json_string_value(json_object_get(objects[nr], "type")),
				    types[nr]);
		nr++;
	}
	assert_int_equal(nr, 11);
	assert_string_equal(json_string_value(json_object_get(objects[1], "error")), "ENOENT");
	assert_int_equal(json_integer_value(json_object_get(objects[1], "result")), -2);
	assert_int_equal(json_array_size(json_object_get(objects[1], "args")), 4);
	assert_string_equal(json_string_value(json_object_get(objects[4], "error")), "EINTR");
	assert_string_equal(json_string_value(json_object_get(objects[6], "address")), "0x6000");
	assert_true(json_is_true(json_object_get(objects[6], "interpolated")));
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(objects[6], "stack"), 0)), "main");
	assert_string_equal(json_string_value(json_object_get(objects[6], "stack_state")),
			    "frame_pointer");
	assert_true(json_is_null(json_object_get(objects[8], "stack_state"))); /* it has none */
	assert_true(json_is_null(json_object_get(objects[8], "result")));
	assert_true(json_is_null(json_object_get(objects[8], "duration_ns")));
	assert_string_equal(json_string_value(json_object_get(objects[10], "exit_signal")),
			    "SIGKILL");
	while (nr)
		json_decref(objects[--nr]);
	recording_close(r);
}

/* What was captured: a path, a buffer with all sorts of bytes, and a call that did not return. */
static struct recording *captured(void)
{
	const struct piece path = {.address = 0x7f00,
				   .arg = 1,
				   .flags = PIECE_STRING,
				   .bytes = (const uint8_t *)"/tmp/a,\"b\"",
				   .size_bytes = 11};
	const struct piece buffer = {.address = 0x8000,
				     .arg = 1,
				     .flags = PIECE_EXIT,
				     .bytes = (const uint8_t *)"a\0\xff\n",
				     .size_bytes = 4};
	uint64_t row[NR_SYSCALL_COLUMNS] = {
		[SYSCALL_START_NS] = 2000, [SYSCALL_NR] = 257,      [SYSCALL_TASK] = 1,
		[SYSCALL_ARG0] = -100ULL,  [SYSCALL_ARG1] = 0x7f00, [SYSCALL_ARG2] = 02000001,
		[SYSCALL_RESULT] = 3,      [SYSCALL_STACK] = 1,     [SYSCALL_DURATION_NS] = 1234};
	const struct function_line line = {"main", "/src/a.c", 7, 0};
	const struct location location = {.offset = 0x10, .nr_lines = 1, .lines = (void *)&line};
	struct location placed = location;
	struct maker m;

	maker_start(&m);
	writer_meta_text(m.w, "start_monotonic_ns", "1000");
	writer_meta_text(m.w, "arguments", "32");
	make_root(&m, "prog", 0);
	placed.module = make_module(&m, "/bin/prog");
	writer_location(m.w, &placed);
	make_stack(&m, 1, writer_frame(m.w, 0, placed.module, 0x10));
	writer_call(m.w, BLOCK_SYSCALLS, row, &path, 1);
	row[SYSCALL_START_NS] = 3000;
	row[SYSCALL_NR] = 0;
	row[SYSCALL_ARG0] = 3;
	row[SYSCALL_ARG1] = 0x8000;
	row[SYSCALL_ARG2] = 100;
	row[SYSCALL_RESULT] = 4;
	row[SYSCALL_STACK] = 0;
	writer_call(m.w, BLOCK_SYSCALLS, row, &buffer, 1);
	row[SYSCALL_START_NS] = 4000;
	row[SYSCALL_NR] = 231;
	row[SYSCALL_ARG0] = 5;
	row[SYSCALL_FLAGS] = SYSCALL_UNFINISHED;
	writer_call(m.w, BLOCK_SYSCALLS, row, NULL, 0);
	MAKE_EVENT(&m, .time_ns = 5000, .task = 1, .type = TASK_EXIT, .value = {5 << 8});
	writer_counter(m.w, "exit_status", 5 << 8);
	return maker_open(&m, true);
}

static void cells_are_quoted(void **state)
{
	struct recording *r = captured();
	scoped_free char *text = print(r, &event_csv, false);
	const char *first = strchr(text, '\n') + 1;

	(void)state;
	assert_true(!strncmp(
		first,
		"openat,\"dirfd=AT_FDCWD pathname=/tmp/a,\"\"b\"\" flags=O_WRONLY|O_CLOEXEC\",3,,"
		"0.000001000,1234,100,100,prog,/src/a.c,7,main\r\n",
		strcspn(first, "\n") + 1));
	assert_non_null(strstr(text, "exit_group,status=5,,,0.000003000,,100,100,prog,,,\r\n"));
	recording_close(r);
}

static json_t *document(struct recording *r, enum args_form args)
{
	scoped_free char *text = print_with(r, &event_renacer, false, args);
	json_t *document = json_loads(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

	assert_non_null(document);
	return document;
}

static json_t *args_of(json_t *document, size_t call)
{
	return json_object_get(json_array_get(json_object_get(document, "syscalls"), call), "args");
}

static void a_document_has_arguments_in_three_forms(void **state)
{
	struct recording *r = captured();
	json_t *typed = document(r, ARGS_TYPED), *pairs = document(r, ARGS_PAIRS),
	       *positional = document(r, ARGS_POSITIONAL), *summary, *call;

	(void)state;
	assert_int_equal(json_integer_value(json_array_get(args_of(typed, 1), 0)), 3);
	assert_string_equal(json_string_value(json_array_get(args_of(typed, 0), 2)),
			    "O_WRONLY|O_CLOEXEC");
	assert_string_equal(json_string_value(json_array_get(args_of(positional, 1), 2)), "100");
	assert_string_equal(
		json_string_value(json_array_get(json_array_get(args_of(pairs, 0), 1), 0)),
		"pathname");
	assert_string_equal(
		json_string_value(json_array_get(json_array_get(args_of(pairs, 0), 1), 1)),
		"/tmp/a,\"b\"");
	summary = json_object_get(typed, "summary");
	assert_string_equal(json_string_value(json_object_get(typed, "format")), "renacer-json-v1");
	assert_int_equal(json_integer_value(json_object_get(summary, "total_syscalls")), 3);
	assert_int_equal(json_integer_value(json_object_get(summary, "total_time_us")), 2);
	assert_int_equal(json_integer_value(json_object_get(summary, "exit_code")), 5);
	assert_int_equal(json_integer_value(json_object_get(
				 json_object_get(summary, "syscall_counts"), "read")),
			 1);
	call = json_array_get(json_object_get(typed, "syscalls"), 0);
	assert_int_equal(json_integer_value(json_object_get(call, "duration_us")), 1);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(call, "source"), "line")), 7);
	call = json_array_get(json_object_get(typed, "syscalls"), 2);
	assert_true(json_is_null(json_object_get(call, "result")));
	assert_null(json_object_get(call, "duration_us"));
	json_decref(typed);
	json_decref(pairs);
	json_decref(positional);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_these),
		cmocka_unit_test(stacks_follow_their_events),
		cmocka_unit_test(objects_are_read_back),
		cmocka_unit_test(cells_are_quoted),
		cmocka_unit_test(a_document_has_arguments_in_three_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* Events as lines, to the byte, and as JSON objects, read back. */
#include "output/event_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <jansson.h>
#include <cmocka.h>

#include "tests/unit/made_recording.h"

static char *print(struct recording *r, const struct event_output *form, bool stacks)
{
	struct timeline *t = timeline_new(r, ~0U);
	struct event_writer writer;
	struct event event;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	event_writer_init(&writer, out, r, stacks);
	while (timeline_next(t, &event))
		form->write(&writer, &event);
	event_writer_fini(&writer);
	timeline_free(t);
	fclose(out);
	return text;
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
		text, "     0.000000100 " WHO "[---] start      prog\n"
		      "     0.000001100 " WHO
		      "[003] syscall    openat(0xffffff9c, 0x7f00, 0x0, 0x0) = -2 ENOENT <812ns>\n"
		      "     0.000002100 " WHO "[000] syscall    getpid() = 100 <5ns>\n"
		      "     0.000002200 " WHO "[000] syscall    brk(0x0) = 0x7f0000001000 <5ns>\n"
		      "     0.000002300 " WHO "[000] syscall    rt_sigreturn() = -4 EINTR <5ns>\n"
		      "     0.000003100 " WHO
		      "[000] page-fault major user write 0x5000 ip 0x401000 inner ~30ns\n"
		      "     0.000003150~" WHO
		      "[000] page-fault major user write 0x6000 ip 0x401000 inner ~30ns\n"
		      "     0.000003200 " WHO
		      "[000] page-fault major user write 0x7000 ip 0x401000 inner ~30ns\n"
		      "     0.000004100 " WHO "[000] syscall    exit_group(0x0) = ?\n"
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
	assert_true(json_is_null(json_object_get(objects[8], "result")));
	assert_true(json_is_null(json_object_get(objects[8], "duration_ns")));
	assert_string_equal(json_string_value(json_object_get(objects[10], "exit_signal")),
			    "SIGKILL");
	while (nr)
		json_decref(objects[--nr]);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_these),
		cmocka_unit_test(stacks_follow_their_events),
		cmocka_unit_test(objects_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

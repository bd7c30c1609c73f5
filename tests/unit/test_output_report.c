// SPDX-License-Identifier: MIT
/* The report as text, to the byte where layout is promised, and as JSON, read back. */
#include "output/json_value.h"
#include "output/report_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <jansson.h>
#include <cmocka.h>

#include "cli/terminal.h"
#include "output/info_output.h"
#include "output/printable.h"
#include "tests/unit/made_recording.h"

static char *print(struct recording *r, const struct report_output *form,
		   const struct report_style *style)
{
	struct report *report = report_new(r, 0);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	syscall_table_sort(&report->syscalls, SORT_TIME);
	form->write(out, report, style);
	fclose(out);
	report_free(report);
	return text;
}

static const struct report_style plain = {.width = WIDTH_UNLIMITED, .percent_limit = 0.5};

/* The part of a report from a heading to the next empty line. */
static char *section(const char *text, const char *heading)
{
	const char *from = strstr(text, heading), *to;

	assert_non_null(from);
	from = strchr(from, '\n') + 1;
	to = strstr(from, "\n\n");
	return xstrndup(from, to ? (size_t)(to + 1 - from) : strlen(from));
}

/* 1000 faults: main 990 (load 600, of which 100 its own; grow 390), other 6, without stack 4. */
static struct recording *planted(void)
{
	struct recording *r;
	struct maker m;
	uint32_t module, main1, load, other;

	maker_start(&m);
	writer_meta_text(m.w, "argv", "prog");
	writer_meta_text(m.w, "argv", "it's \xff");
	writer_meta_text(m.w, "events", "faults,syscalls");
	make_root(&m, "prog", 0);
	module = make_module(&m, "/usr/bin/prog");
	main1 = make_frame(&m, make_frame(&m, 0, module, 0x10, NAMES("_start")), module, 0x20,
			   NAMES("main"));
	load = make_frame(&m, main1, module, 0x30, NAMES("load"));
	other = make_frame(&m, 0, module, 0x60, NAMES("other"));
	make_stack(&m, 1, load);
	make_stack(&m, 2, make_frame(&m, load, module, 0x40, NAMES("read_all")));
	make_stack(&m, 3, make_frame(&m, main1, module, 0x50, NAMES("grow\033[31m")));
	make_stack(&m, 4, make_frame(&m, other, module, 0x70, NAMES("tiny")));
	make_stack(&m, 5, make_frame(&m, other, module, 0x80, NAMES("small")));
	MAKE_FAULT(&m, [FAULT_COUNT] = 100, [FAULT_TASK] = 1, [FAULT_STACK] = 1);
	MAKE_FAULT(&m, [FAULT_COUNT] = 500, [FAULT_TASK] = 1, [FAULT_STACK] = 2);
	MAKE_FAULT(&m, [FAULT_COUNT] = 390, [FAULT_TASK] = 1, [FAULT_STACK] = 3);
	MAKE_FAULT(&m, [FAULT_COUNT] = 1, [FAULT_TASK] = 1, [FAULT_STACK] = 4);
	MAKE_FAULT(&m, [FAULT_COUNT] = 5, [FAULT_TASK] = 1, [FAULT_STACK] = 5);
	MAKE_FAULT(&m, [FAULT_COUNT] = 4, [FAULT_TASK] = 1);
	for (uint64_t i = 1; i <= 5; i++)
		MAKE_SYSCALL(
			&m, [SYSCALL_NR] = 2, [SYSCALL_TASK] = 1, [SYSCALL_DURATION_NS] = 1000 * i,
			[SYSCALL_RESULT] = i > 3 ? -2ULL : i);
	MAKE_SYSCALL(
		&m, [SYSCALL_NR] = 231, [SYSCALL_TASK] = 1, [SYSCALL_FLAGS] = SYSCALL_UNFINISHED);
	writer_counter(m.w, "rusage.minflt", 1003);
	writer_counter(m.w, "rusage.majflt", 0);
	writer_counter(m.w, "exit_status", 11);
	writer_counter(m.w, "wall_ns", 1500000000);
	writer_counter(m.w, "lost.faults.ring_full", 0);
	r = maker_open(&m, true);
	return r;
}

static void caller_graph_looks_like_perfs(void **state)
{
	struct recording *r = planted();
	scoped_free char *text = print(r, &report_text, &plain);
	scoped_free char *graph = section(text, "Page faults by path");

	(void)state;
	assert_string_equal(graph, "  |\n"
				   "  |--0.40%--[no stack]\n"
				   "  |\n"
				   "  |--99.00%--_start\n"
				   "  |          main\n"
				   "  |          |\n"
				   "  |          |--60.00%--load\n"
				   "  |          |          |\n"
				   "  |          |           --50.00%--read_all\n"
				   "  |          |\n"
				   "  |           --39.00%--grow\\x1b[31m\n"
				   "  |\n"
				   "   --0.60%--other\n"
				   "             |\n"
				   "              --0.50%--small\n");
	recording_close(r);
}

static void percent_limit_leaves_out_what_is_below_it(void **state)
{
	struct report_style coarse = plain;
	struct recording *r = planted();
	scoped_free char *text = NULL, *graph = NULL;

	(void)state;
	coarse.percent_limit = 55;
	text = print(r, &report_text, &coarse);
	graph = section(text, "Page faults by path");
	assert_non_null(strstr(graph, "--60.00%--load\n"));
	assert_null(strstr(graph, "grow"));
	assert_null(strstr(graph, "other"));
	recording_close(r);
}

/* Nine callees with 10 % each, and a limit of 20 %. */
static void small_branches_are_summed_up_when_they_are_many(void **state)
{
	struct report_style coarse = plain;
	struct recording *r;
	struct maker m;
	char *text, *graph;
	uint32_t top;

	(void)state;
	coarse.percent_limit = 20;
	maker_start(&m);
	make_root(&m, "x", 0);
	top = writer_frame(m.w, 0, MODULE_UNKNOWN, 0x1);
	make_stack(&m, 1, top);
	MAKE_FAULT(&m, [FAULT_COUNT] = 10, [FAULT_TASK] = 1, [FAULT_STACK] = 1);
	for (uint32_t i = 2; i <= 10; i++) {
		make_stack(&m, i, writer_frame(m.w, top, MODULE_UNKNOWN, i));
		MAKE_FAULT(&m, [FAULT_COUNT] = 10, [FAULT_TASK] = 1, [FAULT_STACK] = i);
	}
	r = maker_open(&m, true);
	text = print(r, &report_text, &coarse);
	graph = section(text, "Page faults by path");
	assert_string_equal(graph, "  |\n"
				   "   --100.00%--0x1\n"
				   "             |\n"
				   "              --90.00%--[9 smaller]\n");
	free(graph);
	free(text);
	recording_close(r);
}

static void no_limit_shows_everything(void **state)
{
	struct report_style fine = plain;
	struct recording *r = planted();
	scoped_free char *text = NULL, *graph = NULL;

	(void)state;
	fine.percent_limit = 0;
	text = print(r, &report_text, &fine);
	graph = section(text, "Page faults by path");
	assert_non_null(strstr(graph, "   --0.60%--other\n"
				      "             |\n"
				      "             |--0.50%--small\n"
				      "             |\n"
				      "              --0.10%--tiny\n"));
	recording_close(r);
}

static void syscall_table_says_only_what_it_knows(void **state)
{
	struct recording *r = planted();
	scoped_free char *text = print(r, &report_text, &plain);
	scoped_free char *table = section(text, "System calls\n");
	char name[32], p50[32], p90[32], last[32];
	double total, average, least;
	unsigned int calls, errors;
	const char *line = strchr(table, '\n') + 1;

	(void)state;
	assert_int_equal(sscanf(line, " %31s %u %u %lf %lf %lf %31s %31s", name, &calls, &errors,
				&total, &average, &least, p50, p90),
			 8);
	assert_string_equal(name, "open");
	assert_int_equal(calls, 5);
	assert_int_equal(errors, 2);
	assert_true(total == 0.015 && average == 3.0 && least == 1.0);
	assert_string_equal(p50, "3.000");
	assert_string_equal(p90, "-"); /* five calls say nothing of one in ten */
	assert_non_null(strstr(line, "5.000  ENOENT 2\n"));
	line = strchr(line, '\n') + 1;
	assert_int_equal(sscanf(line, " %31s %u %u %31s", name, &calls, &errors, last), 4);
	assert_string_equal(name, "exit_group");
	assert_string_equal(last, "-");
	line = strchr(line, '\n') + 1;
	assert_int_equal(sscanf(line, " %31s %u %u %lf", name, &calls, &errors, &total), 4);
	assert_string_equal(name, "Total:");
	assert_int_equal(calls, 6);
	recording_close(r);
}

static void head_quotes_and_names_the_signal(void **state)
{
	struct recording *r = planted();
	scoped_free char *text = print(r, &report_text, &plain);

	(void)state;
	assert_non_null(strstr(text, "command:   prog 'it'\\''s \\xff'\n"));
	assert_non_null(strstr(text, "exit:      139, killed by SIGSEGV\n"));
	assert_non_null(strstr(text, "lost:      0 events\n"));
	assert_non_null(strstr(text, "+               3  UNEXPLAINED\n"));
	assert_null(strchr(text, '\033'));
	recording_close(r);
}

static void colour_is_only_added(void **state)
{
	struct report_style colored = plain;
	struct recording *r = planted();
	scoped_free char *text = NULL;

	(void)state;
	colored.color = true;
	text = print(r, &report_text, &colored);
	assert_non_null(strstr(text, "\033[1mSystem calls\033[0m\n"));
	recording_close(r);
}

static json_int_t number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static void json_has_what_the_text_shows(void **state)
{
	struct recording *r = planted();
	scoped_free char *text = print(r, &report_json, &plain);
	json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	json_t *totals, *call, *path, *rec;
	json_int_t faults = 0, bytes = 0;
	size_t i;

	(void)state;
	assert_non_null(report);
	assert_string_equal(json_string_value(json_object_get(report, "schema")), "prof.report/1");
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(report, "command"), 1)),
		"it's \\xff");
	assert_int_equal(number(report, "exit"), 139);
	assert_string_equal(json_string_value(json_object_get(report, "exit_signal")), "SIGSEGV");
	assert_int_equal(number(report, "wall_ns"), 1500000000);
	totals = json_object_get(report, "totals");
	assert_int_equal(number(totals, "faults"), 1000);
	assert_int_equal(number(totals, "faults_minor"), 1000);
	assert_int_equal(number(totals, "syscalls"), 6);
	assert_int_equal(number(totals, "syscall_errors"), 2);
	assert_int_equal(number(totals, "processes"), 1);
	assert_int_equal(number(json_object_get(report, "lost"), "total"), 0);
	rec = json_object_get(report, "reconciliation");
	assert_int_equal(number(rec, "accounted"), 1000);
	assert_int_equal(number(rec, "unexplained"), 3);
	assert_true(json_is_false(json_object_get(rec, "balanced")));
	json_array_foreach(json_object_get(report, "fault_paths"), i, path)
	{
		faults += number(path, "faults");
		bytes += number(path, "bytes");
		if (!json_array_size(json_object_get(path, "frames")))
			assert_int_equal(number(path, "faults"), 4);
	}
	assert_int_equal(faults, 1000);
	assert_int_equal(bytes, 1000 * 4096);
	call = json_array_get(json_object_get(report, "syscalls"), 0);
	assert_string_equal(json_string_value(json_object_get(call, "name")), "open");
	assert_int_equal(number(call, "p50_ns"), 3000);
	assert_int_equal(number(call, "p99_ns"), 5000);
	assert_int_equal(number(json_object_get(call, "errnos"), "ENOENT"), 2);
	assert_int_equal(number(json_object_get(report, "stacks"), "complete"), 0);
	json_decref(report);
	recording_close(r);
}

static void missing_tables_are_told_with_the_stacks(void **state)
{
	struct recording *r;
	struct maker m;
	scoped_free char *text = NULL;
	json_t *report, *stacks;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	make_stack(&m, 1, writer_frame(m.w, 0, MODULE_UNKNOWN, 0x1));
	MAKE_FAULT(&m, [FAULT_COUNT] = 1, [FAULT_TASK] = 1, [FAULT_STACK] = 1);
	writer_counter(m.w, "unwind.tables_refused", 1234);
	writer_counter(m.w, "files.unreachable", 1);
	r = maker_open(&m, true);
	text = print(r, &report_text, &plain);
	assert_non_null(strstr(text, "\n           1 file, without names and tables, had gone"));
	assert_non_null(strstr(text, "\n           1,234 parts of unwinding tables had no room"));
	free(text);
	text = print(r, &report_json, &plain);
	report = json_loads(text, 0, NULL);
	stacks = json_object_get(report, "stacks");
	assert_int_equal(number(stacks, "tables_refused"), 1234);
	assert_int_equal(number(stacks, "files_unreachable"), 1);
	json_decref(report);
	recording_close(r);
	r = planted();
	free(text);
	text = print(r, &report_text, &plain);
	assert_null(strstr(text, "no room"));
	assert_null(strstr(text, "had gone"));
	recording_close(r);
}

static void unknown_is_null_in_json(void **state)
{
	struct recording *r;
	struct maker m;
	json_t *report, *rec;
	char *text;

	(void)state;
	maker_start(&m);
	writer_meta_text(m.w, "events", "syscalls");
	make_root(&m, "x", 0);
	r = maker_open(&m, true);
	text = print(r, &report_json, &plain);
	report = json_loads(text, 0, NULL);
	assert_non_null(report);
	rec = json_object_get(report, "reconciliation");
	assert_true(json_is_null(json_object_get(report, "exit")));
	assert_true(json_is_null(json_object_get(report, "wall_ns")));
	assert_true(json_is_null(json_object_get(rec, "rusage_minflt")));
	assert_true(json_is_null(json_object_get(rec, "accounted")));
	assert_true(json_is_null(json_object_get(rec, "unexplained")));
	assert_true(json_is_null(json_object_get(rec, "balanced")));
	json_decref(report);
	free(text);
	recording_close(r);
}

static void only_the_busiest_processes_are_shown(void **state)
{
	enum { NR = 25 };
	struct report_style all = plain;
	struct recording *r;
	struct maker m;
	char *text;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	for (uint32_t id = 2; id <= NR; id++)
		MAKE_EVENT(&m, .time_ns = 1000 + id, .task = 1, .other = id, .type = TASK_FORK,
			   .value = {id, 100 + id, 100 + id});
	r = maker_open(&m, true);
	text = print(r, &report_text, &plain);
	assert_non_null(strstr(text, "... 5 more processes (--all)\n"));
	free(text);
	all.all = true;
	text = print(r, &report_text, &all);
	assert_null(strstr(text, "--all"));
	assert_non_null(strstr(text, "       125 "));
	free(text);
	recording_close(r);
}

static void text_of_any_bytes_is_made_fit(void **state)
{
	static const struct {
		const char *text, *printable, *json;
	} cases[] = {
		{"plain", "plain", "plain"},
		{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		 "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
		{"a\nb\x1b", "a\\x0ab\\x1b", "a\nb\x1b"},
		{"\xc2\x9b", "\\xc2\\x9b", "\xc2\x9b"},              /* a terminal's escape */
		{"\xe2\x80\xae", "\\xe2\\x80\\xae", "\xe2\x80\xae"}, /* from right to left */
		{"\xff\xfe", "\\xff\\xfe", "\\xff\\xfe"},
		{"\xc3", "\\xc3", "\\xc3"},                             /* cut short */
		{"\xc0\xaf", "\\xc0\\xaf", "\\xc0\\xaf"},               /* too long a form */
		{"\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80"}, /* half a pair */
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		scoped_free char *text = printable(cases[i].text);
		json_t *string = json_text(cases[i].text);

		assert_string_equal(text, cases[i].printable);
		assert_non_null(string);
		assert_string_equal(json_string_value(string), cases[i].json);
		json_decref(string);
	}
}

static void info_counts_what_is_there(void **state)
{
	struct recording *r = planted();
	struct info info = {.path = "some.data", .recording = r, .is_whole = true};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *object, *content;

	(void)state;
	inventory_take(r, &info.inventory);
	info_json(out, &info);
	fclose(out);
	object = json_loads(text, 0, NULL);
	assert_non_null(object);
	content = json_object_get(object, "content");
	assert_int_equal(number(content, "syscall_rows"), 6);
	assert_int_equal(number(content, "fault_rows"), 6);
	assert_int_equal(number(content, "faults"), 1000);
	assert_int_equal(number(content, "tasks"), 1);
	assert_int_equal(number(content, "stacks"), 5);
	assert_int_equal(number(content, "modules"), 1);
	assert_true(json_is_true(json_object_get(object, "whole")));
	json_decref(object);
	free(text);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caller_graph_looks_like_perfs),
		cmocka_unit_test(missing_tables_are_told_with_the_stacks),
		cmocka_unit_test(percent_limit_leaves_out_what_is_below_it),
		cmocka_unit_test(small_branches_are_summed_up_when_they_are_many),
		cmocka_unit_test(no_limit_shows_everything),
		cmocka_unit_test(syscall_table_says_only_what_it_knows),
		cmocka_unit_test(head_quotes_and_names_the_signal),
		cmocka_unit_test(colour_is_only_added),
		cmocka_unit_test(json_has_what_the_text_shows),
		cmocka_unit_test(unknown_is_null_in_json),
		cmocka_unit_test(only_the_busiest_processes_are_shown),
		cmocka_unit_test(text_of_any_bytes_is_made_fit),
		cmocka_unit_test(info_counts_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

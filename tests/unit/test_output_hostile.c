// SPDX-License-Identifier: MIT
/*
 * Recordings of extreme and random cells, ids and texts: whatever they say, every form is printed
 * without harm, JSON stays JSON, and folded lines stay lines.
 */
#include "output/explain_output.h"
#include "output/report_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <jansson.h>
#include <cmocka.h>

#include "cli/terminal.h"
#include "output/annotate_output.h"
#include "output/event_output.h"
#include "output/flame.h"
#include "output/folded.h"
#include "output/info_output.h"
#include "output/speedscope.h"
#include "profile/event_paths.h"
#include "tests/unit/made_recording.h"

enum { ROUNDS = 60, MOST_EVENTS = 500 };

static uint64_t seed = 20240229;

static uint64_t random_cell(void)
{
	uint64_t value = random_next(&seed);

	switch (random_next(&seed) % 6) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return value % 8;
	case 3:
		return 0 - value % 5000;
	default:
		return value >> random_next(&seed) % 64;
	}
}

static char *random_text(char buffer[16])
{
	static const char bytes[] = "ab;\n\t \033\"\\\xff\xc3\xa9"
				    "0.;/";
	size_t size = random_next(&seed) % 15;

	for (size_t i = 0; i < size; i++)
		buffer[i] = bytes[random_next(&seed) % (sizeof bytes - 1)];
	buffer[size] = '\0';
	return buffer;
}

static void make_tables(struct maker *m)
{
	static const char *const keys[] = {"argv",   "host",  "events",    "start_monotonic_ns",
					   "stacks", "trace", "page_bytes"};
	char text[16], other[16], file[16];

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		writer_meta_text(m->w, keys[i], random_text(text));
	for (int i = 0; i < 5; i++) {
		struct function_line line = {.function = random_text(text),
					     .file = random_text(file),
					     .line = (uint32_t)random_cell()};

		make_module(m, random_text(other));
		writer_location(m->w, &(struct location){.module = (uint32_t)random_next(&seed) % 9,
							 .offset = random_next(&seed) % 4,
							 .nr_lines = 1,
							 .lines = &line});
		writer_frame(m->w, (uint32_t)i, (uint32_t)random_next(&seed) % 9,
			     random_next(&seed) % 4);
		writer_stack(m->w, (uint32_t)i + 1,
			     &(struct stack){(uint32_t)i + 1, (uint32_t)random_cell()});
	}
	writer_counter(m->w, "rusage.minflt", random_cell());
	writer_counter(m->w, "rusage.majflt", random_cell());
	writer_counter(m->w, "exit_status", random_cell());
	writer_counter(m->w, "wall_ns", random_cell());
	writer_counter(m->w, "lost.syscalls.ring_full", random_cell());
	writer_counter(m->w, "lost.\xff", random_cell());
}

static void make_events(struct maker *m)
{
	char text[16];

	for (uint32_t i = 0; i < 12; i++) {
		struct task_event event = {
			.time_ns = random_cell(),
			.task = (uint32_t)random_next(&seed) % 6,
			.other = (uint32_t)random_next(&seed) % 6,
			.type = (uint32_t)random_next(&seed) % 10,
			.text = random_text(text),
		};

		for (int v = 0; v < TASK_EVENT_VALUES; v++)
			event.value[v] = random_cell();
		writer_task_event(m->w, &event);
	}
}

static void make_mappings(struct maker *m)
{
	for (int i = 0; i < 20; i++) {
		struct task_mapping mapping = {
			.time_ns = random_cell(),
			.task = (uint32_t)random_next(&seed) % 6,
			.module = (uint32_t)random_next(&seed) % 8,
			.start = random_cell(),
			.offset = random_cell(),
			.flags = (uint32_t)random_cell(),
		};

		mapping.end = random_cell();
		if (mapping.end < mapping.start)
			mapping.end = mapping.start;
		writer_mapping(m->w, &mapping);
	}
}

static void make_rows(struct maker *m)
{
	static const enum block_kind kinds[] = {BLOCK_SYSCALLS, BLOCK_FAULTS, BLOCK_ALLOCATIONS};

	for (int i = 0; i < 300; i++) {
		uint64_t row[MAX_COLUMNS];

		for (int column = 0; column < MAX_COLUMNS; column++)
			row[column] = random_cell();
		writer_row(m->w, kinds[random_next(&seed) % 3], row);
	}
}

static struct recording *random_recording(void)
{
	struct bucket bucket = {random_next(&seed) % 400, random_cell() | 1};
	struct maker m;

	maker_start(&m);
	make_tables(&m);
	make_events(&m);
	make_mappings(&m);
	make_rows(&m);
	writer_syscall_total(m.w, &(struct syscall_total){.nr = (uint32_t)random_cell(),
							  .calls = random_cell(),
							  .duration_ns = random_cell(),
							  .max_ns = random_cell(),
							  .nr_buckets = 1,
							  .buckets = &bucket});
	return maker_open(&m, random_next(&seed) % 2);
}

static void assert_json(char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(value);
	json_decref(value);
}

static void print_explanation(const struct report *report)
{
	const struct report_style style = {.width = 40, .all = true};
	struct memory_tables tables;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	memory_tables_build(&report->advice, &tables);
	explain_json(out, report, &tables);
	fclose(out);
	assert_json(text);
	free(text);
	text = NULL;
	out = open_memstream(&text, &size);
	explain_text(out, report, &tables, &style);
	fclose(out);
	assert_null(strchr(text, '\033'));
	free(text);
	memory_tables_fini(&tables);
}

static void print_report(struct recording *r)
{
	struct report_style style = {.width = 40, .percent_limit = 0};
	struct report *report = report_new(r, PATH_LINES | PATH_INLINE_MARKS);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	report_json.write(out, report, &style);
	fclose(out);
	assert_json(text);
	free(text);
	text = NULL;
	out = open_memstream(&text, &size);
	syscall_table_sort(&report->syscalls, SORT_P99);
	report_text.write(out, report, &style);
	fclose(out);
	assert_null(strchr(text, '\033'));
	free(text);
	print_explanation(report);
	report_free(report);
}

/* Each line ends in a count; nothing in a name starts a new one. */
static void print_folded(struct recording *r)
{
	for (const struct path_choice *choice = path_choices; choice->name; choice++) {
		struct path_tree tree;
		char *text = NULL, *rest, *line;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		event_paths_build(r, choice, PATH_INLINE_MARKS, &tree);
		folded_write(out, &tree, choice->weight);
		fclose(out);
		path_tree_fini(&tree);
		for (rest = text; (line = strsep(&rest, "\n")) && *line;) {
			char *count = strrchr(line, ' ');

			assert_non_null(count);
			assert_int_equal(strspn(count + 1, "0123456789"), strlen(count + 1));
		}
		free(text);
	}
}

static void print_speedscope(struct recording *r)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	speedscope_write(out, r, random_next(&seed) % 2 ? PATH_LINES : 0);
	fclose(out);
	assert_json(text);
	free(text);
}

static void print_flame(struct recording *r)
{
	for (const struct path_choice *choice = path_choices; choice->name; choice++) {
		const char *about = recording_meta(r, "argv");
		struct path_tree tree;
		struct flame flame = {
			.paths = &tree,
			.weights = {{"count", "Count"},
				    {"time", "Time", WEIGHT_NS},
				    {"memory", "Memory", WEIGHT_BYTES}},
			.weight = choice->weight,
			.about = about ? about : "",
			.icicle = choice->weight == WEIGHT_NS,
		};
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		event_paths_build(r, choice, PATH_MODULES | PATH_FAULT_KINDS | PATH_LINES, &tree);
		path_tree_finish_by_name(&tree);
		flame_html(out, &flame);
		fclose(out);
		path_tree_fini(&tree);
		assert_null(strchr(text, '\033'));
		assert_non_null(strstr(text, "</html>"));
		free(text);
	}
}

static void print_target(struct recording *r, const struct line_target *target)
{
	struct line_table table;
	const struct annotation annotation = {r, target, &table, false, 40, 2};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	line_table_build(r, target, &table);
	annotate_json(out, &annotation);
	fclose(out);
	assert_json(text);
	free(text);
	text = NULL;
	out = open_memstream(&text, &size);
	annotate_text(out, &annotation);
	fclose(out);
	assert_null(strchr(text, '\033'));
	free(text);
	line_table_fini(&table);
}

static void print_lines(struct recording *r)
{
	for (size_t i = 0; i < r->locations.size && i < 4; i++) {
		const struct location *location = &r->locations.items[i];

		for (uint32_t l = 0; l < location->nr_lines; l++) {
			const struct function_line *at = &location->lines[l];

			if (at->function)
				print_target(r, &(struct line_target){at->function, false});
			if (at->file)
				print_target(r, &(struct line_target){at->file, true});
		}
	}
}

static void print_events(struct recording *r)
{
	struct timeline *t = timeline_new(r, ~0U);
	struct event_writer writer;
	struct event event;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	event_writer_init(&writer, out, r, true);
	for (int i = 0; i < MOST_EVENTS && timeline_next(t, &event); i++) {
		long start = ftell(out);

		event_json.write(&writer, &event);
		fflush(out);
		assert_json(text + start);
		event_text.write(&writer, &event);
		event_perf.write(&writer, &event);
	}
	event_writer_fini(&writer);
	timeline_free(t);
	fclose(out);
	free(text);
}

static void print_info(struct recording *r)
{
	struct info info = {.path = "\xff\n", .recording = r};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	inventory_take(r, &info.inventory);
	info_json(out, &info);
	fclose(out);
	assert_json(text);
	free(text);
	text = NULL;
	out = open_memstream(&text, &size);
	info_text(out, &info);
	fclose(out);
	free(text);
}

static void every_form_survives_every_recording(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct recording *r = random_recording();

		print_lines(r);
		print_report(r);
		print_folded(r);
		print_speedscope(r);
		print_flame(r);
		print_events(r);
		print_info(r);
		recording_close(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_survives_every_recording),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

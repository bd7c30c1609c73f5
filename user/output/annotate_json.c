// SPDX-License-Identifier: MIT
/*
 * Annotated source as one JSON object, "prof.annotate/1": the lines that have events, in integers.
 */
#include "output/annotate_output.h"
#include "output/json_stream.h"
#include "output/json_value.h"
#include "output/source_file.h"
#include "profile/facts.h"

static void set_events(json_t *object, const struct line_events events[NR_LINE_EVENTS])
{
	set(object, "faults", json_count(events[LINE_FAULTS].count));
	set(object, "fault_ns", json_count(events[LINE_FAULTS].ns));
	set(object, "syscalls", json_count(events[LINE_SYSCALLS].count));
	set(object, "syscall_ns", json_count(events[LINE_SYSCALLS].ns));
}

static json_t *json_events(const struct line_events events[NR_LINE_EVENTS])
{
	json_t *object = json_object();

	set_events(object, events);
	return object;
}

static json_t *json_row(const struct line_row *row, const struct source_file *file)
{
	json_t *object = json_object();

	set(object, "line", row->line ? json_count(row->line) : json_null());
	set(object, "source", json_text_or_null(source_file_line(file, row->line)));
	set(object, "self_faults", json_count(row->self.count));
	set(object, "self_fault_ns", json_count(row->self.ns));
	set_events(object, row->total);
	return object;
}

static json_t *json_file(const struct annotation *a, size_t first, size_t nr_rows)
{
	const char *start = recording_meta(a->recording, "start_unix_ns");
	const struct line_row *rows = &a->table->rows.items[first];
	const char *path = line_table_file(a->table, rows);
	json_t *object = json_object(), *lines = json_array();
	struct source_file file;

	source_file_read(&file, path, start ? strtoull(start, NULL, 10) : 0);
	set(object, "path", json_text_or_null(*path ? path : NULL));
	set(object, "is_here", json_boolean(file.is_here));
	set(object, "is_newer", json_boolean(file.is_newer));
	for (size_t i = 0; i < nr_rows; i++)
		json_array_append_new(lines, json_row(&rows[i], &file));
	set(object, "lines", lines);
	source_file_fini(&file);
	return object;
}

void annotate_json(FILE *out, const struct annotation *a)
{
	const char *name = a->target->name;
	bool is_file = a->target->is_file;
	struct json_stream s;
	struct losses losses;

	losses_of(a->recording, &losses);
	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.annotate/1"));
	json_stream_member(&s, "function", json_text_or_null(is_file ? NULL : name));
	json_stream_member(&s, "file", json_text_or_null(is_file ? name : NULL));
	json_stream_member(&s, "lost", json_count(losses.total));
	json_stream_member(&s, "all", json_events(a->table->all));
	json_stream_member(&s, "target", json_events(a->table->target));
	json_stream_array_begin(&s, "files");
	for (size_t at = 0, nr; at < a->table->rows.size; at += nr) {
		nr = line_table_run(a->table, at);
		json_stream_element(&s, json_file(a, at, nr));
	}
	json_stream_array_end(&s);
	json_stream_end(&s);
	losses_fini(&losses);
}

// SPDX-License-Identifier: MIT
/*
 * System calls as CSV (RFC 4180), a header first. Arguments are one cell of name=value words, with
 * a space between them.
 */
#include "output/event_output.h"

#include <inttypes.h>
#include <string.h>

#include "output/printable.h"
#include "profile/facts.h"
#include "profile/frame_label.h"

static void write_cell(FILE *out, const char *text)
{
	scoped_free char *clean = valid_utf8(text);

	if (!strpbrk(clean, ",\"\r\n")) {
		fputs(clean, out);
		return;
	}
	fputc('"', out);
	for (const char *at = clean; *at; at++) {
		if (*at == '"')
			fputc('"', out);
		fputc(*at, out);
	}
	fputc('"', out);
}

static void write_arguments(struct event_writer *w, const struct event *event)
{
	json_t *arguments = event_call_json(w, event), *value;
	struct bytes cell = {0};
	const char *name;

	json_object_foreach(arguments, name, value)
	{
		scoped_free char *text = event_argument_text(value);

		if (cell.size)
			bytes_u8(&cell, ' ');
		bytes_append(&cell, name, strlen(name));
		bytes_u8(&cell, '=');
		bytes_append(&cell, text, strlen(text));
	}
	bytes_u8(&cell, 0);
	write_cell(w->out, (const char *)cell.data);
	bytes_fini(&cell);
	json_decref(arguments);
}

static void write_result(struct event_writer *w, const struct event *event)
{
	const char *error = event_syscall_error(event);
	bool unfinished = event->row[SYSCALL_FLAGS] & SYSCALL_UNFINISHED;

	if (!unfinished)
		fprintf(w->out, "%" PRId64, (int64_t)event->row[SYSCALL_RESULT]);
	fprintf(w->out, ",%s,", unfinished || !error ? "" : error);
}

static void write_source(struct event_writer *w, const struct event *event)
{
	const struct function_line *line = event_source(w, event);

	fputc(',', w->out);
	write_cell(w->out, line && line->file ? line->file : "");
	fputc(',', w->out);
	if (line)
		fprintf(w->out, "%u", line->line);
	fputc(',', w->out);
	write_cell(w->out, line && line->function ? line->function : "");
}

static void write_event(struct event_writer *w, const struct event *event)
{
	const struct task *task = &w->r->tasks.items[event->task];
	uint32_t process = task->process < w->r->tasks.size ? task->process : event->task;
	int64_t ns = event_time_ns(w, event);
	char buffer[32];

	if (event->kind != EVENT_SYSCALL)
		return;
	fprintf(w->out, "%s,", event_syscall_name(event, buffer));
	write_arguments(w, event);
	fputc(',', w->out);
	write_result(w, event);
	fprintf(w->out, "%" PRId64 ".%09" PRIu64 ",", ns / 1000000000,
		(uint64_t)(ns < 0 ? -ns : ns) % 1000000000);
	if (!(event->row[SYSCALL_FLAGS] & SYSCALL_UNTIMED))
		fprintf(w->out, "%" PRIu64, event->row[SYSCALL_DURATION_NS]);
	fprintf(w->out, ",%u,%u,", w->r->tasks.items[process].pid, task->tid);
	write_cell(w->out, task_comm(w->r, event->task));
	write_source(w, event);
	fputs("\r\n", w->out);
}

static void begin(struct event_writer *w)
{
	fputs("name,args,return_value,return_error,timestamp,duration_ns,pid,tid,comm,source_file,"
	      "source_line,source_function\r\n",
	      w->out);
}

const struct event_output event_csv = {"csv", write_event, .begin = begin, .of_syscalls = true};

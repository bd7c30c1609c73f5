// SPDX-License-Identifier: MIT
/*
 * System calls as one document of the format renacer-json-v1. Its arguments come in three forms
 * (enum args_form): readers of the format have been told of each of them.
 */
#include "output/event_output.h"

#include <string.h>

#include "decode/syscalls.h"
#include "output/json_value.h"
#include "profile/facts.h"
#include "profile/frame_label.h"

#define FORMAT_NAME "renacer-json-v1"

static json_t *argument(enum args_form form, const char *name, json_t *value)
{
	scoped_free char *text = event_argument_text(value);

	if (form == ARGS_PAIRS)
		return json_pack("[s, o]", name, json_text(text));
	if (form == ARGS_POSITIONAL || event_argument_is_flags(value))
		return json_text(text);
	return json_incref(value);
}

static json_t *arguments_of(struct event_writer *w, const struct event *event)
{
	json_t *object = event_call_json(w, event), *list = json_array(), *value;
	const char *name;

	json_object_foreach(object, name, value)
		json_array_append_new(list, argument(w->args, name, value));
	json_decref(object);
	return list;
}

static json_t *source_of(struct event_writer *w, const struct event *event)
{
	const struct function_line *line = event_source(w, event);

	if (!line)
		return NULL;
	return json_pack("{s:o, s:I, s:o}", "file", json_text(line->file ? line->file : ""), "line",
			 (json_int_t)line->line, "function", json_text_or_null(line->function));
}

static void add_up(struct event_sums *sums, const struct event *event)
{
	uint64_t nr = event->row[SYSCALL_NR];

	sums->calls++;
	if (!(event->row[SYSCALL_FLAGS] & SYSCALL_UNTIMED))
		sums->duration_ns += event->row[SYSCALL_DURATION_NS];
	if (event->row[SYSCALL_FLAGS] & SYSCALL_COMPAT || nr >= NR_SYSCALLS)
		return;
	vec_extend(&sums->by_nr, nr + 1);
	sums->by_nr.items[nr]++;
}

static void write_event(struct event_writer *w, const struct event *event)
{
	bool unfinished, blocked;
	json_t *object, *source;
	char buffer[32];

	if (event->kind != EVENT_SYSCALL)
		return;
	unfinished = event->row[SYSCALL_FLAGS] & SYSCALL_UNFINISHED;
	blocked = event->row[SYSCALL_FLAGS] & SYSCALL_BLOCKED;
	object = json_object();
	set(object, "name", json_string(event_syscall_name(event, buffer)));
	set(object, "args", arguments_of(w, event));
	set(object, "result",
	    unfinished ? json_null() : json_integer((json_int_t)event->row[SYSCALL_RESULT]));
	if (!unfinished && !blocked)
		set(object, "duration_us", json_count(event->row[SYSCALL_DURATION_NS] / 1000));
	source = source_of(w, event);
	if (source)
		set(object, "source", source);
	json_stream_element(&w->json, object);
	add_up(&w->sums, event);
}

static void begin(struct event_writer *w)
{
	json_stream_begin(&w->json, w->out);
	json_stream_member(&w->json, "version", json_string(PROF_VERSION));
	json_stream_member(&w->json, "format", json_string(FORMAT_NAME));
	json_stream_array_begin(&w->json, "syscalls");
}

static void end(struct event_writer *w)
{
	struct known status = recording_known(w->r, "exit_status");
	json_t *summary = json_object(), *counts = json_object();
	char buffer[32];

	json_stream_array_end(&w->json);
	for (size_t nr = 0; nr < w->sums.by_nr.size; nr++) {
		if (w->sums.by_nr.items[nr])
			set(counts, call_label((uint32_t)nr, buffer),
			    json_count(w->sums.by_nr.items[nr]));
	}
	set(summary, "total_syscalls", json_count(w->sums.calls));
	set(summary, "total_time_us", json_count(w->sums.duration_ns / 1000));
	set(summary, "exit_code",
	    status.is_known ? json_integer(shell_status((int)status.value)) : json_null());
	set(summary, "syscall_counts", counts);
	json_stream_member(&w->json, "summary", summary);
	json_stream_end(&w->json);
}

const struct event_output event_renacer = {FORMAT_NAME, write_event, .begin = begin, .end = end,
					   .of_syscalls = true};

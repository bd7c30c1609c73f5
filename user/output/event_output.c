// SPDX-License-Identifier: MIT
#include "output/event_output.h"

#include "decode/syscalls.h"
#include "profile/facts.h"
#include "output/printable.h"
#include "profile/frame_class.h"
#include "profile/frame_label.h"
#include "profile/stack_quality.h"

#define MAX_ERRNO 4095

enum { ACCESS_WRITE = 2, ACCESS_FETCH = 16 }; /* bits of FAULT_ERROR_CODE */

/* As much as was recorded of strings; of recordings without them, strace's own limit. */
static uint32_t recorded_string_bytes(const struct recording *r)
{
	const char *bytes = recording_meta(r, "arguments");

	return bytes ? (uint32_t)strtoul(bytes, NULL, 10) : 32;
}

void event_writer_init(struct event_writer *w, FILE *out, const struct recording *r, bool stacks)
{
	*w = (struct event_writer){
		.out = out,
		.r = r,
		.start_ns = recording_start_ns(r),
		.stacks = stacks,
		.decode = {.max_string_bytes = recorded_string_bytes(r)},
	};
}

void event_writer_fini(struct event_writer *w)
{
	free(w->label);
	bytes_fini(&w->stack_text);
	bytes_fini(&w->text);
	event_call_fini(&w->call);
	vec_free(&w->sums.by_nr);
	*w = (struct event_writer){0};
}

static const char *place_label(struct event_writer *w, uint32_t module, uint64_t offset)
{
	if (w->label && w->label_module == module && w->label_offset == offset)
		return w->label;
	free(w->label);
	w->label_module = module;
	w->label_offset = offset;
	w->label = frame_label(w->r, module, offset, frame_nr_labels(w->r, module, offset) - 1);
	return w->label;
}

int64_t event_time_ns(const struct event_writer *w, const struct event *event)
{
	return (int64_t)(event->time_ns - w->start_ns);
}

static uint64_t event_stack(const struct event *event)
{
	return event->kind == EVENT_SYSCALL ? event->row[SYSCALL_STACK]
	       : event->kind == EVENT_FAULT ? event->row[FAULT_STACK]
					    : 0;
}

uint32_t event_frame(const struct recording *r, const struct event *event)
{
	uint64_t id = event_stack(event);

	return id < r->stacks.size ? r->stacks.items[id].frame : 0;
}

static bool is_stack_lost(const struct event *event)
{
	return event->kind == EVENT_SYSCALL ? event->row[SYSCALL_FLAGS] & SYSCALL_STACK_LOST
	       : event->kind == EVENT_FAULT ? event->row[FAULT_FLAGS] & FAULT_STACK_LOST
					    : false;
}

const char *event_stack_state(const struct recording *r, const struct event *event)
{
	uint64_t id = event_stack(event);

	if (is_stack_lost(event))
		return stack_verdict_words[STACK_LOST].key;
	if (!id || id >= r->stacks.size)
		return NULL;
	return stack_verdict_words[stack_verdict_of(&r->stacks.items[id])].key;
}

const char *event_fault_label(struct event_writer *w, const struct event *event)
{
	uint32_t frame = event_frame(w->r, event);
	const struct frame *at = &w->r->frames.items[frame];

	if (event->row[FAULT_FLAGS] & FAULT_KERNEL)
		return place_label(w, MODULE_KERNEL, event->row[FAULT_IP]);
	return frame ? place_label(w, at->module, at->offset) : "[unknown]";
}

const char *event_fault_access(const struct event *event)
{
	uint64_t code = event->row[FAULT_ERROR_CODE];

	return code & ACCESS_FETCH ? "fetch" : code & ACCESS_WRITE ? "write" : "read";
}

const char *event_fault_kind(const struct event *event)
{
	static const char *const names[NR_FAULT_KINDS] = {
		[FAULT_MINOR] = "minor",
		[FAULT_MAJOR] = "major",
		[FAULT_FAILED] = "failed",
	};

	return names[event->row[FAULT_KIND]];
}

bool event_fault_service(const struct event *event, uint64_t *out_ns)
{
	uint64_t sum_ns = event->row[FAULT_SERVICE_NS], count = event->row[FAULT_COUNT];

	/* The last one takes the remainder, so that the faults add up to their run. */
	*out_ns = sum_ns / count + (event->fault + 1 == count ? sum_ns % count : 0);
	return !(event->row[FAULT_FLAGS] & FAULT_UNTIMED);
}

bool event_is_interpolated(const struct event *event)
{
	return event->fault && event->fault + 1 < event->row[FAULT_COUNT];
}

const char *event_type(const struct event *event)
{
	static const char *const tasks[] = {
		[TASK_FORK] = "fork",     [TASK_EXEC] = "exec",         [TASK_COMM] = "comm",
		[TASK_SIGNAL] = "signal", [TASK_EXIT] = "exit",         [TASK_START] = "start",
		[TASK_LEFT] = "left",     [TASK_ATTACHED] = "attached",
	};
	const char *name = NULL;

	if (event->kind != EVENT_TASK)
		return event->kind == EVENT_SYSCALL ? "syscall" : "page-fault";
	if (event->task_event->type < sizeof tasks / sizeof *tasks)
		name = tasks[event->task_event->type];
	return name ? name : "task";
}

const char *event_syscall_name(const struct event *event, char buffer[32])
{
	return call_label(syscall_key(event->row[SYSCALL_NR], event->row[SYSCALL_FLAGS]), buffer);
}

unsigned int event_syscall_arity(const struct event *event)
{
	return event->row[SYSCALL_FLAGS] & SYSCALL_COMPAT ? 6
							  : syscall_arity(event->row[SYSCALL_NR]);
}

const char *event_syscall_error(const struct event *event)
{
	int64_t result = (int64_t)event->row[SYSCALL_RESULT];

	return result < 0 && result >= -MAX_ERRNO ? errno_name((int)-result) : NULL;
}

const char *event_call_text(struct event_writer *w, const struct event *event)
{
	bytes_reset(&w->text);
	event_call_make(&w->call, w->r, event);
	decode_call(&w->call.call, &w->decode, &w->text, NULL);
	bytes_append(&w->text, ")", 2);
	return (const char *)w->text.data;
}

json_t *event_call_json(struct event_writer *w, const struct event *event)
{
	json_t *object;

	bytes_reset(&w->text);
	event_call_make(&w->call, w->r, event);
	decode_call_json(&w->call.call, &w->decode, &w->text);
	object = json_loadb((const char *)w->text.data, w->text.size, JSON_ALLOW_NUL, NULL);
	return object ? object : json_object();
}

static bool is_constant(const char *word)
{
	return *word && word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_xabcdef")] == '\0';
}

bool event_argument_is_flags(const json_t *value)
{
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *word = json_string_value(json_array_get(value, i));

		if (!word || !is_constant(word))
			return false;
	}
	return json_array_size(value);
}

/* What C's strings cannot hold is told as valid_utf8() tells it. */
static void text_append(struct bytes *out, const json_t *string)
{
	const char *text = json_string_value(string);

	for (size_t i = 0; i < json_string_length(string); i++) {
		if (text[i])
			bytes_u8(out, (uint8_t)text[i]);
		else
			bytes_append(out, "\\x00", 4);
	}
}

static char *words_join(const json_t *array)
{
	struct bytes text = {0};

	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i)
			bytes_u8(&text, '|');
		text_append(&text, json_array_get(array, i));
	}
	bytes_u8(&text, 0);
	return (char *)text.data;
}

char *event_argument_text(const json_t *value)
{
	struct bytes text = {0};

	if (json_is_null(value))
		return xstrdup("NULL");
	if (event_argument_is_flags(value))
		return words_join(value);
	if (!json_is_string(value))
		return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	text_append(&text, value);
	bytes_u8(&text, 0);
	return (char *)text.data;
}

const struct function_line *event_source(const struct event_writer *w, const struct event *event)
{
	const struct recording *r = w->r;

	for (uint32_t id = event_frame(r, event), depth = 0; id && depth < STACK_MAX_FRAMES;
	     depth++) {
		const struct frame *at = &r->frames.items[id];
		enum frame_class class = frame_class_of_module(r, at->module);
		const struct function_line *line;

		line = class == FRAME_LIBC || class == FRAME_LOADER || class == FRAME_KERNEL
			       ? NULL
			       : frame_line(r, at->module, at->offset,
					    frame_nr_labels(r, at->module, at->offset) - 1);
		if (line)
			return line;
		id = at->parent;
	}
	return NULL;
}

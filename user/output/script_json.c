// SPDX-License-Identifier: MIT
/*
 * Events as NDJSON: one object a line. Registers and addresses are hexadecimal text, because they
 * take 64 bits and JSON's readers keep 53; what they mean stands beside them by name. A stack has
 * its outermost frame first.
 */
#include "output/event_output.h"

#include <inttypes.h>
#include <jansson.h>

#include "output/json_value.h"
#include "profile/facts.h"
#include "profile/frame_label.h"
#include "recording/task_signal.h"

static json_t *json_hex(uint64_t value)
{
	char text[20];

	snprintf(text, sizeof text, "0x%" PRIx64, value);
	return json_string(text);
}

static void set_common(struct event_writer *w, const struct event *event, json_t *object)
{
	const struct task *task = &w->r->tasks.items[event->task];
	uint32_t process = task->process < w->r->tasks.size ? task->process : event->task;

	set(object, "type", json_string(event_type(event)));
	set(object, "time_ns", json_integer(event_time_ns(w, event)));
	set(object, "pid", json_count(w->r->tasks.items[process].pid));
	set(object, "tid", json_count(task->tid));
	set(object, "comm", json_text(task_comm(w->r, event->task)));
}

static void set_syscall(struct event_writer *w, const struct event *event, json_t *object)
{
	const uint64_t *row = event->row;
	bool unfinished = row[SYSCALL_FLAGS] & SYSCALL_UNFINISHED;
	bool timed = !(row[SYSCALL_FLAGS] & SYSCALL_UNTIMED);
	json_t *args = json_array();
	char buffer[32];

	for (unsigned int i = 0; i < event_syscall_arity(event); i++)
		json_array_append_new(args, json_hex(row[SYSCALL_ARG0 + i]));
	set(object, "cpu", json_count(row[SYSCALL_CPU]));
	set(object, "name", json_string(event_syscall_name(event, buffer)));
	set(object, "nr", json_count(row[SYSCALL_NR]));
	set(object, "args", args);
	set(object, "arguments", event_call_json(w, event));
	set(object, "result",
	    unfinished ? json_null() : json_integer((json_int_t)row[SYSCALL_RESULT]));
	set(object, "error", json_text_or_null(unfinished ? NULL : event_syscall_error(event)));
	set(object, "duration_ns", timed ? json_count(row[SYSCALL_DURATION_NS]) : json_null());
	set(object, "ready_ns", timed ? json_count(row[SYSCALL_READY_NS]) : json_null());
	set(object, "unfinished", json_boolean(unfinished));
	set(object, "blocked", json_boolean(row[SYSCALL_FLAGS] & SYSCALL_BLOCKED));
	set(object, "attached", json_boolean(row[SYSCALL_FLAGS] & SYSCALL_ATTACHED));
	set(object, "populated_pages", json_count(row[SYSCALL_POPULATED_PAGES]));
}

static void set_fault(struct event_writer *w, const struct event *event, json_t *object)
{
	const uint64_t *row = event->row;
	uint64_t service_ns;
	bool timed = event_fault_service(event, &service_ns);

	set(object, "cpu", json_count(row[FAULT_CPU]));
	set(object, "kind", json_string(event_fault_kind(event)));
	set(object, "mode", json_string(row[FAULT_FLAGS] & FAULT_KERNEL ? "kernel" : "user"));
	set(object, "access", json_string(event_fault_access(event)));
	set(object, "address", json_hex(event->address));
	set(object, "ip", json_hex(row[FAULT_IP]));
	set(object, "function", json_text(event_fault_label(w, event)));
	set(object, "service_ns", timed ? json_count(service_ns) : json_null());
	set(object, "run", json_count(row[FAULT_COUNT]));
	set(object, "interpolated", json_boolean(event_is_interpolated(event)));
	set(object, "error_code", json_count(row[FAULT_ERROR_CODE]));
	/* Of the row, and so told once: with the first fault of the run. */
	set(object, "populated_pages", json_count(event->fault ? 0 : row[FAULT_POPULATED_PAGES]));
}

static void set_exit(const uint64_t *value, json_t *object)
{
	char buffer[32];

	set(object, "exit", json_integer(shell_status((int)value[0])));
	set(object, "exit_signal", json_text_or_null(fatal_signal((int)value[0], buffer)));
	set(object, "minor_faults", json_count(value[1]));
	set(object, "major_faults", json_count(value[2]));
	set(object, "ends_process", json_boolean(value[4]));
	set(object, "populated_pages", json_count(value[5]));
}

static void set_task_event(const struct task_event *event, json_t *object)
{
	const uint64_t *value = event->value;
	const char *text = event->text ? event->text : "";
	char buffer[32];

	switch (event->type) {
	case TASK_FORK:
		set(object, "child_pid", json_count(value[1]));
		set(object, "child_tid", json_count(value[2]));
		set(object, "child_comm", json_text(text));
		set(object, "thread", json_boolean(value[0] != event->other));
		break;
	case TASK_EXEC:
	case TASK_ATTACHED:
		set(object, "path", json_text(text));
		break;
	case TASK_COMM:
		set(object, "name", json_text(text));
		break;
	case TASK_SIGNAL:
		set(object, "signal", json_string(signal_label((int)value[0], buffer)));
		set(object, "code", json_integer((int64_t)value[1]));
		set(object, "handled", json_boolean(value[2]));
		set(object, "ignored", json_boolean(value[7] & TASK_SIGNAL_IGNORED));
		break;
	case TASK_EXIT:
		set_exit(value, object);
		break;
	case TASK_START:
		set(object, "faults_before", json_count(value[3]));
		break;
	case TASK_LEFT:
		set(object, "minor_faults", json_count(value[1]));
		set(object, "major_faults", json_count(value[2]));
		break;
	}
}

/* Sets the stack, whether it is whole, and how many of its frames, the last ones, are the kernel's.
 */
static void set_stack(const struct recording *r, const struct event *event, json_t *object)
{
	uint32_t frame = event_frame(r, event), kernel_frames = 0;
	const char *state = event_stack_state(r, event);
	json_t *stack = json_array();

	for (uint32_t depth = 0; frame && depth < STACK_MAX_FRAMES; depth++) {
		const struct frame *at = &r->frames.items[frame];
		uint32_t nr = frame_nr_labels(r, at->module, at->offset);

		while (nr--) {
			scoped_free char *label = frame_label(r, at->module, at->offset, nr);

			json_array_insert_new(stack, 0, json_text(label));
			kernel_frames += at->module == MODULE_KERNEL;
		}
		frame = at->parent;
	}
	set(object, "stack", stack);
	set(object, "stack_state", state ? json_string(state) : json_null());
	set(object, "kernel_frames", json_count(kernel_frames));
}

static void write_event(struct event_writer *w, const struct event *event)
{
	json_t *object = json_object();

	set_common(w, event, object);
	if (event->kind == EVENT_SYSCALL)
		set_syscall(w, event, object);
	else if (event->kind == EVENT_FAULT)
		set_fault(w, event, object);
	else
		set_task_event(event->task_event, object);
	if (w->stacks && event->kind != EVENT_TASK)
		set_stack(w->r, event, object);
	json_dumpf(object, w->out, JSON_COMPACT);
	fputc('\n', w->out);
	json_decref(object);
}

const struct event_output event_json = {"json", write_event};

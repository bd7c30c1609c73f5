// SPDX-License-Identifier: MIT
/*
 * Events as lines of text, one each, whose leading columns are the same for all:
 *
 *     SECONDS PID/TID COMM [CPU] EVENT DETAILS
 *
 * Times of faults within a run are interpolated and marked `~`, as is the share of its service
 * time.
 */
#include "output/event_output.h"

#include <inttypes.h>

#include "output/printable.h"
#include "profile/facts.h"
#include "profile/frame_label.h"
#include "profile/stack_quality.h"
#include "recording/task_signal.h"

static void write_time(struct event_writer *w, const struct event *event)
{
	int64_t ns = event_time_ns(w, event);
	uint64_t magnitude = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	char text[40];

	snprintf(text, sizeof text, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "",
		 magnitude / 1000000000, magnitude % 1000000000);
	fprintf(w->out, "%16s%c", text,
		event->kind == EVENT_FAULT && event_is_interpolated(event) ? '~' : ' ');
}

static void write_columns(struct event_writer *w, const struct event *event)
{
	const struct task *task = &w->r->tasks.items[event->task];
	uint32_t process = task->process < w->r->tasks.size ? task->process : event->task;
	scoped_free char *comm = printable(task_comm(w->r, event->task));

	write_time(w, event);
	fprintf(w->out, " %7u/%-7u %-15s", w->r->tasks.items[process].pid, task->tid, comm);
	if (event->kind == EVENT_TASK)
		fputs(" [---]", w->out);
	else
		fprintf(w->out, " [%03" PRIu64 "]",
			event->row[event->kind == EVENT_SYSCALL ? (int)SYSCALL_CPU
								: (int)FAULT_CPU]);
	fprintf(w->out, " %-10s", event_type(event));
}

static void write_result(FILE *out, const struct event *event)
{
	const uint64_t *row = event->row;
	int64_t result = (int64_t)row[SYSCALL_RESULT];
	const char *error = event_syscall_error(event);

	if (row[SYSCALL_FLAGS] & SYSCALL_UNFINISHED) {
		fputs(" = ?", out);
		return;
	}
	if (result > UINT32_MAX || result < -4095) /* an address */
		fprintf(out, " = 0x%" PRIx64, (uint64_t)result);
	else
		fprintf(out, " = %" PRId64 "%s%s", result, error ? " " : "", error ? error : "");
	if (row[SYSCALL_FLAGS] & SYSCALL_BLOCKED)
		fputs(" <blocked>", out);
	else if (row[SYSCALL_FLAGS] & SYSCALL_ATTACHED)
		fprintf(out, " <in flight when attached, at least %" PRIu64 "ns>",
			row[SYSCALL_DURATION_NS]);
	else
		fprintf(out, " <%" PRIu64 "ns>", row[SYSCALL_DURATION_NS]);
}

static void write_syscall(struct event_writer *w, const struct event *event)
{
	const uint64_t *row = event->row;

	fprintf(w->out, " %s", event_call_text(w, event));
	write_result(w->out, event);
	if (row[SYSCALL_POPULATED_PAGES])
		fprintf(w->out, " populated %" PRIu64 " pages", row[SYSCALL_POPULATED_PAGES]);
}

static void write_fault(struct event_writer *w, const struct event *event)
{
	const uint64_t *row = event->row;
	scoped_free char *label = printable(event_fault_label(w, event));
	uint64_t service_ns;

	fprintf(w->out, " %s %s %s 0x%" PRIx64 " ip 0x%" PRIx64 " %s", event_fault_kind(event),
		row[FAULT_FLAGS] & FAULT_KERNEL ? "kernel" : "user", event_fault_access(event),
		event->address, row[FAULT_IP], label);
	if (event_fault_service(event, &service_ns))
		fprintf(w->out, " %s%" PRIu64 "ns", row[FAULT_COUNT] > 1 ? "~" : "", service_ns);
	else
		fputs(" -", w->out);
}

static void write_task_event(struct event_writer *w, const struct task_event *event)
{
	scoped_free char *text = printable(event->text ? event->text : "");
	const uint64_t *value = event->value;
	const char *signal;
	char buffer[32];

	switch (event->type) {
	case TASK_FORK:
		fprintf(w->out, " %s %" PRIu64 "/%" PRIu64 " %s",
			value[0] == event->other ? "process" : "thread", value[1], value[2], text);
		break;
	case TASK_SIGNAL:
		fprintf(w->out, " %s code %" PRId64 "%s", signal_label((int)value[0], buffer),
			(int64_t)value[1],
			value[7] & TASK_SIGNAL_IGNORED ? " ignored"
			: value[2]                     ? " handled"
						       : "");
		break;
	case TASK_EXIT:
		signal = fatal_signal((int)value[0], buffer);
		if (signal)
			fprintf(w->out, " killed by %s", signal);
		else
			fprintf(w->out, " status %d", shell_status((int)value[0]));
		break;
	default:
		if (*text)
			fprintf(w->out, " %s", text);
	}
}

/* The innermost frame first, each with the file that it lies in; why it may not be all, if so. */
static void write_stack(struct event_writer *w, const struct event *event)
{
	const char *state = event_stack_state(w->r, event);
	uint32_t frame = event_frame(w->r, event), depth = 0;

	for (; frame && depth < STACK_MAX_FRAMES; depth++) {
		const struct frame *at = &w->r->frames.items[frame];
		scoped_free char *module = printable(module_label(w->r, at->module));
		uint32_t nr = frame_nr_labels(w->r, at->module, at->offset);

		while (nr--) {
			scoped_free char *label = frame_label(w->r, at->module, at->offset, nr);
			scoped_free char *clean = printable(label);

			fprintf(w->out, "                    %s (%s)\n", clean, module);
		}
		frame = at->parent;
	}
	if (state && strcmp(state, stack_verdict_words[STACK_PROVEN].key) != 0)
		fprintf(w->out, "                    [not proven complete: %s]\n", state);
}

static void write_event(struct event_writer *w, const struct event *event)
{
	write_columns(w, event);
	if (event->kind == EVENT_SYSCALL)
		write_syscall(w, event);
	else if (event->kind == EVENT_FAULT)
		write_fault(w, event);
	else
		write_task_event(w, event->task_event);
	fputc('\n', w->out);
	if (w->stacks)
		write_stack(w, event);
}

const struct event_output event_text = {"text", write_event};

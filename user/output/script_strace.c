// SPDX-License-Identifier: MIT
/*
 * Calls, signals and ends as strace -f writes them. Every call has one line, where it began: what
 * other threads did meanwhile stands below it.
 */
#include "output/event_output.h"

#include <inttypes.h>
#include <signal.h>

#include "output/printable.h"
#include "profile/facts.h"

#define RESULT_COLUMN 40

static int write_lead(struct event_writer *w, const struct event *event)
{
	const struct task *task = &w->r->tasks.items[event->task];

	return w->r->tasks.size > 2 ? fprintf(w->out, "[pid %5u] ", task->tid) : 0;
}

static void write_syscall(struct event_writer *w, const struct event *event)
{
	const uint64_t *row = event->row;
	int column = write_lead(w, event);

	column += fprintf(w->out, "%s", event_call_text(w, event));
	fprintf(w->out, "%*s = ", column < RESULT_COLUMN - 1 ? RESULT_COLUMN - 1 - column : 0, "");
	fputs(event_result_text(w, event), w->out);
	if (w->durations && !(row[SYSCALL_FLAGS] & SYSCALL_UNTIMED))
		fprintf(w->out, " <%" PRIu64 ".%06" PRIu64 ">",
			row[SYSCALL_DURATION_NS] / 1000000000,
			row[SYSCALL_DURATION_NS] / 1000 % 1000000);
	fputc('\n', w->out);
}

static void write_signal(struct event_writer *w, const struct event *event)
{
	char buffer[32];
	const char *name = signal_label((int)event->task_event->value[0], buffer);

	write_lead(w, event);
	fprintf(w->out, "--- %s {si_signo=%s, si_code=%" PRId64 "} ---\n", name, name,
		(int64_t)event->task_event->value[1]);
}

static void write_end(struct event_writer *w, const struct event *event)
{
	int status = (int)event->task_event->value[0];
	char buffer[32];
	const char *signal = fatal_signal(status, buffer);

	write_lead(w, event);
	if (signal)
		fprintf(w->out, "+++ killed by %s%s +++\n", signal,
			status & 0x80 ? " (core dumped)" : "");
	else
		fprintf(w->out, "+++ exited with %d +++\n", shell_status(status));
}

static void write_event(struct event_writer *w, const struct event *event)
{
	if (event->kind == EVENT_SYSCALL)
		write_syscall(w, event);
	else if (event->kind == EVENT_TASK && event->task_event->type == TASK_SIGNAL &&
		 event->task_event->value[0] != SIGKILL) /* the line of the end tells of it */
		write_signal(w, event);
	else if (event->kind == EVENT_TASK && event->task_event->type == TASK_EXIT)
		write_end(w, event);
}

const struct event_output event_strace = {"strace", write_event};

// SPDX-License-Identifier: MIT
/* Signals in a live trace: as they arrive, are ignored, or kill. */
#include <signal.h>
#include <sys/wait.h>

#include "trace/endings.h"
#include "trace/line_makers.h"

static void write_signal(struct lines *l, struct live_task *task, const struct signal_event *event,
			 uint64_t moment_ns)
{
	bool is_wanted = event->signal > 0 && event->signal <= 64 &&
			 l->options->signals >> (event->signal - 1) & 1;

	if (is_wanted && l->options->syscalls)
		signal_text_write(lines_begin_note(l, task, moment_ns), event);
}

/* One that stops the process unless a handler takes it. */
static bool is_stopping(const struct signal_event *event)
{
	bool is_stop = event->signal == SIGSTOP || event->signal == SIGTSTP ||
		       event->signal == SIGTTIN || event->signal == SIGTTOU;

	return is_stop && !event->has_handler && !(event->head.flags & WIRE_IGNORED);
}

static void keep_signal(struct signal_event **kept, const struct signal_event *event)
{
	if (!*kept)
		*kept = xnew(struct signal_event);
	**kept = *event;
}

static void drop_signal(struct signal_event **kept)
{
	free(*kept);
	*kept = NULL;
}

/* One that comes to nothing does not disturb a call: it is told of behind it. SIGKILL is never
 * told, since nobody sees it coming. */
void lines_take_signal(struct lines *l, const struct stream_event *at)
{
	const struct signal_event *event = (const void *)at->event;
	struct live_task *task = live_task_at(&l->tasks, at->event->task);

	if (event->signal == SIGKILL)
		return;
	if (event->head.flags & WIRE_SENT)
		return keep_signal(&task->sent, event);
	if (event->head.flags & WIRE_IGNORED && task->call.entered)
		return keep_signal(&task->ignored, event);
	if (task->sent && task->sent->signal == event->signal)
		drop_signal(&task->sent);
	write_signal(l, task, event, at->moment_ns);
	if (is_stopping(event) && l->options->syscalls)
		stopped_text_write(lines_begin_note(l, task, at->moment_ns), event->signal);
}

void lines_write_ignored(struct lines *l, struct live_task *task, uint64_t moment_ns)
{
	if (!task->ignored)
		return;
	write_signal(l, task, task->ignored, moment_ns);
	drop_signal(&task->ignored);
}

bool signal_is_deadly(const struct live_task *task, uint32_t status)
{
	return task->sent && WIFSIGNALED(status) && (int)WTERMSIG(status) == task->sent->signal;
}

void lines_write_deadly(struct lines *l, struct live_task *task, uint32_t status,
			uint64_t moment_ns)
{
	if (signal_is_deadly(task, status))
		write_signal(l, task, task->sent, moment_ns);
	drop_signal(&task->sent);
}

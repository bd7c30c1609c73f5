// SPDX-License-Identifier: MIT
/* How calls begin and end in a live trace, also those that are restarted or never return. */
#include <signal.h>
#include <sys/syscall.h>

#include "trace/line_makers.h"

/* A program of 32 bits has calls of its own, whose numbers mean something else. */
static void tell_mode(struct lines *l, struct live_task *task, bool is_compat)
{
	struct journal *j = l->journals.items[0];

	if (task->is_compat == is_compat)
		return;
	task->is_compat = is_compat;
	if (l->options->output || l->options->quiet & QUIET_PERSONALITY)
		return;
	call_lines_interrupt(&l->calls, j);
	journal_printf(j, "[ Process PID=%u runs in %d bit mode. ]\n", task->tid,
		       is_compat ? 32 : 64);
}

void lines_take_return(struct lines *l, const struct capture_event *event)
{
	struct live_call *call = &live_task_at(&l->tasks, event->head.task)->call;

	free(call->returned);
	call->returned = xcalloc(1, event->head.size_bytes);
	memcpy(call->returned, event, event->head.size_bytes);
}

/* An exec takes a while, but no longer than so many times so long. */
#define EXEC_PATIENCE    5
#define EXEC_PATIENCE_MS 30

static bool is_exec(const struct capture_event *entered)
{
	return entered->nr == SYS_execve || entered->nr == SYS_execveat;
}

/* What was not in memory when the call was entered has mostly been read already by the time that
 * its line is made, though it comes later. */
static void look_ahead(struct lines *l, struct live_task *task, uint32_t task_id)
{
	const struct capture_event *entered = task->call.entered, *later;
	uint64_t time_ns = entered->head.time_ns;

	if (!(entered->head.flags & WIRE_RETRY) || !l->stream)
		return;
	later = stream_find_return(l->stream, task_id, time_ns);
	for (int i = 0; !later && is_exec(entered) && i < EXEC_PATIENCE; i++) {
		stream_take_more(l->stream, EXEC_PATIENCE_MS);
		later = stream_find_return(l->stream, task_id, time_ns);
	}
	if (later)
		lines_take_return(l, later);
}

void lines_take_enter(struct lines *l, const struct capture_event *event)
{
	uint32_t task_id = event->head.task;
	struct live_task *task = live_task_at(&l->tasks, task_id);

	tell_mode(l, task, event->head.flags & WIRE_COMPAT);
	lines_write_ignored(l, task, event->head.time_ns); /* the end of its last call was lost */
	call_enter(&l->calls, lines_journal(l, task), task, task_id, event);
	look_ahead(l, task, task_id); /* after which the event is no longer there */
}

static void end_call(struct lines *l, const struct syscall_event *event, uint64_t moment_ns)
{
	struct live_task *task = live_task_at(&l->tasks, event->head.task);
	struct journal *j = lines_journal(l, task);

	if (call_end(&l->calls, j, task, event->head.task, event, moment_ns))
		lines_end_line(l, j, event->stack, 0, moment_ns);
	lines_tell_untold(l);
	lines_write_ignored(l, task, moment_ns);
}

static bool is_to_restart(const struct syscall_event *event)
{
	return event->result >= -516 && event->result <= -512;
}

/* A signal to itself that it does not survive: the kernel returns, but the thread does not. */
static bool is_suicide(const struct syscall_event *event, const struct live_task *task)
{
	switch (event->nr) {
	case SYS_kill:
		return event->args[1] == SIGKILL && (uint32_t)event->args[0] == task->pid;
	case SYS_tkill:
		return event->args[1] == SIGKILL && (uint32_t)event->args[0] == task->tid;
	case SYS_tgkill:
		return event->args[2] == SIGKILL && (uint32_t)event->args[0] == task->pid;
	}
	return false;
}

/*
 * A call that its thread does not come back from ends when it is known what became of that. So does
 * one that the kernel wants to restart: if nothing comes but the thread's end, it never returned.
 */
void lines_take_syscall(struct lines *l, const struct stream_event *at)
{
	const struct syscall_event *event = (const void *)at->event;
	struct live_task *task = live_task_at(&l->tasks, event->head.task);
	struct live_call *call = &task->call;
	bool is_open;

	if (!call->entered) /* in progress when its thread was attached to */
		tell_mode(l, task, event->head.flags & WIRE_COMPAT);
	is_open = event->head.flags & WIRE_UNFINISHED || is_to_restart(event) ||
		  is_suicide(event, task);

	if (!is_open || event->head.flags & WIRE_BLOCKED)
		return end_call(l, event, at->moment_ns);
	free(call->ended);
	call->ended = xnew(struct syscall_event);
	*call->ended = *event;
	call->ended_ns = at->moment_ns;
}

/* Another event of the task tells how the call ended that was held back. */
void lines_settle_call(struct lines *l, const struct event *event)
{
	struct live_call *call = &live_task_at(&l->tasks, event->task)->call;
	struct syscall_event *ended = call->ended;
	uint64_t ended_ns = call->ended_ns;
	bool is_told_later = event->type == EVENT_EXIT || event->type == EVENT_LEFT ||
			     (event->type == EVENT_SIGNAL &&
			      (((const struct signal_event *)event)->signal == SIGKILL ||
			       event->flags & (WIRE_SENT | WIRE_IGNORED)));

	if (!ended || is_told_later)
		return;
	call->ended = NULL;
	end_call(l, ended, ended_ns);
	free(ended);
}

/* The thread's end does. */
void lines_end_last_call(struct lines *l, struct live_task *task, uint32_t status,
			 uint64_t moment_ns)
{
	struct syscall_event *ended = task->call.ended;

	if (!ended)
		return;
	task->call.ended = NULL;
	if (!is_to_restart(ended) || !signal_is_deadly(task, status))
		ended->head.flags |= WIRE_UNFINISHED;
	end_call(l, ended, moment_ns);
	free(ended);
}

// SPDX-License-Identifier: MIT
/* Threads and processes in a live trace: how they begin, execute programs and end. */
#include "trace/call_effects.h"
#include "trace/endings.h"
#include "trace/line_makers.h"

static bool tells_of_attached(const struct lines *l)
{
	return l->options->syscalls && !l->options->output && !(l->options->quiet & QUIET_ATTACH);
}

void lines_tell_untold(struct lines *l)
{
	struct journal *j = l->journals.items[0];

	vec_each (&l->untold, id) {
		struct live_task *task = live_task_at(&l->tasks, *id);

		task->attach_is_told = true;
		call_lines_interrupt(&l->calls, j);
		journal_printf(j, "prof: Process %u attached\n", task->tid);
	}
	l->untold.size = 0;
}

static bool lines_keep_descriptors(const struct lines *l)
{
	return l->calls.decode.netlink_protocol || call_lines_need_descriptors(l->options);
}

/* A thread that was there before: the first one of its process brings what that has open. */
void lines_take_start(struct lines *l, const struct start_event *event)
{
	struct descriptors *d = &l->calls.descriptors;

	if (!*event->comm || !l->seed || !call_lines_need_descriptors(l->options))
		return;
	if (!directory_of(d, event->process))
		l->seed(d, event->process, event->pid);
	if (event->process != event->head.task)
		descriptors_fork(d, event->process, event->head.task, true, true);
}

static void inherit_descriptors(struct lines *l, const struct fork_event *event)
{
	const struct live_task *parent = live_task(&l->tasks, event->head.task);
	const struct live_task *child = live_task(&l->tasks, event->child);
	struct call call;

	if (!lines_keep_descriptors(l))
		return;
	if (parent->call.entered)
		call_make(&l->calls.maker, parent, NULL, &call);
	call_effects_fork(&l->calls.descriptors, event->head.task, event->child,
			  parent->process == child->process, parent->call.entered ? &call : NULL);
}

void lines_take_fork(struct lines *l, const struct fork_event *event)
{
	inherit_descriptors(l, event);
	if (tells_of_attached(l))
		*vec_push(&l->untold) = event->child;
}

/* A new thread that does something must have been told of before. */
void lines_tell_before(struct lines *l, const struct event *event)
{
	vec_each (&l->untold, id)
		if (*id == event->task)
			return lines_tell_untold(l);
}

static void write_exit(struct lines *l, uint32_t task_id, uint32_t status, uint64_t moment_ns)
{
	struct live_task *task = live_task_at(&l->tasks, task_id);

	lines_write_ignored(l, task, moment_ns);
	lines_write_deadly(l, task, status, moment_ns);
	if (l->options->syscalls && !(l->options->quiet & QUIET_EXIT))
		exit_text_write(lines_begin_note(l, task, moment_ns), status);
	if (task->journal)
		task->journal->is_closed = true;
	if (lines_keep_descriptors(l))
		descriptors_end(&l->calls.descriptors, task_id);
	live_task_end(&l->tasks, task_id);
}

/* The end of a process's first thread shows when all others have ended. */
void lines_take_exit(struct lines *l, const struct stream_event *at)
{
	const struct exit_event *event = (const void *)at->event;
	uint32_t id = event->head.task;
	struct live_task *task = live_task_at(&l->tasks, id);
	struct live_task *process = live_task_at(&l->tasks, task->process);

	lines_end_last_call(l, task, event->status, at->moment_ns);
	if (process->nr_threads)
		process->nr_threads--;
	if (task->tid == task->pid && process->nr_threads) {
		process->ended_leader = id;
		process->ended = *event;
		return;
	}
	write_exit(l, id, event->status, at->moment_ns);
	if (!process->nr_threads && process->ended_leader)
		write_exit(l, process->ended_leader, process->ended.status, at->moment_ns);
}

/* Of files of the threads' own, it goes on in the other one's. */
static void take_over_journal(struct lines *l, struct live_task *task, struct live_task *leader)
{
	if (!task->journal || !leader->journal)
		return;
	call_lines_interrupt(&l->calls, task->journal);
	task->journal->is_closed = true;
	task->journal = leader->journal;
	leader->journal = NULL;
}

/* A thread that executes a program takes over the number of its process's first thread. */
void lines_take_exec(struct lines *l, const struct exec_event *event, uint64_t moment_ns)
{
	struct live_task *task = live_task_at(&l->tasks, event->head.task);
	struct live_task *process = live_task_at(&l->tasks, task->process);
	uint32_t leader = process->ended_leader;

	if (lines_keep_descriptors(l))
		descriptors_exec(&l->calls.descriptors, event->head.task);
	if (task->tid == event->tid || !leader)
		return;
	process->ended_leader = 0;
	take_over_journal(l, task, live_task_at(&l->tasks, leader));
	if (l->options->syscalls && !(l->options->quiet & QUIET_EXEC_OF_THREAD)) {
		call_lines_interrupt(&l->calls, lines_journal(l, task));
		superseded_text_write(
			lines_begin_note(l, live_task_at(&l->tasks, leader), moment_ns), task->tid);
	}
	live_task_end(&l->tasks, leader);
}

void lines_take_left(struct lines *l, const struct event *event)
{
	struct live_task *task = live_task_at(&l->tasks, event->task);

	l->nr_left++;
	call_detach(&l->calls, lines_journal(l, task), task, event->task);
}

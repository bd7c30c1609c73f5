// SPDX-License-Identifier: MIT
#include "trace/tasks.h"

#include <stdio.h>

#include "output/printable.h"

/* Until the command's execve has got through, the launched process bears prof's name. */
#define NAME_BEFORE_EXEC "prof"

void live_call_end(struct live_call *call)
{
	free(call->entered);
	free(call->returned);
	free(call->ended);
	*call = (struct live_call){0};
}

static void forget(struct live_task *task)
{
	live_call_end(&task->call);
	free(task->ignored);
	free(task->sent);
	task->ignored = task->sent = NULL;
}

void live_tasks_fini(struct live_tasks *tasks)
{
	vec_each (&tasks->by_id, task)
		forget(task);
	vec_free(&tasks->by_id);
}

static struct live_task *task_at(struct live_tasks *tasks, uint32_t id)
{
	vec_extend(&tasks->by_id, (size_t)id + 1);
	return &tasks->by_id.items[id];
}

static void name_set(struct live_task *task, const char *comm)
{
	scoped_free char *text = xstrndup(comm, COMM_BYTES);
	scoped_free char *clean = printable(text);

	snprintf(task->name, sizeof task->name, "%s", clean);
}

static struct live_task *take_birth(struct live_tasks *tasks, uint32_t id, uint32_t pid,
				    uint32_t tid, uint32_t process)
{
	struct live_task *task;

	task_at(tasks, process)->nr_threads++;
	tasks->nr_alive++;
	task = task_at(tasks, id);
	task->tid = tid;
	task->pid = pid;
	task->process = process;
	task->is_alive = true;
	task->last_syscall = -1;
	task->interrupted = -1;
	return task;
}

static void take_start(struct live_tasks *tasks, const struct start_event *event)
{
	uint32_t id = event->head.task;
	struct live_task *task = take_birth(tasks, id, event->pid, event->tid, event->process);

	task->was_started = !*event->comm;
	name_set(task, *event->comm ? event->comm : NAME_BEFORE_EXEC);
}

static void take_fork(struct live_tasks *tasks, const struct fork_event *event)
{
	name_set(take_birth(tasks, event->child, event->pid, event->tid, event->child_process),
		 event->comm);
}

static void take_exec(struct live_tasks *tasks, const struct exec_event *event)
{
	struct live_task *task = task_at(tasks, event->head.task);

	task->tid = event->tid;
	task->pid = event->pid;
	name_set(task, event->comm);
}

void live_tasks_take(struct live_tasks *tasks, const struct event *event)
{
	const void *whole = event;

	switch (event->type) {
	case EVENT_START:
		return take_start(tasks, whole);
	case EVENT_FORK:
		return take_fork(tasks, whole);
	case EVENT_EXEC:
		return take_exec(tasks, whole);
	case EVENT_COMM:
		return name_set(task_at(tasks, event->task),
				((const struct comm_event *)whole)->comm);
	}
}

const struct live_task *live_task(const struct live_tasks *tasks, uint32_t id)
{
	static const struct live_task unknown = {.name = "?"};
	const struct live_task *task = id < tasks->by_id.size ? &tasks->by_id.items[id] : NULL;

	return task && *task->name ? task : &unknown;
}

struct live_task *live_task_at(struct live_tasks *tasks, uint32_t id)
{
	return task_at(tasks, id);
}

void live_task_end(struct live_tasks *tasks, uint32_t id)
{
	struct live_task *task = task_at(tasks, id);

	forget(task);
	if (!task->is_alive)
		return;
	task->is_alive = false;
	tasks->nr_alive--;
}

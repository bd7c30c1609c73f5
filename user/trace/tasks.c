// SPDX-License-Identifier: MIT
#include "trace/tasks.h"

#include <stdio.h>

#include "output/printable.h"

/* Until the command's execve has got through, the launched process bears prof's name. */
#define NAME_BEFORE_EXEC "prof"

void live_tasks_fini(struct live_tasks *tasks)
{
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

static void take_start(struct live_tasks *tasks, const struct start_event *event)
{
	struct live_task *task = task_at(tasks, event->head.task);

	task->tid = event->tid;
	name_set(task, NAME_BEFORE_EXEC);
}

static void take_fork(struct live_tasks *tasks, const struct fork_event *event)
{
	struct live_task *task = task_at(tasks, event->child);

	task->tid = event->tid;
	name_set(task, event->comm);
}

static void take_exec(struct live_tasks *tasks, const struct exec_event *event)
{
	struct live_task *task = task_at(tasks, event->head.task);

	task->tid = event->tid;
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

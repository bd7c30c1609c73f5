// SPDX-License-Identifier: MIT
/*
 * The lives of tasks, put together from the task events.
 *
 * Ids are serial numbers in order of birth. That a parent has the smaller id, and the leader of a
 * process no larger one than its threads, is what makes walking up a family end, so it is enforced
 * here.
 */
#include "recording/load.h"

/* Ids may be missing from the events, where some were lost; see load.c. */
#define TASK_FLOOR     (1U << 12)
#define BYTES_PER_TASK 4

static char unknown_task[] = "[unknown]";

/* The task of an id; NULL for 0 and for what is no plausible id. */
static struct task *task_of(struct recording *r, uint64_t id)
{
	size_t known = r->tasks.size;

	if (!id || id >= TASK_FLOOR + r->integrity.file_bytes / BYTES_PER_TASK)
		return NULL;
	vec_extend(&r->tasks, id + 1);
	for (size_t i = known; i < r->tasks.size; i++)
		r->tasks.items[i] = (struct task){.process = (uint32_t)i, .comm = unknown_task};
	return &r->tasks.items[id];
}

static void task_born(struct task *task, const struct task_event *e)
{
	task->seen = true;
	task->start_ns = e->time_ns;
	if (e->value[0])
		task->process = e->value[0] > UINT32_MAX ? 0 : (uint32_t)e->value[0];
	task->pid = (uint32_t)e->value[1];
	task->tid = (uint32_t)e->value[2];
	if (*e->text)
		task->comm = e->text;
}

/* A child runs its parent's program, and by its name, until it does something about it. */
static void task_forked(struct recording *r, const struct task_event *e)
{
	struct task *child = task_of(r, e->other);
	const struct task *parent = e->task < r->tasks.size ? &r->tasks.items[e->task] : NULL;

	if (!child || !parent || e->task >= e->other)
		return;
	child->parent = e->task;
	child->comm = parent->comm;
	child->path = parent->path;
	task_born(child, e);
}

/* What the kernel had counted when the task ended, or the recording did. */
static void task_counted(struct task *task, const struct task_event *e)
{
	task->minor_faults = e->value[1];
	task->major_faults = e->value[2];
	task->reaped_faults = e->value[3];
	task->ends_process = e->value[4];
	task->populated_at_end = e->value[5];
	if (e->value[6])
		task->faults_before = e->value[6];
	task->counted = true;
}

static void task_exited(struct task *task, const struct task_event *e)
{
	task->ended = true;
	task->end_ns = e->time_ns;
	task->exit_status = (int32_t)e->value[0];
	task_counted(task, e);
}

static void event_apply(struct recording *r, struct task *task, const struct task_event *e)
{
	switch (e->type) {
	case TASK_FORK:
		task_forked(r, e);
		break;
	case TASK_EXEC:
	case TASK_ATTACHED:
		task->pid = (uint32_t)e->value[0];
		task->tid = (uint32_t)e->value[1];
		task->path = e->text;
		break;
	case TASK_COMM:
		task->comm = e->text;
		break;
	case TASK_EXIT:
		task_exited(task, e);
		break;
	case TASK_START:
		task->faults_before = e->value[3];
		task_born(task, e);
		break;
	case TASK_LEFT:
		task_counted(task, e);
		break;
	case TASK_TIMES:
		task->timed_ns = e->time_ns;
		task->cpu_ns = e->value[0];
		task->ready_ns = e->value[1];
		break;
	}
}

/* Smaller ids are settled before larger ones, so that a task's process is always a leader. */
static void processes_settle(struct recording *r)
{
	for (uint32_t id = 1; id < r->tasks.size; id++) {
		struct task *task = &r->tasks.items[id];

		if (!task->process || task->process > id)
			task->process = id;
		task->process = r->tasks.items[task->process].process;
	}
}

/* Threads that end together may each find themselves the last one: the latest of them was. */
static void enders_settle(struct recording *r)
{
	scoped_free uint32_t *ender = xcalloc(r->tasks.size, sizeof *ender);

	for (uint32_t id = 1; id < r->tasks.size; id++) {
		struct task *task = &r->tasks.items[id];
		struct task *other = &r->tasks.items[ender[task->process]];

		if (!task->ends_process)
			continue;
		if (other->ends_process && other->end_ns > task->end_ns) {
			task->ends_process = false;
			continue;
		}
		other->ends_process = false;
		ender[task->process] = id;
	}
}

/* Rows and events name no task that is not in the table. */
static void event_ids_settle(struct recording *r)
{
	vec_each (&r->task_events, e) {
		if (e->task >= r->tasks.size)
			e->task = 0;
		if (e->other >= r->tasks.size)
			e->other = 0;
	}
	vec_each (&r->mappings, mapping) {
		if (mapping->task >= r->tasks.size)
			mapping->task = 0;
	}
}

void tasks_derive(struct recording *r)
{
	*vec_push(&r->tasks) = (struct task){.comm = unknown_task};
	vec_each (&r->task_events, e) {
		struct task *task;

		task_of(r, e->other); /* first: it may move the others */
		task = task_of(r, e->task);
		if (task)
			event_apply(r, task, e);
	}
	processes_settle(r);
	enders_settle(r);
	event_ids_settle(r);
}

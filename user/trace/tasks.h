/* SPDX-License-Identifier: MIT */
/*
 * Who the tasks of a stream are: what a serial number is called at this place of the stream.
 */
#ifndef PROF_TRACE_TASKS_H
#define PROF_TRACE_TASKS_H

#include <stdint.h>

#include "base/vec.h"
#include "event.h"

/* Every byte of a name may have to be written as \xNN. */
#define TASK_NAME_BYTES (4 * COMM_BYTES)

struct live_task {
	uint32_t tid;               /* 0: nothing was told of it */
	char name[TASK_NAME_BYTES]; /* fit to be printed */
};

struct live_tasks {
	VEC(struct live_task) by_id;
};

void live_tasks_fini(struct live_tasks *tasks);

/* Takes note of a birth, an exec or a new name; other events mean nothing to it. */
void live_tasks_take(struct live_tasks *tasks, const struct event *event);

/* A task that nothing was told of is called "?". */
const struct live_task *live_task(const struct live_tasks *tasks, uint32_t id);

#endif

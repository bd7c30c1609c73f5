/* SPDX-License-Identifier: MIT */
/*
 * Who the tasks of a stream are: what a serial number is called at this place of the stream, and
 * who of them is alive.
 */
#ifndef PROF_TRACE_TASKS_H
#define PROF_TRACE_TASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "event.h"

/* Every byte of a name may have to be written as \xNN. */
#define TASK_NAME_BYTES (4 * COMM_BYTES)

struct journal;

/* A call in progress: what is known of it so far, and of its line. */
struct live_call {
	struct capture_event *entered;  /* NULL: none is in progress */
	struct capture_event *returned; /* what was read after it; or NULL */
	struct syscall_event *ended;    /* it is over, but how will show by what comes next */
	uint64_t ended_ns;
	bool is_hidden;      /* it has no line */
	bool is_interrupted; /* its line was ended before it was */
};

struct live_task {
	uint32_t tid;     /* 0: nothing was told of it */
	uint32_t pid;     /* of its process */
	uint32_t process; /* the serial number of what was its process's first thread */
	bool is_alive;
	bool was_started;    /* the command itself */
	bool attach_is_told; /* that it is followed */
	bool is_compat;      /* its last call was one of 32 bits */
	int last_syscall;    /* its number; -1: none */
	int interrupted;     /* the number of the call that restart_syscall() goes on with; -1 */
	struct live_call call;
	struct signal_event *ignored; /* that is to be told when its call is over; or NULL */
	struct signal_event *sent;    /* the last one that was not delivered yet; or NULL */
	struct journal *journal;      /* its own; or NULL */
	char name[TASK_NAME_BYTES];   /* fit to be printed */

	/* Of the process, where `process` is this task: */
	uint32_t nr_threads;     /* that are alive */
	uint32_t ended_leader;   /* the thread with the process's pid, whose end waits for theirs */
	struct exit_event ended; /* its end */
};

struct live_tasks {
	VEC(struct live_task) by_id;
	uint32_t nr_alive;
};

void live_tasks_fini(struct live_tasks *tasks);

/* Takes note of a birth, an exec or a new name; other events mean nothing to it. */
void live_tasks_take(struct live_tasks *tasks, const struct event *event);

/* A task that nothing was told of is called "?". */
const struct live_task *live_task(const struct live_tasks *tasks, uint32_t id);

/* The same to be changed. Valid until a task with a higher number comes. */
struct live_task *live_task_at(struct live_tasks *tasks, uint32_t id);

/* It is gone. */
void live_task_end(struct live_tasks *tasks, uint32_t id);

/* What is known of its call is forgotten. */
void live_call_end(struct live_call *call);

#endif

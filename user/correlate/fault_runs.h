/* SPDX-License-Identifier: MIT */
/*
 * Faults that march through memory, gathered into runs.
 *
 * A program that fills a buffer faults at one instruction, on one stack, a page further each time:
 * that is one row of the recording, however long. A task has a few open runs at once, since a copy
 * marches through two buffers in turn. A run stays true to its faults: same everything but the
 * address, equal strides, steady pace, so that the time of each can be told from its place in the
 * run.
 */
#ifndef PROF_CORRELATE_FAULT_RUNS_H
#define PROF_CORRELATE_FAULT_RUNS_H

#include <stdint.h>

#include "base/vec.h"
#include "event.h"
#include "recording/writer.h"

#define OPEN_RUNS 4

struct fault_run {
	uint64_t row[NR_FAULT_COLUMNS];
	uint64_t last_ns, last_address;
};

struct task_runs {
	uint32_t nr_open, oldest;
	struct fault_run open[OPEN_RUNS];
};

struct fault_runs {
	struct writer *writer;
	VEC(struct task_runs *) by_task; /* NULL for a task without open runs yet */
};

void fault_runs_init(struct fault_runs *runs, struct writer *writer);
void fault_runs_fini(struct fault_runs *runs); /* after fault_runs_close_all */

void fault_runs_add(struct fault_runs *runs, uint32_t cpu, const struct fault_event *event);

/* Writes a task's open runs: something else happened to it, or it ended (then `forget`). */
void fault_runs_close(struct fault_runs *runs, uint32_t task);
void fault_runs_forget(struct fault_runs *runs, uint32_t task);
void fault_runs_close_all(struct fault_runs *runs);

#endif

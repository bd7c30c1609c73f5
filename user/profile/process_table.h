/* SPDX-License-Identifier: MIT */
/*
 * Who did it: processes and their threads, the busiest first.
 */
#ifndef PROF_PROFILE_PROCESS_TABLE_H
#define PROF_PROFILE_PROCESS_TABLE_H

#include "profile/scan.h"

struct thread_row {
	uint32_t task, process; /* ids; process: of the task that leads it */
	struct activity activity;
};

struct process_row {
	uint32_t leader;                   /* id of a task */
	uint32_t first_thread, nr_threads; /* into process_table.threads */
	struct activity activity;
	bool ended;
	int exit_status; /* as wait(2) gives it, if it ended */
};

struct process_table {
	VEC(struct process_row) processes; /* by falling system call time, then faults */
	VEC(struct thread_row) threads;    /* by process, then in order of birth */
};

void process_table_build(const struct recording *r, const struct scan *scan,
			 struct process_table *out);
void process_table_fini(struct process_table *table);

#endif

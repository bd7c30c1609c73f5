/* SPDX-License-Identifier: MIT */
/*
 * One pass over the rows of a recording: what only rows can tell.
 *
 * Totals per system call come from the blocks' summaries; rows are read for who did it, on which
 * stack, and for faults. Everything is added up in arrays indexed by the ids of the recording.
 */
#ifndef PROF_PROFILE_SCAN_H
#define PROF_PROFILE_SCAN_H

#include "recording/reader.h"

struct activity {
	uint64_t syscalls, syscall_ns, faults;
};

struct fault_class {
	uint64_t faults;
	uint64_t user, kernel; /* by the mode they were taken in */
	uint64_t in_runs;      /* in rows that hold more than one */
	uint64_t timed, service_ns, max_ns;
};

struct scan {
	struct activity *tasks; /* by id */
	struct fault_class faults[NR_FAULT_KINDS];
	uint64_t populated_pages;            /* inside system calls and between events */
	uint64_t *stack_events;              /* events by id of their stack; [0]: by none */
	uint64_t stacks_lost;                /* of [0], those whose stack could not be delivered */
	uint64_t calls_attached;             /* in flight when recording began */
	uint64_t stacks_unasked;             /* not in [0]: events that were to have none */
	uint64_t faults_lost, fault_ns_lost; /* of the classes, what no row tells of */
};

void scan_recording(struct recording *r, struct scan *out);
/* Adds to the classes what the kernel side counted beyond the rows: the stream lost it. */
void scan_add_lost_faults(struct scan *scan, const struct recording *r);
void scan_fini(struct scan *scan);

uint64_t scan_faults(const struct scan *scan); /* of all kinds */

#endif

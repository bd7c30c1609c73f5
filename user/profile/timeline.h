/* SPDX-License-Identifier: MIT */
/*
 * All events of a recording in order of time, one by one.
 *
 * Blocks hold rows in the order in which they came to an end, and they overlap in time. The
 * timeline merges them: a block is opened when the time reaches its earliest row, and read in
 * slices that grow, so that one early row (a call that waited long) does not hold all the others in
 * memory. A run of faults becomes as many events as it has faults, made one at a time.
 *
 * Equal times are ordered by task, then kind of event, then place in the file.
 */
#ifndef PROF_PROFILE_TIMELINE_H
#define PROF_PROFILE_TIMELINE_H

#include "recording/reader.h"

enum event_kind {
	EVENT_TASK,
	EVENT_SYSCALL,
	EVENT_FAULT,
	EVENT_UNCHOSEN, /* asks for memory calls that were not chosen; they come as EVENT_SYSCALL */
	NR_EVENT_KINDS
};

#define CHOSEN_EVENTS (1U << EVENT_TASK | 1U << EVENT_SYSCALL | 1U << EVENT_FAULT)

struct event {
	enum event_kind kind;
	uint64_t time_ns;
	uint32_t task;
	const struct task_event *task_event; /* EVENT_TASK */
	const uint64_t *row;                 /* EVENT_SYSCALL, EVENT_FAULT: cells by column */
	uint64_t fault;                      /* EVENT_FAULT: which of the row's run, from 0 */
	uint64_t address;                    /* EVENT_FAULT: of this one */
	const struct piece *pieces; /* EVENT_SYSCALL: what was captured of it, if asked for */
	uint32_t nr_pieces;
};

struct timeline;

/* `kinds` has bit 1 << enum event_kind for those that are wanted. */
struct timeline *timeline_new(struct recording *r, unsigned int kinds);
/* Before the first event: gives what was captured of system calls, too. */
void timeline_want_pieces(struct timeline *t);
void timeline_free(struct timeline *t); /* NULL is fine */

/* False after the last one. What *out points to is valid until the next call. */
bool timeline_next(struct timeline *t, struct event *out);

#endif

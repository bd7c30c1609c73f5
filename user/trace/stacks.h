/* SPDX-License-Identifier: MIT */
/*
 * The stacks of a stream, by id, as the lines that are printed below their events.
 *
 * A stack comes once and is named by its id from then on, so its text is made at its first use and
 * kept. One that ended for want of an unwinding table is finished by then, if the table is there.
 */
#ifndef PROF_TRACE_STACKS_H
#define PROF_TRACE_STACKS_H

#include "correlate/spaces.h"
#include "trace/frames.h"
#include "trace/trace.h"
#include "unwind/publish.h"

struct live_stack;

struct live_stacks {
	uint32_t max_frames; /* that are written */
	enum stack_form form;
	bool sources; /* are asked for, too, for which any frame may matter */
	const struct unwind_store *store;
	struct frame_names *names;
	struct spaces spaces;
	VEC(struct live_stack *) by_id; /* NULL: not told */
};

void live_stacks_fini(struct live_stacks *stacks);

/* Takes note of stacks, and of what tells where code lies; other events mean nothing to it. */
void live_stacks_take(struct live_stacks *stacks, const struct event *event);

/* Ends at a file whose table is not there yet, before max_frames are reached. */
bool live_stack_is_unfinished(struct live_stacks *stacks, uint32_t id);

void live_stack_write(struct live_stacks *stacks, uint32_t id, struct bytes *out);

/* Where in the source it was left for a library that everybody uses; NULL when nothing tells. Both
 * belong to the stack. */
const char *live_stack_source(struct live_stacks *stacks, uint32_t id, const char **out_function);

/* The event that named it is over. */
void live_stack_used(struct live_stacks *stacks, uint32_t id);

#endif

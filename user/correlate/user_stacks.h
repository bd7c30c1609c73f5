/* SPDX-License-Identifier: MIT */
/*
 * Stacks on their way from the rings into the recording.
 *
 * A stack's addresses mean nothing until the mappings below them are known, which may come from
 * another CPU: so it waits until the round after its own is over, and is placed in files then. One
 * that ended for want of a table waits until that is there, and is walked to its end first.
 */
#ifndef PROF_CORRELATE_USER_STACKS_H
#define PROF_CORRELATE_USER_STACKS_H

#include "correlate/kernel_stacks.h"
#include "correlate/spaces.h"
#include "recording/writer.h"
#include "unwind/publish.h"

struct waiting_stack;
struct waiting_stacks {
	struct waiting_stack *items;
	size_t size, capacity;
};

struct user_stacks {
	struct writer *writer;
	const struct spaces *spaces;
	const struct unwind_store *store;    /* the tables that unfinished ones wait for, or NULL */
	struct kernel_stacks *kernel_stacks; /* are told of those that are placed */
	struct waiting_stacks fresh, ripe;   /* of this round, and of the round before */
	struct waiting_stacks unfinished;    /* for a table */
	size_t announced;                    /* tables, when the unfinished ones were tried last */
	uint64_t walked[MAX_FRAMES];
};

void user_stacks_fini(struct user_stacks *s);

void user_stacks_take(struct user_stacks *s, const struct stack_event *event);
void user_stacks_take_rest(struct user_stacks *s, const struct stack_rest_event *event);

/* A round of the rings is over. */
void user_stacks_round(struct user_stacks *s);
/* No other one will come. */
void user_stacks_finish(struct user_stacks *s);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Stacks that go on in the kernel, and the kernel's addresses that are to be named.
 *
 * Such a stack is the user's part, which has an id of its own, with kernel frames on top. It waits
 * until that part has been placed in files: the two may lie in the rings of different CPUs, and the
 * user's part may itself wait for an unwinding table.
 */
#ifndef PROF_CORRELATE_KERNEL_STACKS_H
#define PROF_CORRELATE_KERNEL_STACKS_H

#include "correlate/kernel_frames.h"
#include "recording/writer.h"

struct waiting_kernel_stack {
	uint32_t id, user_stack;
	uint32_t nr_frames, nr_left_out; /* of the innermost ones */
	uint64_t *frames;
};

struct kernel_stacks {
	struct writer *writer;
	struct kernel_frames frames;
	VEC(struct waiting_kernel_stack) waiting;
	VEC(struct stack) placed; /* by id */
	VEC(uint64_t) addresses;  /* ascending */
};

/* `name` is NULL where no stack goes on in the kernel. */
void kernel_stacks_init(struct kernel_stacks *k, struct writer *writer, kernel_namer *name,
			void *arg);
void kernel_stacks_fini(struct kernel_stacks *k);

void kernel_stacks_take(struct kernel_stacks *k, const struct kernel_stack_event *event);

/* A user's part has been placed. */
void kernel_stacks_note_placed(struct kernel_stacks *k, uint32_t id, const struct stack *stack);

/* Writes the stacks whose user's part has been placed; if it is the `last` time, all. */
void kernel_stacks_place(struct kernel_stacks *k, bool last);

/* An address is to be named; those of frames are noted when they are placed. */
void kernel_stacks_note_address(struct kernel_stacks *k, uint64_t address);

#endif

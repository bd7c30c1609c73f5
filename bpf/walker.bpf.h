/* SPDX-License-Identifier: MIT */
/*
 * Calling the one program that walks stacks.
 *
 * Four tracepoints need a walk, and the verifier takes most of its time for it; so it is in one
 * program (walker.bpf.c) that the others jump to, which does what is left to do once the stack is
 * known. Programs that call each other have to be of one kind: raw tracepoints, all of them.
 */
#ifndef PROF_WALKER_BPF_H
#define PROF_WALKER_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "event.h"

enum walk_for {
	WALK_FOR_NOTHING,
	WALK_FOR_ENTER,
	WALK_FOR_EXIT,
	WALK_FOR_USER_FAULT,
	WALK_FOR_KERNEL_FAULT,
};

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} walker SEC(".maps") __weak;

/* Comes back only if that failed, which it should not. */
static __always_inline void walker_call(void *ctx, struct task_state *state, enum walk_for what)
{
	state->walk_for = what;
	bpf_tail_call(ctx, &walker, 0);
	state->walk_for = WALK_FOR_NOTHING;
}

#endif

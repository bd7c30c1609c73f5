/* SPDX-License-Identifier: MIT */
/* What remains to be done when a system call is over: its stack, and its event. */
#ifndef PROF_CALL_END_BPF_H
#define PROF_CALL_END_BPF_H

#include "kernel_stack.bpf.h"
#include "syscall.bpf.h"
#include "walker.bpf.h"

/* Sends the call that is over. */
static __always_inline void call_end(void *ctx, struct task_struct *task, struct task_state *state,
				     struct pt_regs *regs)
{
	bool has_stack = is_walked(state->nr, state->compat);
	bool is_taken = returns_elsewhere(state->nr) && !(state->exit_flags & WIRE_BLOCKED);

	if (has_stack && !is_taken)
		walker_call(ctx, state, WALK_FOR_EXIT);
	syscall_send(task, state, regs,
		     !has_stack ? 0
		     : is_taken ? with_kernel_stack(ctx, state->syscall_stack, state, 0)
				: STACK_LOST);
}

#endif

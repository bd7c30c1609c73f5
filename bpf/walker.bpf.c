// SPDX-License-Identifier: MIT
/*
 * The program that walks stacks, and goes on for the one that called it (walker.bpf.h).
 *
 * Licence: the object is "Dual MIT/GPL" (task.bpf.c). Reads pt_regs and task_struct.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "arch.bpf.h"
#include "capture.bpf.h"
#include "kernel_stack.bpf.h"
#include "stack.bpf.h"
#include "state.bpf.h"
#include "syscall.bpf.h"
#include "walker.bpf.h"

SEC("raw_tp")
int on_walk(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct task_state *state = state_of(task);
	__u32 stack, what;

	if (!state)
		return 0;
	what = state->walk_for;
	state->walk_for = WALK_FOR_NOTHING;
	stack = stack_of(regs, state,
			 what == WALK_FOR_USER_FAULT ? WALK_FROM_INSTRUCTION : WALK_FROM_RETURN);
	if (what == WALK_FOR_ENTER) {
		state->syscall_stack = stack;
		capture_enter(ctx, state, regs);
		state->enter_ns = bpf_ktime_get_ns();
	} else if (what == WALK_FOR_EXIT) {
		syscall_send(task, state, regs, with_kernel_stack(ctx, stack, state, 0));
	} else if (what == WALK_FOR_USER_FAULT) {
		state->user.stack = stack;
		state->user.time_ns = bpf_ktime_get_ns();
	} else if (what == WALK_FOR_KERNEL_FAULT) {
		state->kernel.stack = with_kernel_stack(ctx, stack, state, state->kernel.ip);
		state->kernel.time_ns = bpf_ktime_get_ns();
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* Sending a system call's event: shared by the call's return and the task's death. */
#ifndef PROF_SYSCALL_BPF_H
#define PROF_SYSCALL_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "arch.bpf.h"
#include "ring.bpf.h"
#include "state.bpf.h"

#define SIGKILL 9

static __always_inline void syscall_count(const struct task_state *state)
{
	bool has_own = state->nr < NR_SYSCALL_TOTALS && !state->compat;
	__u32 key = has_own ? state->nr : NR_SYSCALL_TOTALS - 1;
	struct total *total = bpf_map_lookup_elem(&syscall_totals, &key);

	if (!total)
		return;
	total->calls++;
	if (state->exit_flags & WIRE_UNFINISHED) {
		total->unfinished++;
		return;
	}
	if (state->result < 0 && state->result >= -4095)
		total->errors++;
	if (!(state->exit_flags & (WIRE_BLOCKED | WIRE_ATTACHED)))
		total_add_time(total, state->duration_ns);
}

/* The task dies. Its last call has left the kernel, but did not get back: the program saw nothing
 * of it, unless the task was on its way to a handler, or the signal is one that can be seen. */
static __always_inline void syscall_abandon(const struct task_state *state, __u32 status)
{
	__u32 key = state->nr < NR_SYSCALL_TOTALS ? state->nr : NR_SYSCALL_TOTALS - 1;
	bool is_to_restart = state->result >= -516 && state->result <= -512;
	struct total *total;

	if (!is_to_restart || ((status & 0x7f) != 0 && (status & 0x7f) != SIGKILL))
		return;
	total = bpf_map_lookup_elem(&syscall_totals, &key);
	if (total)
		total->abandoned++;
}

/* Counts the call that `state` holds, with its result, and sends its event; it is over then. `regs`
 * are the user's. */
static __always_inline void syscall_send(struct task_struct *task, struct task_state *state,
					 struct pt_regs *regs, __u32 stack)
{
	__u32 populated_pages = state_populated(state, task, 0);
	struct ring_head *ring = ring_of_cpu();
	struct syscall_event *event;

	if (!cfg_faults)
		populated_pages = 0; /* the kernel's count holds faults, too, and cannot tell */
	state->in_syscall = 0;
	syscall_count(state);
	if (!cfg_syscall_events)
		return;
	event = ring_reserve(ring, EVENT_SYSCALL, sizeof *event);
	if (!event)
		return;
	event_head(&event->head, EVENT_SYSCALL,
		   state->exit_flags | (state->compat ? WIRE_COMPAT : 0), sizeof *event,
		   state->task, state->enter_ns);
	event->duration_ns = state->duration_ns;
	event->result = state->result;
	if (returns_elsewhere(state->nr))
		__builtin_memcpy(event->args, state->args, sizeof event->args);
	else
		regs_args(regs, state->compat, event->args);
	event->stack = is_walked(state->nr, state->compat) ? stack : STACK_UNASKED;
	event->populated_pages = populated_pages;
	event->nr = state->nr;
	event->captured = cfg_captures ? state->brief.captured : 0;
	event->ready_ns = state->ready_ns;
	ring_commit(ring, EVENT_SYSCALL, sizeof *event);
}

#endif

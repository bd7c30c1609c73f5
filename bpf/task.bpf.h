/* SPDX-License-Identifier: MIT */
/*
 * The end of a task's recording: what it was in the middle of, and the kernel's counters.
 */
#ifndef PROF_TASK_BPF_H
#define PROF_TASK_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "fault.bpf.h"
#include "ring.bpf.h"
#include "state.bpf.h"
#include "syscall.bpf.h"

static __always_inline void exit_send(struct task_struct *task, struct task_state *state,
				      __u32 type)
{
	/* By BPF_CORE_READ: see mm_of_current(). */
	struct signal_struct *signal = BPF_CORE_READ(task, signal);
	__u32 populated_pages = state_populated(state, task, 0);
	__u64 faults = task->min_flt + task->maj_flt, major_faults = task->maj_flt;
	struct ring_head *ring = ring_of_cpu();
	struct exit_event *event;

	if (cfg_faults && state->held)
		faults = state->faults_seen;
	if (major_faults > faults)
		major_faults = faults;
	event = ring_reserve(ring, type, sizeof *event);
	if (!event)
		return;
	event_head(&event->head, type, WIRE_TIMES, sizeof *event, state->task, bpf_ktime_get_ns());
	event->status = task->exit_code;
	event->pid = task->tgid;
	event->reserved = 0;
	event->faults_before = state->faults_before;
	event->ends_process = type == EVENT_EXIT && BPF_CORE_READ(signal, live.counter) == 0;
	event->minor_faults = faults - major_faults;
	event->major_faults = major_faults;
	event->reaped_faults = BPF_CORE_READ(signal, cmin_flt) + BPF_CORE_READ(signal, cmaj_flt);
	event->populated_pages = cfg_faults ? populated_pages : 0;
	event->cpu_ns = task->se.sum_exec_runtime - state->cpu_before_ns;
	event->ready_ns = state->ready_outside_ns + task_ready_ns(task) - state->ready_seen_ns;
	ring_commit(ring, type, sizeof *event);
}

/* The one who gets its state ends a task: its death, or the walk over what is left. */
static __always_inline void task_end(struct task_struct *task, struct task_state *state, __u32 type)
{
	if (!state_take(task, state))
		return;
	if (stopped)
		state->held = 1;
	fault_fail_pending(task, state);
	if (state->in_syscall) {
		state->duration_ns = state->ready_ns = 0;
		state->ready_seen_ns = task_ready_ns(task);
		state->result = 0;
		state->exit_flags = WIRE_UNFINISHED;
		syscall_send(task, state, (struct pt_regs *)bpf_task_pt_regs(task),
			     returns_elsewhere(state->nr) ? state->syscall_stack : 0);
	} else if (type == EVENT_EXIT) {
		syscall_abandon(state, task->exit_code);
	}
	exit_send(task, state, type);
	state_free(task, state);
}

#endif

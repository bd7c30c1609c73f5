/* SPDX-License-Identifier: MIT */
/*
 * Sending a page fault's event: shared by its end, its failure and the task's death.
 *
 * A fault that went well still holds its mapping when it tells of its end, and interrupts are on:
 * that is the moment to ask which one it is. What failed most often had none.
 */
#ifndef PROF_FAULT_BPF_H
#define PROF_FAULT_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "place.bpf.h"
#include "ring.bpf.h"
#include "state.bpf.h"

static __always_inline void fault_count(__u32 kind, __u32 flags, __u64 service_ns)
{
	__u32 key = kind + (flags & WIRE_KERNEL ? NR_WIRE_FAULT_KINDS : 0);
	struct total *total = bpf_map_lookup_elem(&fault_totals, &key);

	if (!total)
		return;
	total->calls++;
	total_add_time(total, service_ns);
}

/*
 * Newer kernels tell of a task's end before it leaves its memory, where it still clears the word
 * that tells others: to write there can take a copy. That is charged to it like all others.
 */
static __always_inline void fault_count_late(struct task_struct *task)
{
	__u32 *place = bpf_task_storage_get(&places, task, NULL, 0), key;
	struct total *total;

	if (!place || *place < PLACE_ENDED || stopped)
		return;
	key = LATE_FAULT_TOTALS + *place - PLACE_ENDED;
	total = bpf_map_lookup_elem(&fault_totals, &key);
	if (total)
		total->calls++;
}

/* Counts the pending fault as `kind` and sends its event; nothing is pending then. */
static __always_inline void fault_send(struct task_struct *task, struct task_state *state,
				       struct pending_fault *fault, __u32 kind, __u32 flags,
				       __u64 service_ns)
{
	__u32 populated_pages = state_populated(state, task, kind != WIRE_FAILED);
	__u64 size_bytes =
		cfg_places ? sizeof(struct placed_fault_event) : sizeof(struct fault_event);
	struct ring_head *ring = ring_of_cpu();
	struct fault_event *event = NULL;
	struct place place = {0};

	fault_count(kind, flags, service_ns);
	if (cfg_fault_kinds >> kind & 1) {
		if (cfg_places && kind != WIRE_FAILED)
			place_find(task, state->space, fault->address, &place);
		event = ring_reserve(ring, EVENT_FAULT, size_bytes);
	}
	if (event) {
		event_head(&event->head, EVENT_FAULT, flags, size_bytes, state->task,
			   fault->time_ns);
		event->service_ns = service_ns;
		event->address = fault->address;
		event->ip = fault->ip;
		event->stack = cfg_stacks && !cfg_fault_stacks ? STACK_UNASKED : fault->stack;
		event->populated_pages = populated_pages;
		event->error_code = fault->error_code;
		event->kind = kind;
		event->syscall = flags & WIRE_KERNEL ? fault->syscall : 0;
		if (cfg_places)
			place_put(&place, (struct placed_fault_event *)event);
		ring_commit(ring, EVENT_FAULT, size_bytes);
	}
	fault->time_ns = 0;
}

/* A pending fault that something else overtakes has failed: EFAULT, SIGSEGV, SIGBUS, or a signal.
 */
static __always_inline void fault_fail_pending(struct task_struct *task, struct task_state *state)
{
	if (state->user.time_ns)
		fault_send(task, state, &state->user, WIRE_FAILED, 0, 0);
	if (state->kernel.time_ns)
		fault_send(task, state, &state->kernel, WIRE_FAILED, WIRE_KERNEL, 0);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Stacks that only user space can finish: the registers of the walk's last frame, and what lies on
 * the stack from there.
 */
#ifndef PROF_STACK_REST_BPF_H
#define PROF_STACK_REST_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "config.bpf.h"
#include "ring.bpf.h"
#include "walk_cpu.bpf.h"

/* Reads the caller's registers that have only been noted; what cannot be read is not known. */
static __always_inline void walk_read_noted(struct walk *walk)
{
#pragma GCC unroll 16
	for (int i = 0; i < NR_WALK_REGISTERS; i++) {
		__u64 at = walk->saved_at[i];

		if (!(WALK_CALLEE_SAVED >> i & 1) || !at)
			continue;
		if (!walk_read(walk, at, &walk->registers[i]))
			walk->known &= ~(1U << i);
	}
}

/* What a page of the stack holds, into the event that is being written; 1 ends the loop. In the
 * midst of a large frame some may never have been touched. All state is in a map, of which the
 * verifier remembers nothing: so one round is like the other to it. */
static long stack_copy_step(__u32 index, void *unused)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk_of_cpu();
	struct ring_head *ring = ring_of_cpu();
	struct stack_rest_event *event;
	__u64 bytes, copied;

	if (!cpu || !ring)
		return 1;
	event = ring_at_head(ring);
	copied = cpu->copied;
	bytes = 4096 - (cpu->copy_at & 4095);
	if (cpu->copy_at < cpu->copy_end && cpu->copy_end - cpu->copy_at < bytes)
		bytes = cpu->copy_end - cpu->copy_at;
	if (!bytes || bytes > 4096 || copied > MAX_REST_BYTES - 4096)
		return 1;
	cpu->copied += bytes;
	if (bpf_probe_read_user(event->stack + copied, bytes, (void *)cpu->copy_at))
		cpu->copy_absent |= 1U << (index & 31);
	else
		cpu->copied_last = cpu->copied;
	cpu->copy_at += bytes;
	return cpu->copy_at == cpu->copy_end;
}

/* A program's first stack ends where its arguments and environment begin. */
static __always_inline __u64 stack_copy(struct walk *walk)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk;

	cpu->copied = cpu->copied_last = cpu->copy_absent = 0;
	cpu->copy_at = walk->registers[WALK_SP];
	cpu->copy_end = BPF_CORE_READ(bpf_get_current_task_btf(), mm, start_stack);
	bpf_loop(MAX_REST_BYTES / 4096, stack_copy_step, NULL, 0);
	return cpu->copied_last;
}

/* What user space needs to go on from the walk's last frame. It is large, and must not be the
 * reason why other events are lost: a quarter of a ring is for them alone. */
__weak __noinline int stack_send_rest(__u32 id, __u32 task, __u32 space)
{
	struct walk *walk = walk_of_cpu();
	struct ring_head *ring = ring_of_cpu();
	struct stack_rest_event *event;
	__u64 stack_bytes, size_bytes;

	if (!walk || !ring ||
	    ring->head - *(volatile __u64 *)&ring->tail + MAX_EVENT_BYTES > cfg_ring_bytes / 4 * 3)
		return 0;
	walk_read_noted(walk);
	event = ring_reserve(ring, EVENT_STACK_REST, sizeof *event + MAX_REST_BYTES);
	if (!event)
		return 0;
	stack_bytes = stack_copy(walk) & (2 * MAX_REST_BYTES - 1);
	size_bytes = (sizeof *event + stack_bytes + 7) & ~7ULL;
	event_head(&event->head, EVENT_STACK_REST, 0, size_bytes, task, bpf_ktime_get_ns());
	event->id = id;
	event->space = space;
	event->known = walk->known;
	event->exact = walk->exact;
	event->ip = walk->ip;
	bpf_probe_read_kernel(event->registers, sizeof event->registers, walk->registers);
	event->stack_bytes = stack_bytes;
	event->absent_pages = ((struct cpu_walk *)walk)->copy_absent;
	ring_commit(ring, EVENT_STACK_REST, size_bytes);
	return 0;
}

#endif

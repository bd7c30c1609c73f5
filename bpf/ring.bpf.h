/* SPDX-License-Identifier: MIT */
/*
 * One ring of events per CPU, in memory that the recorder maps.
 *
 * A program runs to its end on its CPU before the next one starts, so a ring has a single writer
 * and needs no lock: reserve, fill in place, publish the new head. That costs about 30 ns less per
 * event than BPF_MAP_TYPE_RINGBUF with its lock and record header, on top of a system call of some
 * 200 ns. The recorder looks at the heads every few milliseconds; nobody is ever woken. Should
 * programs nonetheless nest one day (a kernel that preempts them), `busy` turns the damage into a
 * counted loss.
 */
#ifndef PROF_RING_BPF_H
#define PROF_RING_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "event.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* as many as CPUs, set by the recorder */
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct ring_head) + MAX_EVENT_BYTES); /* + cfg_ring_bytes */
} rings SEC(".maps") __weak;

static __always_inline struct ring_head *ring_of_cpu(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&rings, &cpu);
}

static __always_inline void ring_lose(__u32 type, enum loss_reason reason)
{
	struct ring_head *ring = ring_of_cpu();

	if (ring)
		ring->lost[type][reason]++;
}

static __always_inline void *ring_at_head(struct ring_head *ring)
{
	return (char *)(ring + 1) + (ring->head & (cfg_ring_bytes - 1));
}

/*
 * Events come in masses, or others depend on them: a lost birth leaves a task without a name, a
 * lost mapping leaves stacks without one. An eighth of the ring is kept for the latter.
 */
static __always_inline __u64 ring_limit(__u32 type)
{
	bool mass = type == EVENT_SYSCALL || type == EVENT_FAULT || type == EVENT_STACK ||
		    type == EVENT_KERNEL_STACK || type == EVENT_ENTER || type == EVENT_RETURN ||
		    type == EVENT_ALLOC;

	return cfg_ring_bytes - (mass ? cfg_ring_bytes / 8 : 0);
}

/* Where an event of `size_bytes` (at most MAX_EVENT_BYTES) goes, or NULL and a counted loss. */
static __always_inline void *ring_reserve(struct ring_head *ring, __u32 type, __u64 size_bytes)
{
	if (!ring)
		return NULL;
	if (__sync_lock_test_and_set(&ring->busy, 1)) {
		ring->lost[type][LOST_RING_BUSY]++;
		return NULL;
	}
	if (ring->head + size_bytes - *(volatile __u64 *)&ring->tail > ring_limit(type)) {
		ring->lost[type][LOST_RING_FULL]++;
		*(volatile __u64 *)&ring->busy = 0;
		return NULL;
	}
	return ring_at_head(ring);
}

/* Publishes the reserved event. The exchange orders its bytes before the new head. */
static __always_inline void ring_commit(struct ring_head *ring, __u32 type, __u64 size_bytes)
{
	ring->produced[type]++;
	__sync_lock_test_and_set(&ring->head, ring->head + size_bytes);
	*(volatile __u64 *)&ring->busy = 0;
}

static __always_inline void event_head(struct event *head, __u32 type, __u32 flags,
				       __u64 size_bytes, __u32 task, __u64 time_ns)
{
	head->size_bytes = size_bytes;
	head->type = type;
	head->flags = flags;
	head->task = task;
	head->time_ns = time_ns;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The kernel's part of a stack, when it is asked for: from the entry into the kernel to where the
 * event was.
 *
 * The kernel walks it. It is joined to the user's part by the latter's id: so the walk of user
 * frames and what is kept of it (stack.bpf.h) are the same with and without, and a stack is as
 * distinct as both of its parts.
 */
#ifndef PROF_KERNEL_STACK_BPF_H
#define PROF_KERNEL_STACK_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "ring.bpf.h"
#include "stack.bpf.h"

static __always_inline bool kernel_stack_send(const struct walk *walk, __u32 id, __u32 user_stack,
					      __u32 task, __u64 fault_ip, __u64 nr_frames)
{
	struct ring_head *ring = ring_of_cpu();
	struct kernel_stack_event *event;
	__u64 size_bytes = sizeof *event + 8 * nr_frames;

	event = ring_reserve(ring, EVENT_KERNEL_STACK, size_bytes);
	if (!event)
		return false;
	event_head(&event->head, EVENT_KERNEL_STACK, 0, size_bytes, task, bpf_ktime_get_ns());
	event->id = id;
	event->user_stack = user_stack;
	event->fault_ip = fault_ip;
	event->nr_frames = nr_frames;
	bpf_probe_read_kernel(event->frames, 8 * nr_frames, walk->frames);
	ring_commit(ring, EVENT_KERNEL_STACK, size_bytes);
	return true;
}

/* 1 ends the loop. */
static long kernel_hash_step(__u32 index, __u64 *hash)
{
	struct walk *walk = walk_of_cpu();

	if (!walk || index >= MAX_KERNEL_FRAMES)
		return 1;
	*hash = hash_mix(*hash, walk->frames[index]);
	return 0;
}

/* The id of `user_stack` with the kernel frames in the CPU's walk, whose own have been sent. */
__weak __noinline __u32 kernel_stack_intern(__u32 user_stack, __u32 task, __u64 fault_ip,
					    __u32 nr_frames)
{
	struct walk *walk = walk_of_cpu();
	__u64 hash = hash_mix(~(__u64)user_stack, fault_ip);
	__u32 *known, id;

	if (!walk || nr_frames > MAX_KERNEL_FRAMES)
		return user_stack;
	bpf_loop(nr_frames, kernel_hash_step, &hash, 0);
	known = bpf_map_lookup_elem(&stacks, &hash);
	if (known)
		return *known;
	id = __sync_fetch_and_add(&nr_stacks, 1) + 1;
	if (bpf_map_update_elem(&stacks, &hash, &id, BPF_NOEXIST)) {
		known = bpf_map_lookup_elem(&stacks, &hash); /* another CPU was quicker */
		if (known)
			return *known;
		ring_lose(EVENT_KERNEL_STACK, LOST_NO_MEMORY);
		return user_stack;
	}
	if (kernel_stack_send(walk, id, user_stack, task, fault_ip, nr_frames))
		return id;
	bpf_map_delete_elem(&stacks, &hash);
	return user_stack;
}

/* The stack `user_stack`, and from there on what the kernel is doing; `fault_ip`: see the event.
 * Where that cannot be had, the user's part alone. */
static __always_inline __u32 with_kernel_stack(void *ctx, __u32 user_stack,
					       struct task_state *state, __u64 fault_ip)
{
	struct walk *walk;
	long bytes;

	if (!cfg_kernel_stacks || !user_stack || user_stack == STACK_LOST)
		return user_stack;
	walk = walk_of_cpu();
	if (!walk)
		return user_stack;
	bytes = bpf_get_stack(ctx, walk->frames, 8 * MAX_KERNEL_FRAMES, 0);
	if (bytes <= 0)
		return user_stack;
	return kernel_stack_intern(user_stack, state->task, fault_ip, bytes / 8);
}

#endif

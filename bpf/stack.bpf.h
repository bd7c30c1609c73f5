/* SPDX-License-Identifier: MIT */
/*
 * From the registers of a task to the id of its stack.
 *
 * A walker fills the CPU's `struct walk` with frames and a hash over them; the first time that a
 * hash is seen the frames go into the ring, and from then on the id alone stands for them. The
 * walker below follows frame pointers, which most programs do not keep, so its stacks are flagged
 * as possibly short; another walker only has to fill the same structure.
 */
#ifndef PROF_STACK_BPF_H
#define PROF_STACK_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "arch.bpf.h"
#include "ring.bpf.h"

struct walk {
	__u64 frames[MAX_FRAMES];
	__u64 hash;
	__u64 fp, sp;
	__u32 nr_frames;
	__u32 flags;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct walk);
} walks SEC(".maps") __weak;

/* Hash of a stack -> its id. What does not fit any more is walked, but counted as lost. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 18);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u32);
} stacks SEC(".maps") __weak;

__u32 nr_stacks __weak = 0; /* ids given out, from 1 */

/* One round of a 64-bit multiply-xorshift hash (the constant is 2^64 / golden ratio, made odd). */
static __always_inline __u64 hash_mix(__u64 hash, __u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

static __always_inline void walk_push(struct walk *walk, __u64 address)
{
	walk->frames[walk->nr_frames++ & (MAX_FRAMES - 1)] = address;
	walk->hash = hash_mix(walk->hash, address);
}

/* One caller by the frame pointer; 1 ends the loop. The stack grows down, so callers lie above. */
static long walk_step_fp(__u32 index, void *unused)
{
	__u32 zero = 0;
	__u64 pair[2]; /* the caller's frame pointer and the return address */
	struct walk *walk = bpf_map_lookup_elem(&walks, &zero);

	if (!walk || walk->fp < walk->sp || walk->fp & 7)
		return 1;
	if (walk->nr_frames >= MAX_FRAMES) {
		walk->flags |= WALK_TOO_DEEP;
		return 1;
	}
	if (bpf_probe_read_user(pair, sizeof pair, (void *)walk->fp)) {
		walk->flags |= WALK_UNREADABLE;
		return 1;
	}
	if (pair[1] < 4096 || (__s64)pair[1] < 0)
		return 1;
	walk_push(walk, pair[1]);
	walk->sp = walk->fp + sizeof pair;
	walk->fp = pair[0];
	return 0;
}

static __always_inline bool stack_send(struct walk *walk, __u32 id, __u32 task, __u32 space,
				       __u64 time_ns)
{
	__u32 nr_frames = walk->nr_frames & (2 * MAX_FRAMES - 1);
	struct ring_head *ring = ring_of_cpu();
	struct stack_event *event;
	__u64 size_bytes;

	if (!ring || nr_frames > MAX_FRAMES)
		return false;
	size_bytes = sizeof *event + 8 * (__u64)nr_frames;
	event = ring_reserve(ring, EVENT_STACK, size_bytes);
	if (!event)
		return false;
	event_head(&event->head, EVENT_STACK, walk->flags, size_bytes, task, time_ns);
	event->id = id;
	event->space = space;
	event->nr_frames = nr_frames;
	event->reserved = 0;
	bpf_probe_read_kernel(event->frames, 8 * nr_frames, walk->frames);
	ring_commit(ring, EVENT_STACK, size_bytes);
	return true;
}

/* The id of the walked stack; frames of a new one are sent first. STACK_LOST when that failed. */
static __always_inline __u32 stack_intern(struct walk *walk, __u32 task, __u32 space)
{
	__u32 *known = bpf_map_lookup_elem(&stacks, &walk->hash);
	__u32 id;

	if (known)
		return *known;
	id = __sync_fetch_and_add(&nr_stacks, 1) + 1;
	if (bpf_map_update_elem(&stacks, &walk->hash, &id, BPF_NOEXIST)) {
		known = bpf_map_lookup_elem(&stacks, &walk->hash); /* another CPU was quicker */
		if (known)
			return *known;
		ring_lose(EVENT_STACK, LOST_NO_MEMORY);
		return STACK_LOST;
	}
	if (stack_send(walk, id, task, space, bpf_ktime_get_ns()))
		return id;
	bpf_map_delete_elem(&stacks, &walk->hash);
	return STACK_LOST;
}

/*
 * Walks from the user registers ip, sp and fp; returns the id of the stack. A function of its own,
 * with nothing but numbers for arguments, so that the verifier looks at it once and not at each
 * call.
 */
__weak __noinline __u32 stack_walk(__u64 ip, __u64 sp, __u64 fp, __u64 task_and_space, __u32 flags)
{
	__u32 zero = 0, space = (__u32)task_and_space;
	struct walk *walk = bpf_map_lookup_elem(&walks, &zero);

	if (!walk)
		return STACK_LOST;
	walk->nr_frames = 0;
	walk->flags = WALK_FRAME_POINTER | flags;
	walk->hash = hash_mix(flags, space);
	walk->fp = fp;
	walk->sp = sp;
	walk_push(walk, ip);
	bpf_loop(MAX_FRAMES, walk_step_fp, NULL, 0);
	return stack_intern(walk, task_and_space >> 32, space);
}

/*
 * The id of the stack of the user registers `regs`, 0 when stacks are not wanted. `flags` is
 * WALK_EXACT_LEAF when the instruction at ip itself is meant (a fault), 0 when ip lies behind the
 * one that is executing (a system call).
 */
static __always_inline __u32 stack_of(struct pt_regs *regs, struct task_state *state, __u32 flags)
{
	if (!cfg_stacks)
		return 0;
	return stack_walk(regs_ip(regs), regs_sp(regs), regs_fp(regs),
			  (__u64)state->task << 32 | state->space, flags);
}

#endif

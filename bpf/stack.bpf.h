/* SPDX-License-Identifier: MIT */
/*
 * From the registers of a task to the id of its stack.
 *
 * The walk (walk.h) goes by tables that user space made from the files' call-frame information and
 * stored right into the arrays below. It fills the CPU's `struct walk` with frames and a hash over
 * them; the first time that a hash is seen the frames go into the ring, and from then on the id
 * alone stands for them.
 */
#ifndef PROF_STACK_BPF_H
#define PROF_STACK_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "arch.bpf.h"
#include "code.bpf.h"
#include "ring.bpf.h"
#include "unwind.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* set by the recorder */
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct unwind_row);
} unwind_rows SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* set by the recorder */
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} unwind_pages SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_UNWIND_RULES);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct unwind_rule);
} unwind_rules SEC(".maps") __weak;

/* By file id. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_FILES);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct unwind_file);
} unwind_files SEC(".maps") __weak;

struct walk;

static __always_inline bool walk_read(struct walk *walk, __u64 address, __u64 *out)
{
	return bpf_probe_read_user(out, sizeof *out, (void *)address) == 0;
}

static __always_inline bool walk_read_block(struct walk *walk, __u64 address, void *out, __u32 size)
{
	return bpf_probe_read_user(out, size, (void *)address) == 0;
}

static __always_inline const __u64 *walk_page(struct walk *walk, __u32 index)
{
	return bpf_map_lookup_elem(&unwind_pages, &index);
}

static __always_inline const struct unwind_row *walk_row(struct walk *walk, __u32 index)
{
	return bpf_map_lookup_elem(&unwind_rows, &index);
}

static __always_inline const struct unwind_rule *walk_rule(struct walk *walk, __u32 index)
{
	return bpf_map_lookup_elem(&unwind_rules, &index);
}

static __always_inline bool walk_map(struct walk *walk, __u64 address);

#include "walk.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct walk);
} walks SEC(".maps") __weak;

static __always_inline struct walk *walk_of_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&walks, &zero);
}

/* A function of its own, so that the verifier looks at it once. */
__weak __noinline int code_find(__u64 address)
{
	struct code_query query = {.address = address, .from = address};
	struct walk *walk = walk_of_cpu();
	struct unwind_file *file;

	if (!walk)
		return 0;
	query.space = code_space_of(bpf_get_current_task_btf()->mm);
	if (!query.space || !code_query(&query))
		return 0;
	file = bpf_map_lookup_elem(&unwind_files, &query.found.file);
	walk->mapping.start = query.found.start;
	walk->mapping.end = query.found.end;
	walk->mapping.base =
		query.found.start - ((__u64)query.found.file_page << UNWIND_PAGE_SHIFT);
	walk->mapping.file = query.found.file;
	walk->mapping.first_page = file ? file->first_page : 0;
	walk->mapping.nr_pages = file ? file->nr_pages : 0;
	return 1;
}

static __always_inline bool walk_map(struct walk *walk, __u64 address)
{
	return address < walk->mapping.end && address >= walk->mapping.start ? true
									     : code_find(address);
}

/* One frame; 1 ends the loop. */
static long stack_step(__u32 index, void *unused)
{
	struct walk *walk = walk_of_cpu();

	return !walk || !walk_step(walk);
}

/* Hash of a stack -> its id. What does not fit any more is walked, but counted as lost. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 18);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u32);
} stacks SEC(".maps") __weak;

__u32 nr_stacks __weak = 0; /* ids given out, from 1 */

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
	event_head(&event->head, EVENT_STACK, 0, size_bytes, task, time_ns);
	event->id = id;
	event->space = space;
	event->nr_frames = nr_frames;
	event->flags = walk->flags;
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

/* A program's first stack ends where its arguments and environment begin. */
static __always_inline __u64 stack_copy(struct stack_rest_event *event, __u64 address)
{
	__u64 end = BPF_CORE_READ(bpf_get_current_task_btf(), mm, start_stack);
	__u64 copied = 0;

	for (int i = 0; i < MAX_REST_BYTES / 4096; i++) {
		__u64 bytes = 4096 - (address & 4095);

		if (address < end && end - address < bytes)
			bytes = (end - address) & 4095;
		if (address == end || copied > MAX_REST_BYTES - 4096 ||
		    bpf_probe_read_user(event->stack + copied, bytes, (void *)address))
			break;
		copied += bytes;
		address += bytes;
	}
	return copied;
}

/* What user space needs to go on from the walk's last frame. It is large, and must not be the
 * reason why other events are lost: half of a ring is for them alone. */
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
	stack_bytes = stack_copy(event, walk->registers[WALK_SP]) & (2 * MAX_REST_BYTES - 1);
	size_bytes = (sizeof *event + stack_bytes + 7) & ~7ULL;
	event_head(&event->head, EVENT_STACK_REST, 0, size_bytes, task, bpf_ktime_get_ns());
	event->id = id;
	event->space = space;
	event->known = walk->known;
	event->exact = walk->exact;
	event->ip = walk->ip;
	__builtin_memcpy(event->registers, walk->registers, sizeof event->registers);
	event->stack_bytes = stack_bytes;
	ring_commit(ring, EVENT_STACK_REST, size_bytes);
	return 0;
}

/* The id of a stack that user space is to finish: the same frames may have different callers. */
static __always_inline __u32 stack_unfinished(struct walk *walk, __u32 task, __u32 space)
{
	__u32 id = __sync_fetch_and_add(&nr_stacks, 1) + 1;

	if (!stack_send(walk, id, task, space, bpf_ktime_get_ns()))
		return STACK_LOST;
	stack_send_rest(id, task, space);
	return id;
}

/*
 * Walks from `ip` and the registers in the CPU's walk; returns the id of the stack. A function of
 * its own, with nothing but numbers for arguments, so that the verifier looks at it once and not at
 * each call.
 */
__weak __noinline __u32 stack_walk(__u64 ip, __u32 task, __u32 space, bool exact)
{
	struct walk *walk = walk_of_cpu();

	if (!walk)
		return STACK_LOST;
	walk_start(walk, ip, exact);
	walk->hash = hash_mix(0, space);
	bpf_loop(MAX_FRAMES + 1, stack_step, NULL, 0);
	if (walk->flags & WALK_NO_TABLE)
		return stack_unfinished(walk, task, space);
	walk->hash = hash_mix(walk->hash, walk->flags);
	return stack_intern(walk, task, space);
}

/*
 * The id of the stack of the user registers `regs`, 0 when stacks are not wanted. `exact`: the
 * instruction at ip itself is meant (a fault), and not the one before it (a system call).
 */
static __always_inline __u32 stack_of(struct pt_regs *regs, struct task_state *state, bool exact)
{
	struct walk *walk;

	if (!cfg_stacks)
		return 0;
	walk = walk_of_cpu();
	if (!walk)
		return STACK_LOST;
	regs_copy(regs, walk->registers);
	return stack_walk(regs_ip(regs), state->task, state->space, exact);
}

#endif

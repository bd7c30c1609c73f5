/* SPDX-License-Identifier: MIT */
/*
 * From the registers of a task to the id of its stack.
 *
 * The walk (walk.h) goes by the tables of the files' call-frame information
 * (unwind_tables.bpf.h). It fills the CPU's `struct walk` (walk_cpu.bpf.h) with frames and a hash
 * over them; the first time that a hash is seen the frames go into the ring, and from then on the
 * id alone stands for them. A stack that has not changed is known without a walk (walk_memo.bpf.h),
 * and one that the tables do not reach the end of is finished by user space (stack_rest.bpf.h).
 */
#ifndef PROF_STACK_BPF_H
#define PROF_STACK_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "arch.bpf.h"
#include "code.bpf.h"
#include "ring.bpf.h"
#include "stack_rest.bpf.h"
#include "trampoline.bpf.h"
#include "walk_cpu.bpf.h"
#include "walk_memo.bpf.h"

/* A function of its own, so that the verifier looks at it once. */
__weak __noinline int code_find(__u64 address)
{
	struct code_query query = {.address = address, .from = address};
	struct walk *walk = walk_of_cpu();
	struct unwind_file *file;
	__u64 table;

	if (!walk)
		return 0;
	query.space = bpf_map_lookup_elem(&code_spaces, &((struct cpu_walk *)walk)->mm);
	if (!query.space || !code_query(&query))
		return 0;
	file = bpf_map_lookup_elem(&unwind_files, &query.found.file);
	walk->mapping.start = query.found.start;
	walk->mapping.end = query.found.end;
	walk->mapping.base =
		query.found.start - ((__u64)query.found.file_page << UNWIND_PAGE_SHIFT);
	walk->mapping.file = query.found.file;
	if (walk->mapping.file) /* another file at the same addresses is another stack */
		walk->hash = hash_mix(hash_mix(walk->hash, walk->mapping.base), walk->mapping.file);
	table = file ? *(volatile __u64 *)file : 0;
	walk->mapping.first_page = (__u32)table;
	walk->mapping.nr_pages = table >> 32;
	return 1;
}

static __always_inline bool walk_map(struct walk *walk, __u64 address)
{
	return address < walk->mapping.end && address >= walk->mapping.start ? true
									     : code_find(address);
}

/* Only user space can: it goes on there as soon as it sees what is sent of this walk. */
static __always_inline int walk_exactly(struct walk *walk, __u64 offset)
{
	return walk_end(walk, WALK_NO_TABLE);
}

/*
 * On from where there is no code, if that is the kernel's page for probes, which also are other
 * people's: their trampolines stand in the stacks of all who run a probed function. False: it is
 * not. The trampoline's own system call leaves the way back above two registers.
 */
__weak __noinline int walk_pass_trampoline(void)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk_of_cpu();
	struct walk *walk = &cpu->walk;
	bool is_return = false;
	__u64 ip;

	if (!cpu)
		return false;
	if (walk->exact)
		ip = trampoline_leave(walk->ip, &is_return);
	else if (!trampoline_holds(walk->ip))
		return false;
	else if (walk->nr_frames > 1)
		ip = trampoline_return(walk->registers[WALK_SP] - 8);
	else if (walk_read(walk, walk->registers[WALK_SP] + 16, &ip))
		walk->registers[WALK_SP] += 24;
	else
		return false;
	if (!ip || ip == walk->ip)
		return false;
	walk->ip = ip;
	if (is_return)
		walk->exact = 0;
	walk->flags &= ~WALK_NO_CODE;
	walk->nr_frames--;
	memo_give_up(walk);
	return true;
}

/* One frame; 1 ends the loop. */
static long stack_step(__u32 index, void *unused)
{
	struct walk *walk = walk_of_cpu();

	if (!walk)
		return 1;
	if (walk_step(walk))
		return 0;
	return !(walk->flags & WALK_NO_CODE) || !walk_pass_trampoline();
}

/* Hash of a stack -> its id. What does not fit any more is walked, but counted as lost. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 17);
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

/* The id of a stack that user space is to finish: the same frames may have different callers. */
static __always_inline __u32 stack_unfinished(struct walk *walk, __u32 task, __u32 space)
{
	__u32 id = __sync_fetch_and_add(&nr_stacks, 1) + 1;

	if (!stack_send(walk, id, task, space, bpf_ktime_get_ns()))
		return STACK_LOST;
	stack_send_rest(id, task, space);
	return id;
}

/* Where in its code the innermost function is. */
enum walk_from {
	WALK_FROM_RETURN,      /* the instruction before ip is what called the kernel */
	WALK_FROM_INSTRUCTION, /* the one at ip is meant */
	WALK_FROM_ENTRY, /* and nothing was pushed yet: no table is needed to find the caller */
};

static __always_inline void walk_leave_entry(struct walk *walk)
{
	__u64 ip;

	if (!WALK_X86 || !walk_read(walk, walk->registers[WALK_SP], &ip))
		return;
	walk_push(walk, walk->ip);
	walk->registers[WALK_SP] += 8;
	walk->known &= WALK_CALLEE_SAVED;
	walk->ip = ip;
	walk->exact = 0;
}

/*
 * Walks from `ip` and the registers in the CPU's walk; returns the id of the stack. A function of
 * its own, with nothing but numbers for arguments, so that the verifier looks at it once and not at
 * each call.
 */
__weak __noinline __u32 stack_walk(__u64 ip, __u32 task, __u32 space, __u32 from)
{
	struct walk *walk = walk_of_cpu();
	__u32 id;

	if (!walk)
		return STACK_LOST;
	((struct cpu_walk *)walk)->mm = mm_of_current();
	if (cfg_allocs)
		((struct cpu_walk *)walk)->trampoline = trampoline_address();
	walk_start(walk, ip, from != WALK_FROM_RETURN);
	walk->hash = hash_mix(0, space);
	if (cfg_allocs && from == WALK_FROM_ENTRY)
		walk_leave_entry(walk);
	bpf_loop(MAX_FRAMES + 1 + MAX_PROBED_CALLS, stack_step, NULL, 0);
	if (walk->flags & WALK_NO_TABLE)
		return stack_unfinished(walk, task, space);
	walk->hash = hash_mix(walk->hash, walk->flags);
	id = stack_intern(walk, task, space);
	memo_keep(walk, space, id);
	return id;
}

/* Programs that can be preempted claim the CPU's walk; others cannot lose it in the midst. */
static __always_inline bool is_walked_by_another(struct walk *walk)
{
	__u64 owner = *(volatile __u64 *)&((struct cpu_walk *)walk)->owner;

	return owner && owner != (__u64)bpf_get_current_task();
}

static __always_inline bool walk_claim(void)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk_of_cpu();

	if (!cpu || is_walked_by_another(&cpu->walk))
		return false;
	*(volatile __u64 *)&cpu->owner = (__u64)bpf_get_current_task();
	return true;
}

static __always_inline void walk_give_back(void)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk_of_cpu();

	if (cpu && !is_walked_by_another(&cpu->walk))
		*(volatile __u64 *)&cpu->owner = 0;
}

/* The id of the stack of the user registers `regs`, 0 when stacks are not wanted. */
static __always_inline __u32 stack_of(struct pt_regs *regs, struct task_state *state,
				      enum walk_from from)
{
	struct walk *walk = walk_of_cpu();
	__u64 *version = code_version_of(state->space);
	__u64 ip = regs_ip(regs);
	bool is_return = false;
	__u32 id;

	if (!cfg_stacks)
		return 0;
	if (!walk || !version || (cfg_allocs && is_walked_by_another(walk)))
		return STACK_LOST;
	if (cfg_allocs)
		ip = trampoline_leave(ip, &is_return);
	if (is_return)
		from = WALK_FROM_RETURN;
	id = memo_recall(walk, ip, state->space, *(volatile __u64 *)version,
			 from != WALK_FROM_RETURN, regs_sp(regs), regs_fp(regs));
	if (id)
		return id;
	regs_copy(regs, walk->registers);
	return stack_walk(ip, state->task, state->space, from);
}

#endif

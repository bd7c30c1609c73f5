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
#include "trampoline.bpf.h"
#include "unwind.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* set by the recorder */
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct unwind_row);
} unwind_rows SEC(".maps") __weak;

/* Those for which the first array has no room. */
struct unwind_chunk {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UNWIND_CHUNK_ROWS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct unwind_row);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, MAX_UNWIND_CHUNKS);
	__type(key, __u32);
	__array(values, struct unwind_chunk);
} unwind_chunks SEC(".maps") __weak;

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

static __always_inline bool walk_read(struct walk *walk, __u64 address, __u64 *out);
static __always_inline bool walk_read_block(struct walk *walk, __u64 address, void *out,
					    __u32 size);

static __always_inline const __u64 *walk_page(struct walk *walk, __u32 index)
{
	return bpf_map_lookup_elem(&unwind_pages, &index);
}

static __always_inline const struct unwind_row *walk_row(struct walk *walk, __u32 index)
{
	__u32 beyond, chunk;
	void *rows;

	/* A number of its own to the verifier: what is asked of it below says nothing of the one
	 * that a search goes on with, so all of its rounds look alike. */
	asm volatile("%0 &= 0x7fffffff" : "+r"(index));
	beyond = index - cfg_unwind_rows;
	chunk = beyond / UNWIND_CHUNK_ROWS;
	if (index < cfg_unwind_rows)
		return bpf_map_lookup_elem(&unwind_rows, &index);
	rows = bpf_map_lookup_elem(&unwind_chunks, &chunk);
	beyond %= UNWIND_CHUNK_ROWS;
	return rows ? bpf_map_lookup_elem(rows, &beyond) : NULL;
}

static __always_inline const struct unwind_rule *walk_rule(struct walk *walk, __u32 index)
{
	return bpf_map_lookup_elem(&unwind_rules, &index);
}

static __always_inline bool walk_map(struct walk *walk, __u64 address);
static __always_inline int walk_exactly(struct walk *walk, __u64 offset);

#include "walk.h"

/*
 * A walk that went well, with all that it depended on: where it began, every word that it read, and
 * the table of mappings by its version. While all of these are the same, so is the stack; to see
 * that takes half of the time of a walk. Those that read much, or needed more registers than
 * rbp, are not kept.
 */
#define MEMO_READS 64
#define NR_MEMOS   8

struct walk_memo {
	__u64 ip, sp, fp, version;
	__u32 space; /* 0: nothing is kept here */
	__u32 exact;
	__u32 stack;
	__u32 nr_reads;
	__u32 needs_fp, reserved;
	__u64 addresses[MEMO_READS], values[MEMO_READS];
};

/* Reading a word of user memory costs nearly as much as a step's rest, and reading many at once not
 * much more: so the stack is read by blocks that do not cross a page. */
#define BLOCK_WORDS  128
#define BLOCK_BEFORE 64 /* bytes below the word asked for: what a frame saved lies there */

struct cpu_walk {
	struct walk walk;
	struct walk_memo memos[NR_MEMOS];
	__u64 memo; /* that the walk is noted in */
	__u64 mm;
	__u64 word; /* the last one read */
	__u64 trampoline;
	__u64 owner; /* the task that walks in its own context; 0: nobody */
	__u64 block_start, block_bytes;
	__u64 block[BLOCK_WORDS];
	__u64 copy_at, copy_end, copied; /* of a stack that user space is to finish */
	__u64 copied_last;               /* up to the end of the last page that was there */
	__u32 copy_absent;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_walk);
} walks SEC(".maps") __weak;

static __always_inline struct walk *walk_of_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&walks, &zero);
}

static __always_inline struct walk_memo *memo_of(struct walk *walk)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk;

	return &cpu->memos[cpu->memo & (NR_MEMOS - 1)];
}

/* A function of its own, as those below: verified once. */
__weak __noinline int block_fill(__u64 address)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk_of_cpu();
	__u64 page = address & ~4095ULL;
	__u64 start = address - page < BLOCK_BEFORE ? page : address - BLOCK_BEFORE;
	__u64 bytes = page + 4096 - start;

	if (!cpu)
		return 0;
	if (bytes > sizeof cpu->block)
		bytes = sizeof cpu->block;
	cpu->block_start = start;
	cpu->block_bytes = bytes;
	if (bpf_probe_read_user(cpu->block, bytes, (void *)start) == 0)
		return 1;
	cpu->block_bytes = 0;
	return 0;
}

/* A word at a multiple of eight. */
static __always_inline bool block_read(struct cpu_walk *cpu, __u64 address, __u64 *out)
{
	if (address - cpu->block_start >= cpu->block_bytes && !block_fill(address))
		return false;
	*out = cpu->block[(address - cpu->block_start) / 8 & (BLOCK_WORDS - 1)];
	return true;
}

/* A step reads in nine places. */
__weak __noinline int word_read(__u64 address)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk_of_cpu();
	struct walk_memo *memo;
	__u32 at;

	if (!cpu)
		return 0;
	memo = memo_of(&cpu->walk);
	if (address & 7) { /* hardly ever */
		memo->nr_reads = MEMO_READS + 1;
		return bpf_probe_read_user(&cpu->word, sizeof cpu->word, (void *)address) == 0;
	}
	at = memo->nr_reads++;
	if (!block_read(cpu, address, &cpu->word))
		return 0;
	if (at < MEMO_READS) {
		memo->addresses[at] = address;
		memo->values[at] = cpu->word;
	}
	if (cfg_allocs && cpu->trampoline && cpu->word == cpu->trampoline) {
		memo->nr_reads = MEMO_READS + 1; /* the word says nothing of where it leads */
		cpu->word = trampoline_return(address);
	}
	return 1;
}

static __always_inline bool walk_read(struct walk *walk, __u64 address, __u64 *out)
{
	if (!word_read(address))
		return false;
	*out = ((struct cpu_walk *)walk)->word;
	return true;
}

static __always_inline bool walk_read_block(struct walk *walk, __u64 address, void *out, __u32 size)
{
	memo_of(walk)->nr_reads = MEMO_READS + 1;
	return bpf_probe_read_user(out, size, (void *)address) == 0;
}

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
	memo_of(walk)->nr_reads = MEMO_READS + 1; /* they say nothing of where it leads */
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

/* The id of a stack that user space is to finish: the same frames may have different callers. */
static __always_inline __u32 stack_unfinished(struct walk *walk, __u32 task, __u32 space)
{
	__u32 id = __sync_fetch_and_add(&nr_stacks, 1) + 1;

	if (!stack_send(walk, id, task, space, bpf_ktime_get_ns()))
		return STACK_LOST;
	stack_send_rest(id, task, space);
	return id;
}

/* Are the words that the walk read what they were? A plain loop: bpf_loop would take longer for
 * each than the comparison. */
__weak __noinline int memo_holds(void)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk_of_cpu();
	__u64 start = 0, bytes = 0, difference = 0; /* nothing has been read yet */
	const struct walk_memo *memo;
	__u32 nr_reads;

	if (!cpu)
		return 0;
	memo = memo_of(&cpu->walk);
	nr_reads = memo->nr_reads;
	for (__u32 i = 0; i < MEMO_READS && i < nr_reads; i++) {
		__u64 offset = memo->addresses[i] - start;

		if (offset >= bytes) {
			if (difference || !block_fill(memo->addresses[i]))
				return 0;
			start = cpu->block_start;
			bytes = cpu->block_bytes;
			offset = memo->addresses[i] - start;
		}
		difference |= cpu->block[offset / 8 & (BLOCK_WORDS - 1)] ^ memo->values[i];
	}
	return !difference;
}

/* The kept stack, or 0; then the walk that follows is noted in its place. */
static __always_inline __u32 memo_recall(struct walk *walk, __u64 ip, __u32 space, __u64 version,
					 bool exact, __u64 sp, __u64 fp)
{
	struct walk_memo *memo;

	((struct cpu_walk *)walk)->block_bytes = 0;
	((struct cpu_walk *)walk)->memo = hash_mix(ip, sp) >> 32;
	memo = memo_of(walk);
	if (memo->ip == ip && memo->sp == sp && (memo->fp == fp || !memo->needs_fp) &&
	    memo->version == version && memo->space == space && memo->exact == exact &&
	    memo_holds())
		return memo->stack;
	memo->ip = ip;
	memo->sp = sp;
	memo->fp = fp;
	memo->version = version;
	memo->exact = exact;
	memo->space = 0;
	memo->nr_reads = 0;
	return 0;
}

static __always_inline void memo_keep(struct walk *walk, __u32 space, __u32 stack)
{
	struct walk_memo *memo = memo_of(walk);

	if ((walk->flags & ~(WALK_FRAME_POINTER | WALK_MADE_CODE)) != WALK_COMPLETE ||
	    memo->nr_reads > MEMO_READS || stack == STACK_LOST ||
	    walk->used & ~(1U << WALK_SP | 1U << WALK_FP))
		return;
	memo->needs_fp = walk->used >> WALK_FP & 1;
	memo->stack = stack;
	memo->space = space;
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

/* SPDX-License-Identifier: MIT */
/*
 * The walk of a CPU, and how it reads the stack.
 *
 * Reading a word of user memory costs nearly as much as a step's rest, and reading many at once not
 * much more: so the stack is read by blocks that do not cross a page. Every word that a walk reads
 * is noted, for the memo of stacks (walk_memo.bpf.h).
 */
#ifndef PROF_WALK_CPU_BPF_H
#define PROF_WALK_CPU_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "trampoline.bpf.h"
#include "unwind_tables.bpf.h"

/* The hooks of walk.h: the first two are below, the others in stack.bpf.h. */
static __always_inline bool walk_read(struct walk *walk, __u64 address, __u64 *out);
static __always_inline bool walk_read_block(struct walk *walk, __u64 address, void *out,
					    __u32 size);
static __always_inline bool walk_map(struct walk *walk, __u64 address);
static __always_inline int walk_exactly(struct walk *walk, __u64 offset);

#include "walk.h"

#define MEMO_READS 64
#define NR_MEMOS   64

/* A stack that is kept: walk_memo.bpf.h. */
struct walk_memo {
	__u64 ip, sp, fp, version;
	__u32 space; /* 0: nothing is kept here */
	__u32 exact;
	__u32 stack;
	__u32 nr_reads;
	__u32 needs_fp, reserved;
	__u64 last; /* the highest of: */
	__u64 addresses[MEMO_READS], values[MEMO_READS];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NR_MEMOS);
	__type(key, __u32);
	__type(value, struct walk_memo);
} walk_memos SEC(".maps") __weak;

#define BLOCK_WORDS  128
#define BLOCK_BEFORE 64 /* bytes below the word asked for: what a frame saved lies there */

struct cpu_walk {
	struct walk walk;
	__u32 memo; /* that the walk is noted in */
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
	__u32 at = ((struct cpu_walk *)walk)->memo;

	return bpf_map_lookup_elem(&walk_memos, &at);
}

/* What has been read says too little of where the walk leads to be kept. */
static __always_inline void memo_give_up(struct walk *walk)
{
	struct walk_memo *memo = memo_of(walk);

	if (memo)
		memo->nr_reads = MEMO_READS + 1;
}

/* From around `address` to before `end`. A function of its own, as those below: verified once. */
__weak __noinline int block_fill(__u64 address, __u64 end)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk_of_cpu();
	__u64 page = address & ~4095ULL;
	__u64 start = address - page < BLOCK_BEFORE ? page : address - BLOCK_BEFORE;
	__u64 bytes = page + 4096 - start;

	if (!cpu)
		return 0;
	if (bytes > end - start)
		bytes = end - start;
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
	if (address - cpu->block_start >= cpu->block_bytes && !block_fill(address, ~0ULL))
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
	if (!memo)
		return 0;
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
		if (address > memo->last)
			memo->last = address;
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
	memo_give_up(walk);
	return bpf_probe_read_user(out, size, (void *)address) == 0;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The memo of stacks, so that one which has not changed is not walked again.
 *
 * Kept is a walk that went well, with all that it depended on: where it began, every word that it
 * read, and the table of mappings by its version. While all of these are the same, so is the stack;
 * to see that takes half of the time of a walk. Those that read much, or needed more registers than
 * rbp, are not kept.
 */
#ifndef PROF_WALK_MEMO_BPF_H
#define PROF_WALK_MEMO_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "walk_cpu.bpf.h"

/* Are the words what they were? A plain loop: bpf_loop would take longer for each than the
 * comparison. */
__weak __noinline int memo_holds(void)
{
	struct cpu_walk *cpu = (struct cpu_walk *)walk_of_cpu();
	__u64 start = 0, bytes = 0, difference = 0; /* nothing has been read yet */
	const struct walk_memo *memo;
	__u32 nr_reads;

	if (!cpu)
		return 0;
	memo = memo_of(&cpu->walk);
	if (!memo)
		return 0;
	nr_reads = memo->nr_reads;
	for (__u32 i = 0; i < MEMO_READS && i < nr_reads; i++) {
		__u64 offset = memo->addresses[i] - start;

		if (offset >= bytes) {
			if (difference || !block_fill(memo->addresses[i], memo->last + 8))
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
	((struct cpu_walk *)walk)->memo = hash_mix(ip, sp) >> 32 & (NR_MEMOS - 1);
	memo = memo_of(walk);
	if (!memo)
		return 0;
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
	memo->last = 0;
	return 0;
}

static __always_inline void memo_keep(struct walk *walk, __u32 space, __u32 stack)
{
	struct walk_memo *memo = memo_of(walk);

	if (!memo || (walk->flags & ~(WALK_FRAME_POINTER | WALK_MADE_CODE)) != WALK_COMPLETE ||
	    memo->nr_reads > MEMO_READS || stack == STACK_LOST ||
	    walk->used & ~(1U << WALK_SP | 1U << WALK_FP))
		return;
	memo->needs_fp = walk->used >> WALK_FP & 1;
	memo->stack = stack;
	memo->space = space;
}

#endif

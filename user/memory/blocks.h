/* SPDX-License-Identifier: MIT */
/*
 * The blocks that allocators gave to a program, by the stack that asked for them.
 *
 * A block that realloc() resizes is freed and made anew, by realloc()'s own stack, wherever it lies
 * then: as DHAT has it. Blocks that a child gets by fork are its parent's: they are not made again,
 * and what the child does to them is nobody's. A block without its end was kept until its process
 * ended, or executed another program.
 *
 * A page of a block was never touched if no fault brought it in from the block's birth to its end,
 * and it was not there before. That is told of whole pages only, and not of blocks that realloc()
 * moved away, whose pages may have moved along: so the amount is a least one.
 */
#ifndef PROF_MEMORY_BLOCKS_H
#define PROF_MEMORY_BLOCKS_H

#include "base/vec.h"
#include "memory/block_map.h"
#include "recording/idmap.h"

struct block_totals {
	uint64_t blocks, bytes;              /* made */
	uint64_t resized;                    /* of those: blocks that ended so */
	uint64_t failures;                   /* calls that got no memory */
	uint64_t least_bytes, largest_bytes; /* of a block */
	uint64_t live_blocks, live_bytes;
	uint64_t most_bytes;              /* at the same time */
	uint64_t peak_blocks, peak_bytes; /* when all sites together had most */
	uint64_t kept_blocks, kept_bytes; /* to the end */
	uint64_t life_ns;                 /* of all together; of kept ones until then */
	uint64_t longest_ns;
	uint64_t judged_bytes;     /* whole pages of blocks that have ended */
	uint64_t untouched_bytes;  /* of those: the pages that were never touched */
	uint64_t untouched_blocks; /* none of whose whole pages was */
};

struct block_site {
	uint32_t task, stack;
	bool is_changed; /* since the last peak */
	struct block_totals totals;
};

/* Displaced: another block was made at its address while it was there. realloc() frees a block long
 * before it returns, and may come back for what it is told as. */
struct displaced_block {
	struct live_block block;
	uint64_t time_ns;
};

struct space_blocks {
	struct block_map live;
	VEC(struct displaced_block) displaced;
	bool is_forked; /* it has got blocks by fork */
};

struct blocks {
	VEC(struct block_site) sites;
	struct idmap site_ids; /* site + 1 */
	VEC(uint32_t) changed; /* sites, since the last peak */
	uint64_t live_bytes, live_blocks, peak_bytes, peak_blocks, peak_ns;
	uint64_t unknown_frees;   /* of blocks that nobody told of */
	uint64_t inherited_frees; /* by a child, of its parent's */
	uint64_t unseen_frees;    /* blocks whose address was given out again */
	uint64_t untracked;       /* blocks for which there was no room here */
};

void blocks_fini(struct blocks *blocks);

#endif

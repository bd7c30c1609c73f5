/* SPDX-License-Identifier: MIT */
/*
 * The blocks of an allocator that live, by address.
 *
 * Programs make and free millions of blocks of which thousands live at a time: the slots are what
 * lives, in one array, without gaps where one has gone.
 */
#ifndef PROF_MEMORY_BLOCK_MAP_H
#define PROF_MEMORY_BLOCK_MAP_H

#include <stdbool.h>
#include <stdint.h>

struct live_block {
	uint64_t address; /* 0: a free slot */
	uint64_t bytes;   /* asked for */
	uint64_t made_ns;
	uint32_t site;
	uint32_t gone_pages; /* whole ones in it that had been given back before */
	uint32_t advices;    /* vm.advices at that time */
};

struct block_map {
	struct live_block *slots;
	uint32_t used, capacity; /* a power of two, or 0 */
};

#define MOST_LIVE_BLOCKS (1U << 25)

/* A zeroed map is an empty one. */
void block_map_fini(struct block_map *map);
/* NULL: there is none. */
struct live_block *block_map_find(const struct block_map *map, uint64_t address);
/* One with an address that is not there yet. False: there are too many. */
bool block_map_add(struct block_map *map, const struct live_block *block);
/* Takes one out that is there. */
void block_map_remove(struct block_map *map, struct live_block *block);

#endif

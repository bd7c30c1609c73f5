// SPDX-License-Identifier: MIT
#include "memory/block_map.h"

#include <stdlib.h>

#include "base/alloc.h"

#define FIRST_CAPACITY 1024

/* Blocks lie at multiples of sixteen: all bits have to count. */
static uint32_t home_of(const struct block_map *map, uint64_t address)
{
	return (uint32_t)((address * 0x9e3779b97f4a7c15ULL) >> 32) & (map->capacity - 1);
}

void block_map_fini(struct block_map *map)
{
	free(map->slots);
	*map = (struct block_map){0};
}

/* The slot of the address, or the free one where it would be. */
static struct live_block *slot_of(const struct block_map *map, uint64_t address)
{
	uint32_t at = home_of(map, address);

	while (map->slots[at].address && map->slots[at].address != address)
		at = (at + 1) & (map->capacity - 1);
	return &map->slots[at];
}

struct live_block *block_map_find(const struct block_map *map, uint64_t address)
{
	struct live_block *slot = map->capacity && address ? slot_of(map, address) : NULL;

	return slot && slot->address ? slot : NULL;
}

static void grow(struct block_map *map)
{
	struct block_map larger = {.capacity = map->capacity ? 2 * map->capacity : FIRST_CAPACITY,
				   .used = map->used};

	larger.slots = xcalloc(larger.capacity, sizeof *larger.slots);
	for (uint32_t i = 0; i < map->capacity; i++)
		if (map->slots[i].address)
			*slot_of(&larger, map->slots[i].address) = map->slots[i];
	free(map->slots);
	*map = larger;
}

bool block_map_add(struct block_map *map, const struct live_block *block)
{
	if (map->used >= MOST_LIVE_BLOCKS)
		return false;
	if (map->used >= map->capacity / 2)
		grow(map);
	*slot_of(map, block->address) = *block;
	map->used++;
	return true;
}

/* What comes behind moves up, unless it would leave its home. */
void block_map_remove(struct block_map *map, struct live_block *block)
{
	uint32_t mask = map->capacity - 1, hole = (uint32_t)(block - map->slots), at = hole;

	for (;;) {
		uint32_t home;

		at = (at + 1) & mask;
		if (!map->slots[at].address)
			break;
		home = home_of(map, map->slots[at].address);
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		map->slots[hole] = map->slots[at];
		hole = at;
	}
	map->slots[hole] = (struct live_block){0};
	map->used--;
}

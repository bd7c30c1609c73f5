// SPDX-License-Identifier: MIT
#include "profile/pair_map.h"

/* Multiply and fold: every bit of both halves reaches the low bits that choose a slot. */
static uint32_t hash_pair(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)(a ^ 0x9e3779b97f4a7c15) * (b ^ 0xd6e8feb86659fd93);
	uint64_t folded = (uint64_t)product ^ (uint64_t)(product >> 64);

	return (uint32_t)(folded ^ (folded >> 32));
}

static uint32_t *find_slot(const struct pair_map *map, uint64_t a, uint64_t b)
{
	uint32_t at = hash_pair(a, b);

	for (;; at++) {
		uint32_t *slot = &map->slots[at & map->mask];
		const struct pair *pair;

		if (!*slot)
			return slot;
		pair = &map->pairs.items[*slot - 1];
		if (pair->a == a && pair->b == b)
			return slot;
	}
}

static void grow(struct pair_map *map)
{
	size_t nr_slots = map->slots ? 2 * ((size_t)map->mask + 1) : 64;

	free(map->slots);
	map->slots = xcalloc(nr_slots, sizeof *map->slots);
	map->mask = (uint32_t)(nr_slots - 1);
	for (size_t i = 0; i < map->pairs.size; i++) {
		const struct pair *pair = &map->pairs.items[i];

		*find_slot(map, pair->a, pair->b) = (uint32_t)i + 1;
	}
}

void pair_map_fini(struct pair_map *map)
{
	vec_free(&map->pairs);
	free(map->slots);
	*map = (struct pair_map){0};
}

uint32_t pair_map_number(struct pair_map *map, uint64_t a, uint64_t b)
{
	uint32_t *slot;

	if (!map->slots || 2 * map->pairs.size > map->mask)
		grow(map);
	slot = find_slot(map, a, b);
	if (!*slot) {
		*vec_push(&map->pairs) = (struct pair){a, b};
		*slot = (uint32_t)map->pairs.size;
	}
	return *slot - 1;
}

uint32_t pair_map_find(const struct pair_map *map, uint64_t a, uint64_t b)
{
	return map->slots ? *find_slot(map, a, b) - 1 : PAIR_UNKNOWN;
}

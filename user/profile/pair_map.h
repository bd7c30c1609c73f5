/* SPDX-License-Identifier: MIT */
/*
 * Numbers pairs of integers in order of their first appearance: 0, 1, 2, ...
 *
 * The number indexes whatever arrays the user keeps beside the map, so one table serves trees (a
 * parent and a name) and tallies (a stack and a leaf) alike.
 */
#ifndef PROF_PROFILE_PAIR_MAP_H
#define PROF_PROFILE_PAIR_MAP_H

#include <stdint.h>

#include "base/vec.h"

struct pair {
	uint64_t a, b;
};

struct pair_map {
	VEC(struct pair) pairs; /* by number */
	uint32_t *slots;        /* number + 1, 0 = free */
	uint32_t mask;          /* nr of slots - 1 */
};

/* A zeroed map is an empty one. */
void pair_map_fini(struct pair_map *map);
uint32_t pair_map_number(struct pair_map *map, uint64_t a, uint64_t b);

/* The number of a pair that has one, else PAIR_UNKNOWN. */
#define PAIR_UNKNOWN UINT32_MAX
uint32_t pair_map_find(const struct pair_map *map, uint64_t a, uint64_t b);

#endif

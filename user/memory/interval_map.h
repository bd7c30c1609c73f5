/* SPDX-License-Identifier: MIT */
/*
 * Disjoint ranges of addresses, each with a value; neighbours of equal value are one range.
 *
 * Ranges lie sorted in leaves of a few dozen, and the leaves in an array: an insertion moves part
 * of one leaf, and the array only when a leaf is split. A range that is overwritten is gone, so
 * setting costs, over time, no more than what was once inserted.
 */
#ifndef PROF_MEMORY_INTERVAL_MAP_H
#define PROF_MEMORY_INTERVAL_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"

struct span {
	uint64_t start, end; /* start < end */
	uint64_t value[2];
};

struct leaf;

struct branch {
	uint64_t end; /* of the leaf's last range, so that a search need not look into leaves */
	struct leaf *leaf;
};

struct interval_map {
	VEC(struct branch) branches; /* no leaf is empty */
	size_t last;                 /* the branch that was found last: mostly the next one, too */
};

/* A zeroed map is an empty one. */
void interval_map_fini(struct interval_map *map);

/* The first range that reaches into [start, end), as it is; false when there is none. */
bool interval_map_find(struct interval_map *map, uint64_t start, uint64_t end, struct span *out);
/* The same, cut to [start, end). */
bool interval_map_cut(struct interval_map *map, uint64_t start, uint64_t end, struct span *out);

void interval_map_set(struct interval_map *map, const struct span *span);
void interval_map_clear(struct interval_map *map, uint64_t start, uint64_t end);

#endif

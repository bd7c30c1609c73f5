/* SPDX-License-Identifier: MIT */
/*
 * Who owns an address, when address ranges may lie inside one another.
 *
 * Ranges (functions and what is inlined into them, compilation units, symbols) are gathered in any
 * order and then flattened once into disjoint segments, each owned by the innermost range over it:
 *
 *     outer   |--------------------|            segments: outer inner outer none
 *     inner        |------|                               |     |     |     |
 *
 * A question is then one binary search, however deep the nesting. Owners are numbers from 1.
 */
#ifndef PROF_SYMBOLS_RANGE_INDEX_H
#define PROF_SYMBOLS_RANGE_INDEX_H

#include <stdint.h>

#include "base/vec.h"

#define NO_OWNER 0

struct range {
	uint64_t start, end;
	uint32_t depth, owner;
};

struct segment {
	uint64_t start; /* it ends where the next one starts */
	uint32_t owner;
};

struct range_index {
	VEC(struct range) ranges; /* until sealed */
	VEC(struct segment) segments;
};

void range_index_fini(struct range_index *index);

/*
 * Of ranges that start together the deeper lies inside, then the shorter, then the greater owner.
 * Empty ranges are ignored, and so are those at address 0, where linkers leave what they discarded.
 */
void range_index_add(struct range_index *index, uint64_t start, uint64_t end, uint32_t depth,
		     uint32_t owner);
void range_index_seal(struct range_index *index);

/* The owner of the innermost range over the address, or NO_OWNER. */
uint32_t range_index_find(const struct range_index *index, uint64_t address);

#endif

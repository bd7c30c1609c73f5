/* SPDX-License-Identifier: MIT */
/*
 * Who made memory, in two tables: regions by owner, and growth by caller.
 */
#ifndef PROF_PROFILE_MEMORY_TABLES_H
#define PROF_PROFILE_MEMORY_TABLES_H

#include "profile/memory_advice.h"

/* Regions of one kind that one site made. */
struct region_row {
	enum region_kind kind;
	uint32_t owner, returner; /* sites; returner: of the most of them */
	uint64_t regions, bytes, least_bytes, most_bytes;
	uint64_t median_ns;
	uint64_t most_returned;
	uint32_t *lives; /* LIFE_BUCKETS */
};

struct memory_tables {
	VEC(struct region_row) regions; /* the most bytes first */
	VEC(uint32_t) growth;           /* sites that added memory, the most bytes first */
};

void memory_tables_build(const struct memory_advice *advice, struct memory_tables *out);
void memory_tables_fini(struct memory_tables *tables);

#endif

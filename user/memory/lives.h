/* SPDX-License-Identifier: MIT */
/*
 * How long regions live, by who makes them: kind, size class, the call that made them.
 *
 * Millions of short-lived blocks of one owner are one row here, with a histogram of their lives.
 */
#ifndef PROF_MEMORY_LIVES_H
#define PROF_MEMORY_LIVES_H

#include <stdint.h>

#include "base/vec.h"
#include "loglinear.h"
#include "memory/region_kind.h"
#include "recording/idmap.h"

#define LIFE_BITS    3 /* of the log-linear histogram */
#define LIFE_BUCKETS LOGLINEAR_BUCKETS(LIFE_BITS)

struct life_row {
	enum region_kind kind;
	uint32_t size_class;
	uint32_t owner;             /* id of a call */
	uint32_t returner;          /* of the last one that was given back by a call; 0: none was */
	uint64_t regions, returned; /* all, and those that a call gave back */
	uint64_t bytes;             /* of all together */
	uint64_t least_bytes, most_bytes;
	uint64_t life_ns; /* of all together */
	uint32_t *lives;  /* LIFE_BUCKETS */
};

struct lives {
	VEC(struct life_row) rows;
	struct idmap ids; /* row + 1 */
};

void lives_fini(struct lives *lives);
void lives_add(struct lives *lives, enum region_kind kind, uint32_t owner, uint32_t returner,
	       uint64_t bytes, uint64_t life_ns);

/* To within an eighth. */
uint64_t life_row_median_ns(const struct life_row *row);

#endif

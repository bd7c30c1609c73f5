/* SPDX-License-Identifier: MIT */
/*
 * Address spaces over time: which file an address belonged to when an event happened.
 *
 * A space is born by fork, with a view of its parent's mappings as of that moment, or empty by
 * exec. Mappings are only ever added, with the time they appeared; the youngest one that covers an
 * address and is not younger than the question wins, so an overlay, or a library loaded where
 * another one was, needs no bookkeeping.
 */
#ifndef PROF_CORRELATE_SPACES_H
#define PROF_CORRELATE_SPACES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"

struct mapping {
	uint64_t start, end, file_offset_bytes, time_ns;
	uint32_t module;
	uint32_t file; /* of its unwinding table (bpf/event.h) */
};

struct space {
	uint32_t parent; /* 0: none */
	uint64_t born_ns;
	VEC(struct mapping) mappings; /* by time */
};

struct spaces {
	VEC(struct space) by_id;
};

void spaces_free(struct spaces *spaces);
void space_born(struct spaces *spaces, uint32_t id, uint32_t parent, uint64_t time_ns);
void space_map(struct spaces *spaces, uint32_t id, const struct mapping *mapping);

/* The mapping that covered `address` at a time, or NULL. */
const struct mapping *space_find(const struct spaces *spaces, uint32_t id, uint64_t address,
				 uint64_t time_ns);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Numbers by content, for interning: the owner keeps the content in an array of its own and says
 * whether an entry equals what is looked for. Id 0 means "none".
 */
#ifndef PROF_RECORDING_IDMAP_H
#define PROF_RECORDING_IDMAP_H

#include <stdbool.h>
#include <stdint.h>

struct idmap_slot;

struct idmap {
	struct idmap_slot *slots;
	uint32_t capacity, used;
};

typedef bool idmap_equal(const void *owner, uint32_t id, const void *wanted);

/* The id of what equals `wanted`; when there is none yet, it becomes `new_id`. */
uint32_t idmap_intern(struct idmap *m, uint64_t hash, idmap_equal *equal, const void *owner,
		      const void *wanted, uint32_t new_id);
void idmap_reset(struct idmap *m);
void idmap_fini(struct idmap *m);

#endif

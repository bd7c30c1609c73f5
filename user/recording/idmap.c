// SPDX-License-Identifier: MIT
#include "recording/idmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define FIRST_CAPACITY 64

/* Part of the hash stays beside the id: most misses and all growing do without the content. */
struct idmap_slot {
	uint32_t id, hash;
};

static void slot_place(struct idmap *m, struct idmap_slot slot)
{
	uint32_t at = slot.hash & (m->capacity - 1);

	while (m->slots[at].id)
		at = (at + 1) & (m->capacity - 1);
	m->slots[at] = slot;
}

static void idmap_grow(struct idmap *m)
{
	struct idmap old = *m;

	m->capacity = old.capacity ? 2 * old.capacity : FIRST_CAPACITY;
	m->slots = xcalloc(m->capacity, sizeof *m->slots);
	for (uint32_t i = 0; i < old.capacity; i++)
		if (old.slots[i].id)
			slot_place(m, old.slots[i]);
	free(old.slots);
}

uint32_t idmap_intern(struct idmap *m, uint64_t hash, idmap_equal *equal, const void *owner,
		      const void *wanted, uint32_t new_id)
{
	struct idmap_slot added = {.id = new_id, .hash = (uint32_t)hash};

	if (2 * m->used >= m->capacity)
		idmap_grow(m);
	for (uint32_t at = added.hash & (m->capacity - 1);; at = (at + 1) & (m->capacity - 1)) {
		struct idmap_slot *slot = &m->slots[at];

		if (!slot->id) {
			*slot = added;
			m->used++;
			return new_id;
		}
		if (slot->hash == added.hash && equal(owner, slot->id, wanted))
			return slot->id;
	}
}

void idmap_reset(struct idmap *m)
{
	if (m->used)
		memset(m->slots, 0, m->capacity * sizeof *m->slots);
	m->used = 0;
}

void idmap_fini(struct idmap *m)
{
	free(m->slots);
	*m = (struct idmap){0};
}

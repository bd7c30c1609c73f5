// SPDX-License-Identifier: MIT
#include "correlate/spaces.h"

void spaces_free(struct spaces *spaces)
{
	vec_each (&spaces->by_id, space)
		vec_free(&space->mappings);
	vec_free(&spaces->by_id);
}

/* Events of different CPUs arrive out of order: a mapping may come before its space's birth. */
static struct space *space_at(struct spaces *spaces, uint32_t id)
{
	vec_extend(&spaces->by_id, (size_t)id + 1);
	return &spaces->by_id.items[id];
}

void space_born(struct spaces *spaces, uint32_t id, uint32_t parent, uint64_t time_ns)
{
	struct space *space = space_at(spaces, id);

	space->parent = parent;
	space->born_ns = time_ns;
}

/* Is the same told again of some or all of a mapping over which no other has come since? Whoever
 * makes code changes its protection to and fro, thousands of times. */
static bool is_known(const struct space *space, const struct mapping *mapping)
{
	for (size_t i = space->mappings.size; i-- > 0;) {
		const struct mapping *known = &space->mappings.items[i];

		if (known->start < mapping->end && known->end > mapping->start)
			return known->time_ns <= mapping->time_ns &&
			       known->start <= mapping->start && known->end >= mapping->end &&
			       known->module == mapping->module && known->file == mapping->file &&
			       known->file_offset_bytes - known->start ==
				       mapping->file_offset_bytes - mapping->start;
	}
	return false;
}

void space_map(struct spaces *spaces, uint32_t id, const struct mapping *mapping)
{
	struct space *space = space_at(spaces, id);
	size_t at = space->mappings.size;

	if (is_known(space, mapping))
		return;

	vec_push(&space->mappings);
	for (; at > 0 && space->mappings.items[at - 1].time_ns > mapping->time_ns; at--)
		space->mappings.items[at] = space->mappings.items[at - 1];
	space->mappings.items[at] = *mapping;
}

static const struct mapping *find_own(const struct space *space, uint64_t address, uint64_t time_ns)
{
	for (size_t i = space->mappings.size; i-- > 0;) {
		const struct mapping *mapping = &space->mappings.items[i];

		if (mapping->time_ns <= time_ns && address >= mapping->start &&
		    address < mapping->end)
			return mapping;
	}
	return NULL;
}

const struct mapping *space_find(const struct spaces *spaces, uint32_t id, uint64_t address,
				 uint64_t time_ns)
{
	while (id && id < spaces->by_id.size) {
		const struct space *space = &spaces->by_id.items[id];
		const struct mapping *mapping = find_own(space, address, time_ns);

		if (mapping)
			return mapping;
		if (time_ns > space->born_ns)
			time_ns = space->born_ns;
		if (space->parent >= id) /* ids count up, so a parent's is below its child's */
			return NULL;
		id = space->parent;
	}
	return NULL;
}

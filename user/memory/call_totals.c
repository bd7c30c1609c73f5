// SPDX-License-Identifier: MIT
#include "memory/call_totals.h"

#include <xxhash.h>

void call_totals_fini(struct call_totals_table *table)
{
	vec_free(&table->rows);
	vec_free(&table->places);
	vec_free(&table->place_of_call);
	idmap_fini(&table->ids);
}

static bool place_equals(const void *owner, uint32_t id, const void *wanted)
{
	const struct call_totals_table *table = owner;

	return !memcmp(&table->places.items[id - 1], wanted, sizeof(struct call_place));
}

void call_totals_place(struct call_totals_table *table, uint32_t call,
		       const struct call_place *place)
{
	uint32_t new_id = (uint32_t)table->places.size + 1;
	uint32_t id = idmap_intern(&table->ids, XXH3_64bits(place, sizeof *place), place_equals,
				   table, place, new_id);

	if (id == new_id)
		*vec_push(&table->places) = *place;
	vec_extend(&table->rows, (size_t)id + 1);
	vec_extend(&table->place_of_call, (size_t)call + 1);
	table->place_of_call.items[call] = id;
}

/* What no call made is one row, the first. */
struct call_totals *call_totals_at(struct call_totals_table *table, uint32_t call)
{
	vec_extend(&table->rows, 1);
	return &table->rows
			.items[call < table->place_of_call.size ? table->place_of_call.items[call]
								: 0];
}

void call_totals_grow(struct call_totals_table *table, uint32_t call, uint64_t bytes)
{
	struct call_totals *row = call_totals_at(table, call);

	row->added_bytes += bytes;
	row->live_bytes += bytes;
	if (row->most_bytes < row->live_bytes)
		row->most_bytes = row->live_bytes;
}

void call_totals_shrink(struct call_totals_table *table, uint32_t call, uint64_t bytes,
			uint32_t returner)
{
	struct call_totals *row = call_totals_at(table, call);

	row->live_bytes -= bytes < row->live_bytes ? bytes : row->live_bytes;
	if (!returner)
		row->kept_bytes += bytes;
}

// SPDX-License-Identifier: MIT
#include "memory/lives.h"

#include <xxhash.h>

void lives_fini(struct lives *lives)
{
	vec_each (&lives->rows, row)
		free(row->lives);
	vec_free(&lives->rows);
	idmap_fini(&lives->ids);
}

static bool row_equals(const void *owner, uint32_t id, const void *wanted)
{
	const struct lives *lives = owner;
	const struct life_row *a = &lives->rows.items[id - 1], *b = wanted;

	return a->owner == b->owner && a->kind == b->kind && a->size_class == b->size_class;
}

static struct life_row *row_of(struct lives *lives, const struct life_row *wanted)
{
	uint32_t key[] = {wanted->kind, wanted->size_class, wanted->owner};
	uint32_t new_id = (uint32_t)lives->rows.size + 1;
	uint32_t id = idmap_intern(&lives->ids, XXH3_64bits(key, sizeof key), row_equals, lives,
				   wanted, new_id);

	if (id == new_id) {
		struct life_row *row = vec_push(&lives->rows);

		*row = *wanted;
		row->lives = xcalloc(LIFE_BUCKETS, sizeof *row->lives);
		row->least_bytes = UINT64_MAX;
	}
	return &lives->rows.items[id - 1];
}

void lives_add(struct lives *lives, enum region_kind kind, uint32_t owner, uint32_t returner,
	       uint64_t bytes, uint64_t life_ns)
{
	const struct life_row wanted = {
		.kind = kind, .size_class = size_class_of(bytes), .owner = owner};
	struct life_row *row = row_of(lives, &wanted);

	row->regions++;
	row->bytes += bytes;
	row->life_ns += life_ns;
	row->lives[loglinear_index(life_ns, LIFE_BITS)]++;
	if (bytes < row->least_bytes)
		row->least_bytes = bytes;
	if (bytes > row->most_bytes)
		row->most_bytes = bytes;
	if (!returner)
		return;
	row->returned++;
	row->returner = returner;
}

uint64_t life_row_median_ns(const struct life_row *row)
{
	uint64_t below = 0;
	uint32_t index = 0;

	while (index + 1 < LIFE_BUCKETS && 2 * (below + row->lives[index]) < row->regions)
		below += row->lives[index++];
	return loglinear_lower(index, LIFE_BITS);
}

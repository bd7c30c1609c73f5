// SPDX-License-Identifier: MIT
#include "profile/memory_tables.h"

#include "profile/pair_map.h"

/* ---- Regions ---- */

static void row_add(struct region_row *row, const struct region_group *group)
{
	const struct life_row *lives = group->lives;

	if (!row->lives)
		row->lives = xcalloc(LIFE_BUCKETS, sizeof *row->lives);
	row->kind = lives->kind;
	row->owner = group->owner;
	row->regions += lives->regions;
	row->bytes += lives->bytes;
	if (!row->least_bytes || lives->least_bytes < row->least_bytes)
		row->least_bytes = lives->least_bytes;
	if (lives->most_bytes > row->most_bytes)
		row->most_bytes = lives->most_bytes;
	for (uint32_t i = 0; i < LIFE_BUCKETS; i++)
		row->lives[i] += lives->lives[i];
	if (lives->returned > row->most_returned) {
		row->most_returned = lives->returned;
		row->returner = group->returner;
	}
}

static int by_bytes(const void *left, const void *right)
{
	const struct region_row *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	return (a->owner > b->owner) - (a->owner < b->owner);
}

/* Memory without a file, and what no call made is not told. */
static bool is_told(const struct region_group *group)
{
	enum region_kind kind = group->lives->kind;

	return group->owner && (kind == REGION_HEAP || kind == REGION_ARENA ||
				kind == REGION_BLOCK || kind == REGION_SHARED);
}

static void build_regions(const struct memory_advice *advice, struct memory_tables *out)
{
	struct pair_map numbers = {0};

	vec_each (&advice->situation.regions, group) {
		uint32_t at;

		if (!is_told(group))
			continue;
		at = pair_map_number(&numbers, group->owner, group->lives->kind);
		vec_extend(&out->regions, (size_t)at + 1);
		row_add(&out->regions.items[at], group);
	}
	pair_map_fini(&numbers);
	vec_each (&out->regions, row)
		row->median_ns = life_row_median_ns(
			&(const struct life_row){.regions = row->regions, .lives = row->lives});
	if (out->regions.size)
		qsort(out->regions.items, out->regions.size, sizeof *out->regions.items, by_bytes);
}

/* ---- Growth ---- */

static int by_growth(const void *left, const void *right, void *arg)
{
	const struct situation *s = arg;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	uint64_t a_bytes = s->sites.items[a].totals.added_bytes;
	uint64_t b_bytes = s->sites.items[b].totals.added_bytes;

	if (a_bytes != b_bytes)
		return a_bytes < b_bytes ? 1 : -1;
	return (a > b) - (a < b);
}

static void build_growth(const struct memory_advice *advice, struct memory_tables *out)
{
	const struct situation *s = &advice->situation;

	for (uint32_t id = 1; id < s->sites.size; id++) {
		if (s->sites.items[id].totals.added_bytes)
			*vec_push(&out->growth) = id;
	}
	if (out->growth.size)
		qsort_r(out->growth.items, out->growth.size, sizeof *out->growth.items, by_growth,
			(void *)s);
}

void memory_tables_build(const struct memory_advice *advice, struct memory_tables *out)
{
	*out = (struct memory_tables){0};
	build_regions(advice, out);
	build_growth(advice, out);
}

void memory_tables_fini(struct memory_tables *tables)
{
	vec_each (&tables->regions, row)
		free(row->lives);
	vec_free(&tables->regions);
	vec_free(&tables->growth);
}

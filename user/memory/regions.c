// SPDX-License-Identifier: MIT
#include "memory/regions.h"

void region_pool_init(struct region_pool *pool)
{
	*pool = (struct region_pool){0};
	vec_push(&pool->items);
}

void region_pool_fini(struct region_pool *pool)
{
	vec_free(&pool->items);
	vec_free(&pool->free);
	lives_fini(&pool->lives);
	call_totals_fini(&pool->calls);
}

static uint32_t region_new(struct region_pool *pool)
{
	if (pool->free.size)
		return pool->free.items[--pool->free.size];
	vec_push(&pool->items);
	return (uint32_t)pool->items.size - 1;
}

static struct region *region_of(const struct regions *regions, uint32_t id)
{
	return &regions->pool->items.items[id];
}

static void region_shrink(struct regions *regions, uint32_t id, uint64_t bytes, uint32_t returner,
			  uint64_t time_ns)
{
	struct region *region = region_of(regions, id);

	region->live_bytes -= bytes;
	if (region->live_bytes)
		return;
	lives_add(&regions->pool->lives, region->kind, region->owner, returner, region->bytes,
		  time_ns > region->birth_ns ? time_ns - region->birth_ns : 0);
	*vec_push(&regions->pool->free) = id;
}

/* Whether a program can put something of its own there, and only there. */
static bool is_growth(const struct regions *regions, const struct extent *extent)
{
	switch (region_of(regions, extent->region)->kind) {
	case REGION_HEAP:
	case REGION_ARENA:
	case REGION_BLOCK:
		return extent->flags & EXTENT_PROTECTION && !(extent->flags & EXTENT_INHERITED);
	default:
		return false;
	}
}

static void count_growth(struct regions *regions, const struct extent *extent)
{
	if (is_growth(regions, extent))
		call_totals_grow(&regions->pool->calls, extent->owner, extent->end - extent->start);
}

static void count_loss(struct regions *regions, const struct extent *extent, uint32_t returner)
{
	if (is_growth(regions, extent))
		call_totals_shrink(&regions->pool->calls, extent->owner,
				   extent->end - extent->start, returner);
}

static struct extent extent_of(const struct span *span)
{
	return (struct extent){
		.start = span->start,
		.end = span->end,
		.region = (uint32_t)span->value[0],
		.owner = (uint32_t)(span->value[0] >> 32),
		.flags = (uint32_t)span->value[1],
		.module = (uint32_t)(span->value[1] >> 32),
	};
}

static struct span span_of(const struct extent *extent)
{
	return (struct span){
		.start = extent->start,
		.end = extent->end,
		.value = {extent->region | (uint64_t)extent->owner << 32,
			  extent->flags | (uint64_t)extent->module << 32},
	};
}

void regions_fini(struct regions *regions, uint64_t time_ns)
{
	regions_remove(regions, 0, UINT64_MAX, 0, time_ns);
	interval_map_fini(&regions->map);
}

bool regions_find(struct regions *regions, uint64_t start, uint64_t end, struct extent *out)
{
	struct span span;

	if (!interval_map_find(&regions->map, start, end, &span))
		return false;
	*out = extent_of(&span);
	return true;
}

bool regions_cut(struct regions *regions, uint64_t start, uint64_t end, struct extent *out)
{
	struct span span;

	if (!interval_map_cut(&regions->map, start, end, &span))
		return false;
	*out = extent_of(&span);
	return true;
}

void regions_change(struct regions *regions, const struct extent *extent)
{
	struct span span = span_of(extent);

	interval_map_set(&regions->map, &span);
}

void regions_extend(struct regions *regions, const struct extent *extent)
{
	struct region *region = region_of(regions, extent->region);

	region->live_bytes += extent->end - extent->start;
	if (region->bytes < region->live_bytes)
		region->bytes = region->live_bytes;
	count_growth(regions, extent);
	regions_change(regions, extent);
}

void regions_protect(struct regions *regions, const struct extent *old, const struct extent *now,
		     uint32_t call)
{
	if (is_growth(regions, old) != is_growth(regions, now)) {
		count_loss(regions, old, call);
		count_growth(regions, now);
	}
	regions_change(regions, now);
}

uint32_t regions_add(struct regions *regions, const struct extent *extent, enum region_kind kind,
		     uint64_t time_ns)
{
	struct extent made = *extent;

	made.region = region_new(regions->pool);
	*region_of(regions, made.region) =
		(struct region){.kind = kind, .owner = extent->owner, .birth_ns = time_ns};
	regions_extend(regions, &made);
	return made.region;
}

void regions_remove(struct regions *regions, uint64_t start, uint64_t end, uint32_t returner,
		    uint64_t time_ns)
{
	struct extent part;

	while (regions_cut(regions, start, end, &part)) {
		interval_map_clear(&regions->map, part.start, part.end);
		count_loss(regions, &part, returner);
		region_shrink(regions, part.region, part.end - part.start, returner, time_ns);
		start = part.end;
	}
}

void regions_fork(struct regions *regions, struct regions *child)
{
	struct extent part;

	*child = (struct regions){.pool = regions->pool};
	for (uint64_t at = 0; regions_find(regions, at, UINT64_MAX, &part); at = part.end) {
		if (part.flags & EXTENT_NOT_FORKED)
			continue;
		region_of(child, part.region)->live_bytes += part.end - part.start;
		part.flags |= EXTENT_INHERITED;
		regions_change(child, &part);
	}
}

void regions_move(struct regions *from, uint64_t start, uint64_t end, struct regions *to,
		  uint64_t shift)
{
	struct extent part;

	while (regions_cut(from, start, end, &part)) {
		interval_map_clear(&from->map, part.start, part.end);
		start = part.end;
		part.start += shift;
		part.end += shift;
		regions_change(to, &part);
	}
}

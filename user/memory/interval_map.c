// SPDX-License-Identifier: MIT
#include "memory/interval_map.h"

#define LEAF_SPANS 32

struct leaf {
	uint32_t nr;
	struct span spans[LEAF_SPANS];
};

/* A range's place; leaf == the number of leaves: behind all ranges. */
struct place {
	size_t leaf;
	uint32_t at;
};

static bool is_same(const struct span *a, const struct span *b)
{
	return a->value[0] == b->value[0] && a->value[1] == b->value[1];
}

/* The first range that ends behind the address. */
static struct place place_of(const struct interval_map *map, uint64_t address)
{
	size_t low = 0, high = map->leaves.size;
	struct place place = {0};

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct leaf *leaf = map->leaves.items[middle];

		if (leaf->spans[leaf->nr - 1].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	place.leaf = low;
	if (low == map->leaves.size)
		return place;
	for (uint32_t top = map->leaves.items[low]->nr; place.at < top;) {
		uint32_t middle = (place.at + top) / 2;

		if (map->leaves.items[low]->spans[middle].end <= address)
			place.at = middle + 1;
		else
			top = middle;
	}
	return place;
}

static struct span *span_at(const struct interval_map *map, struct place place)
{
	return place.leaf < map->leaves.size ? &map->leaves.items[place.leaf]->spans[place.at]
					     : NULL;
}

static struct span *span_before(const struct interval_map *map, struct place place)
{
	struct leaf *leaf;

	if (place.at)
		return &map->leaves.items[place.leaf]->spans[place.at - 1];
	if (!place.leaf)
		return NULL;
	leaf = map->leaves.items[place.leaf - 1];
	return &leaf->spans[leaf->nr - 1];
}

static void leaf_insert(struct interval_map *map, size_t at, struct leaf *leaf)
{
	vec_push(&map->leaves);
	memmove(&map->leaves.items[at + 1], &map->leaves.items[at],
		(map->leaves.size - 1 - at) * sizeof leaf);
	map->leaves.items[at] = leaf;
}

/* Moves the upper half of a full leaf into one of its own. */
static void leaf_split(struct interval_map *map, size_t at)
{
	struct leaf *low = map->leaves.items[at], *high = xnew(struct leaf);

	high->nr = low->nr / 2;
	low->nr -= high->nr;
	memcpy(high->spans, low->spans + low->nr, high->nr * sizeof *high->spans);
	leaf_insert(map, at + 1, high);
}

/* Where a range goes that comes right before `place`: behind all ranges, into the last leaf. */
static struct place make_room(struct interval_map *map, struct place place)
{
	struct leaf *leaf;

	if (!map->leaves.size)
		leaf_insert(map, 0, xnew(struct leaf));
	if (place.leaf == map->leaves.size) {
		place.leaf--;
		place.at = map->leaves.items[place.leaf]->nr;
	}
	if (map->leaves.items[place.leaf]->nr < LEAF_SPANS)
		return place;
	leaf_split(map, place.leaf);
	leaf = map->leaves.items[place.leaf];
	if (place.at > leaf->nr)
		place = (struct place){place.leaf + 1, place.at - leaf->nr};
	return place;
}

static void insert_before(struct interval_map *map, struct place place, const struct span *span)
{
	struct leaf *leaf;

	place = make_room(map, place);
	leaf = map->leaves.items[place.leaf];
	memmove(&leaf->spans[place.at + 1], &leaf->spans[place.at],
		(leaf->nr - place.at) * sizeof *leaf->spans);
	leaf->spans[place.at] = *span;
	leaf->nr++;
}

static void erase(struct interval_map *map, struct place place)
{
	struct leaf *leaf = map->leaves.items[place.leaf];

	leaf->nr--;
	memmove(&leaf->spans[place.at], &leaf->spans[place.at + 1],
		(leaf->nr - place.at) * sizeof *leaf->spans);
	if (leaf->nr)
		return;
	free(leaf);
	map->leaves.size--;
	memmove(&map->leaves.items[place.leaf], &map->leaves.items[place.leaf + 1],
		(map->leaves.size - place.leaf) * sizeof leaf);
}

void interval_map_fini(struct interval_map *map)
{
	vec_each (&map->leaves, leaf)
		free(*leaf);
	vec_free(&map->leaves);
}

void interval_map_copy(const struct interval_map *map, struct interval_map *out)
{
	*out = (struct interval_map){0};
	vec_extend(&out->leaves, map->leaves.size);
	for (size_t i = 0; i < map->leaves.size; i++) {
		out->leaves.items[i] = xnew(struct leaf);
		*out->leaves.items[i] = *map->leaves.items[i];
	}
}

bool interval_map_find(const struct interval_map *map, uint64_t start, uint64_t end,
		       struct span *out)
{
	const struct span *span = start < end ? span_at(map, place_of(map, start)) : NULL;

	if (!span || span->start >= end)
		return false;
	*out = *span;
	return true;
}

bool interval_map_cut(const struct interval_map *map, uint64_t start, uint64_t end,
		      struct span *out)
{
	if (!interval_map_find(map, start, end, out))
		return false;
	if (out->start < start)
		out->start = start;
	if (out->end > end)
		out->end = end;
	return true;
}

void interval_map_clear(struct interval_map *map, uint64_t start, uint64_t end)
{
	struct place place;
	struct span *span;

	while ((span = span_at(map, place = place_of(map, start))) && span->start < end) {
		struct span rest = *span;

		if (span->start < start) {
			span->end = start;
			rest.start = end;
			if (rest.end > end)
				insert_before(map, place_of(map, start), &rest);
		} else if (span->end > end) {
			span->start = end;
		} else {
			erase(map, place);
		}
	}
}

void interval_map_set(struct interval_map *map, const struct span *span)
{
	struct place place;
	struct span *before, *after;

	if (span->start >= span->end)
		return;
	interval_map_clear(map, span->start, span->end);
	place = place_of(map, span->start);
	before = span_before(map, place);
	after = span_at(map, place);
	if (before && (before->end != span->start || !is_same(before, span)))
		before = NULL;
	if (after && (after->start != span->end || !is_same(after, span)))
		after = NULL;
	if (before) {
		before->end = after ? after->end : span->end;
		if (after)
			erase(map, place);
	} else if (after) {
		after->start = span->start;
	} else {
		insert_before(map, place, span);
	}
}

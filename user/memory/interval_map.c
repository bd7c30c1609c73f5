// SPDX-License-Identifier: MIT
#include "memory/interval_map.h"

#include "base/search.h"

#define LEAF_SPANS 32

struct leaf {
	uint32_t nr;
	struct span spans[LEAF_SPANS];
};

/* A range's place; branch == the number of branches: behind all ranges. */
struct place {
	size_t branch;
	uint32_t at;
};

static bool is_same(const struct span *a, const struct span *b)
{
	return a->value[0] == b->value[0] && a->value[1] == b->value[1];
}

static struct leaf *leaf_at(const struct interval_map *map, size_t branch)
{
	return map->branches.items[branch].leaf;
}

static bool branch_holds(const struct interval_map *map, size_t branch, uint64_t address)
{
	return branch < map->branches.size && address < map->branches.items[branch].end &&
	       (!branch || address >= map->branches.items[branch - 1].end);
}

/* The first branch that ends behind the address. */
static size_t branch_of(struct interval_map *map, uint64_t address)
{
	if (!branch_holds(map, map->last, address))
		map->last = search_first(i, 0, map->branches.size,
					 map->branches.items[i].end > address);
	return map->last;
}

/* The first range that ends behind the address. */
static struct place place_of(struct interval_map *map, uint64_t address)
{
	struct place place = {.branch = branch_of(map, address)};
	const struct leaf *leaf;
	uint32_t top;

	if (place.branch == map->branches.size)
		return place;
	leaf = leaf_at(map, place.branch);
	for (top = leaf->nr; place.at < top;) {
		uint32_t middle = (place.at + top) / 2;

		if (leaf->spans[middle].end <= address)
			place.at = middle + 1;
		else
			top = middle;
	}
	return place;
}

static struct span *span_at(const struct interval_map *map, struct place place)
{
	return place.branch < map->branches.size ? &leaf_at(map, place.branch)->spans[place.at]
						 : NULL;
}

/* The place before another one; false when that is the first. */
static bool place_before(const struct interval_map *map, struct place *place)
{
	if (place->at) {
		place->at--;
		return true;
	}
	if (!place->branch)
		return false;
	place->branch--;
	place->at = leaf_at(map, place->branch)->nr - 1;
	return true;
}

/* After a change to a leaf. */
static void branch_update(struct interval_map *map, size_t branch)
{
	const struct leaf *leaf = leaf_at(map, branch);

	map->branches.items[branch].end = leaf->spans[leaf->nr - 1].end;
}

static void leaf_insert(struct interval_map *map, size_t at, struct leaf *leaf)
{
	vec_push(&map->branches);
	memmove(&map->branches.items[at + 1], &map->branches.items[at],
		(map->branches.size - 1 - at) * sizeof *map->branches.items);
	map->branches.items[at] = (struct branch){.leaf = leaf};
}

/* Moves the upper half of a full leaf into one of its own. */
static void leaf_split(struct interval_map *map, size_t at)
{
	struct leaf *low = leaf_at(map, at), *high = xnew(struct leaf);

	high->nr = low->nr / 2;
	low->nr -= high->nr;
	memcpy(high->spans, low->spans + low->nr, high->nr * sizeof *high->spans);
	leaf_insert(map, at + 1, high);
	branch_update(map, at);
	branch_update(map, at + 1);
}

/* Where a range goes that comes right before `place`: behind all ranges, into the last leaf. */
static struct place make_room(struct interval_map *map, struct place place)
{
	struct leaf *leaf;

	if (!map->branches.size)
		leaf_insert(map, 0, xnew(struct leaf));
	if (place.branch == map->branches.size) {
		place.branch--;
		place.at = leaf_at(map, place.branch)->nr;
	}
	if (leaf_at(map, place.branch)->nr < LEAF_SPANS)
		return place;
	leaf_split(map, place.branch);
	leaf = leaf_at(map, place.branch);
	if (place.at > leaf->nr)
		place = (struct place){place.branch + 1, place.at - leaf->nr};
	return place;
}

static void insert_before(struct interval_map *map, struct place place, const struct span *span)
{
	struct leaf *leaf;

	place = make_room(map, place);
	leaf = leaf_at(map, place.branch);
	memmove(&leaf->spans[place.at + 1], &leaf->spans[place.at],
		(leaf->nr - place.at) * sizeof *leaf->spans);
	leaf->spans[place.at] = *span;
	leaf->nr++;
	branch_update(map, place.branch);
}

static void erase(struct interval_map *map, struct place place)
{
	struct leaf *leaf = leaf_at(map, place.branch);

	leaf->nr--;
	memmove(&leaf->spans[place.at], &leaf->spans[place.at + 1],
		(leaf->nr - place.at) * sizeof *leaf->spans);
	if (leaf->nr) {
		branch_update(map, place.branch);
		return;
	}
	free(leaf);
	map->branches.size--;
	memmove(&map->branches.items[place.branch], &map->branches.items[place.branch + 1],
		(map->branches.size - place.branch) * sizeof *map->branches.items);
}

void interval_map_fini(struct interval_map *map)
{
	vec_each (&map->branches, branch)
		free(branch->leaf);
	vec_free(&map->branches);
}

bool interval_map_find(struct interval_map *map, uint64_t start, uint64_t end, struct span *out)
{
	const struct span *span = start < end ? span_at(map, place_of(map, start)) : NULL;

	if (!span || span->start >= end)
		return false;
	*out = *span;
	return true;
}

bool interval_map_cut(struct interval_map *map, uint64_t start, uint64_t end, struct span *out)
{
	if (!interval_map_find(map, start, end, out))
		return false;
	if (out->start < start)
		out->start = start;
	if (out->end > end)
		out->end = end;
	return true;
}

/* Cuts a range at `start` and `end`, both inside of it or beyond: what is between goes. */
static void cut_out(struct interval_map *map, struct place place, uint64_t start, uint64_t end)
{
	struct span *span = span_at(map, place), rest = *span;

	if (span->start < start) {
		span->end = start;
		branch_update(map, place.branch);
		rest.start = end;
		if (rest.end > end)
			insert_before(map, place_of(map, start), &rest);
	} else if (span->end > end) {
		span->start = end;
	} else {
		erase(map, place);
	}
}

void interval_map_clear(struct interval_map *map, uint64_t start, uint64_t end)
{
	struct place place;
	struct span *span;

	while (start < end && (span = span_at(map, place = place_of(map, start))) &&
	       span->start < end)
		cut_out(map, place, start, end);
}

void interval_map_set(struct interval_map *map, const struct span *span)
{
	struct place place, left;
	struct span *before = NULL, *after;

	if (span->start >= span->end)
		return;
	interval_map_clear(map, span->start, span->end);
	left = place = place_of(map, span->start);
	after = span_at(map, place);
	if (place_before(map, &left))
		before = span_at(map, left);
	if (before && (before->end != span->start || !is_same(before, span)))
		before = NULL;
	if (after && (after->start != span->end || !is_same(after, span)))
		after = NULL;
	if (before) {
		before->end = after ? after->end : span->end;
		branch_update(map, left.branch);
		if (after)
			erase(map, place);
	} else if (after) {
		after->start = span->start;
	} else {
		insert_before(map, place, span);
	}
}

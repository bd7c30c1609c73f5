// SPDX-License-Identifier: MIT
#include "symbols/range_index.h"

#include "base/search.h"

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_ranges(const void *left, const void *right)
{
	const struct range *a = left, *b = right;
	int order = compare(a->start, b->start);

	if (!order)
		order = compare(a->depth, b->depth);
	if (!order)
		order = compare(b->end, a->end);
	return order ? order : compare(a->owner, b->owner);
}

static void begin_segment(struct range_index *index, uint64_t start, uint32_t owner)
{
	size_t size = index->segments.size;
	struct segment *last = size ? &index->segments.items[size - 1] : NULL;

	if (last && last->start == start)
		last->owner = owner;
	else if (!last || last->owner != owner)
		*vec_push(&index->segments) = (struct segment){start, owner};
}

/* Ranges still open, outermost first. One that outlasts the range around it stays open after it. */
struct open_ranges {
	struct range *items;
	size_t size, capacity;
};

/* Ends what ends at or before `address`; each end gives the ground back to the range around it. */
static void close_ranges(struct range_index *index, struct open_ranges *open, uint64_t address)
{
	while (open->size && open->items[open->size - 1].end <= address) {
		uint64_t end = open->items[--open->size].end;

		while (open->size && open->items[open->size - 1].end <= end)
			open->size--;
		begin_segment(index, end,
			      open->size ? open->items[open->size - 1].owner : NO_OWNER);
	}
}

void range_index_fini(struct range_index *index)
{
	vec_free(&index->ranges);
	vec_free(&index->segments);
}

void range_index_add(struct range_index *index, uint64_t start, uint64_t end, uint32_t depth,
		     uint32_t owner)
{
	if (start && start < end)
		*vec_push(&index->ranges) = (struct range){start, end, depth, owner};
}

void range_index_seal(struct range_index *index)
{
	struct open_ranges open = {0};

	if (index->ranges.size)
		qsort(index->ranges.items, index->ranges.size, sizeof *index->ranges.items,
		      compare_ranges);
	vec_each (&index->ranges, range) {
		close_ranges(index, &open, range->start);
		*vec_push(&open) = *range;
		begin_segment(index, range->start, range->owner);
	}
	close_ranges(index, &open, UINT64_MAX);
	vec_free(&open);
	vec_free(&index->ranges);
}

uint32_t range_index_find(const struct range_index *index, uint64_t address)
{
	size_t behind =
		search_first(i, 0, index->segments.size, index->segments.items[i].start > address);

	return behind ? index->segments.items[behind - 1].owner : NO_OWNER;
}

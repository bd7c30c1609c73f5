// SPDX-License-Identifier: MIT
#include "memory/pages.h"

static bool is_own(enum page_state state)
{
	return state == PAGE_OWN || state == PAGE_SHARED || state == PAGE_AHEAD ||
	       state == PAGE_HUGE || state == PAGE_OFFERED;
}

static struct page_range range_of(const struct span *span)
{
	return (struct page_range){
		.start = span->start,
		.end = span->end,
		.state = (enum page_state)span->value[0],
		.returner = (uint32_t)span->value[1],
	};
}

static void forget_own(struct pages *pages, uint64_t start, uint64_t end)
{
	struct span span;

	for (; interval_map_cut(&pages->map, start, end, &span); start = span.end) {
		if (is_own((enum page_state)span.value[0]))
			pages->own_bytes -= span.end - span.start;
	}
}

void pages_fini(struct pages *pages)
{
	interval_map_fini(&pages->map);
	pages->own_bytes = 0;
}

struct page_range pages_at(struct pages *pages, uint64_t start, uint64_t end)
{
	struct page_range never = {.start = start, .end = end};
	struct span span;

	if (!interval_map_cut(&pages->map, start, end, &span))
		return never;
	never.end = span.start;
	return span.start > start ? never : range_of(&span);
}

void pages_set(struct pages *pages, uint64_t start, uint64_t end, enum page_state state,
	       uint32_t returner)
{
	struct span span = {start, end, {state, returner}};

	if (start >= end)
		return;
	forget_own(pages, start, end);
	if (is_own(state))
		pages->own_bytes += end - start;
	if (state == PAGE_NEVER)
		interval_map_clear(&pages->map, start, end);
	else
		interval_map_set(&pages->map, &span);
}

void pages_give_back(struct pages *pages, uint64_t start, uint64_t end, uint32_t returner)
{
	while (start < end) {
		struct page_range range = pages_at(pages, start, end);

		if (range.state == PAGE_FILE)
			pages_set(pages, range.start, range.end, PAGE_NEVER, 0);
		else if (range.state != PAGE_NEVER && range.state != PAGE_GONE &&
			 range.state != PAGE_DOUBTFUL)
			pages_set(pages, range.start, range.end, PAGE_GONE, returner);
		start = range.end;
	}
}

void pages_offer(struct pages *pages, uint64_t start, uint64_t end, uint32_t returner)
{
	while (start < end) {
		struct page_range range = pages_at(pages, start, end);

		if (range.state == PAGE_FILE)
			pages_set(pages, range.start, range.end, PAGE_NEVER, 0);
		else if (range.state == PAGE_COMMON)
			pages_set(pages, range.start, range.end, PAGE_GONE, returner);
		else if (is_own(range.state))
			pages_set(pages, range.start, range.end, PAGE_OFFERED, returner);
		start = range.end;
	}
}

void pages_doubt(struct pages *pages, uint64_t start, uint64_t end, uint32_t returner)
{
	while (start < end) {
		struct page_range range = pages_at(pages, start, end);

		if (range.state == PAGE_NEVER)
			pages_set(pages, range.start, range.end, PAGE_DOUBTFUL, returner);
		start = range.end;
	}
}

/* What a child gets to see of a page; files and shared memory it has to fault in anew. */
static enum page_state state_in_child(enum page_state state)
{
	if (state == PAGE_ZERO)
		return PAGE_ZERO;
	return is_own(state) || state == PAGE_INHERITED ? PAGE_INHERITED : PAGE_NEVER;
}

void pages_fork(struct pages *pages, struct pages *child)
{
	struct page_range range;

	*child = (struct pages){0};
	for (uint64_t at = 0; at < UINT64_MAX; at = range.end) {
		range = pages_at(pages, at, UINT64_MAX);
		if (range.state == PAGE_NEVER)
			continue;
		pages_set(child, range.start, range.end, state_in_child(range.state), 0);
		if (is_own(range.state))
			pages_set(pages, range.start, range.end, PAGE_SHARED, 0);
	}
}

void pages_move(struct pages *from, uint64_t start, uint64_t end, struct pages *to, uint64_t shift)
{
	while (start < end) {
		struct page_range range = pages_at(from, start, end);

		pages_set(from, range.start, range.end, PAGE_NEVER, 0);
		pages_set(to, range.start + shift, range.end + shift, range.state, range.returner);
		start = range.end;
	}
}

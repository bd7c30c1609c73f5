// SPDX-License-Identifier: MIT
#include "advice/group.h"

#define LEAST_REGIONS 8 /* fewer are no habit */
#define LEAST_CHURN   4 /* times that the memory was made */
#define MOST_SHARES   256
#define SIDE_SHARE    50 /* who has a fiftieth of the largest share, or less, is left out */

/* ---- Shares ---- */

static void shares_add(struct shares *shares, uint32_t id, uint64_t pages)
{
	vec_each (&shares->items, share) {
		if (share->id == id) {
			share->pages += pages;
			return;
		}
	}
	if (shares->items.size < MOST_SHARES)
		*vec_push(&shares->items) = (struct share){id, pages};
}

static int by_pages(const void *left, const void *right)
{
	const struct share *a = left, *b = right;

	if (a->pages != b->pages)
		return a->pages < b->pages ? 1 : -1;
	return (a->id > b->id) - (a->id < b->id);
}

static void shares_finish(struct shares *shares)
{
	struct share *items = shares->items.items;

	if (!shares->items.size)
		return;
	qsort(items, shares->items.size, sizeof *items, by_pages);
	while (items[shares->items.size - 1].pages < items[0].pages / SIDE_SHARE)
		shares->items.size--;
}

static bool shares_has(const struct shares *shares, uint32_t id)
{
	vec_each (&shares->items, share) {
		if (share->id == id)
			return true;
	}
	return false;
}

/* ---- The group ---- */

static uint32_t same_toucher(const struct group *g, uint32_t flow)
{
	const struct flow *wanted = &g->s->flows.items[flow];

	vec_each (&g->touchers.items, share) {
		const struct flow *known = &g->s->flows.items[share->id];

		if (!strcmp(known->toucher, wanted->toucher) &&
		    !strcmp(known->touching, wanted->touching))
			return share->id;
	}
	return flow;
}

void group_add(struct group *g, const struct situation *s, uint32_t id)
{
	const struct flow *flow = &s->flows.items[id];

	g->s = s;
	*vec_push(&g->flows) = id;
	g->faults += flow->pages;
	g->service_ns += flow->service_ns;
	g->bytes += flow->bytes;
	g->refaults += flow->cause == CAUSE_REFAULT ? flow->pages : 0;
	g->copied += flow->by_copy ? flow->pages : 0;
	g->in_threads += flow->is_thread ? flow->pages : 0;
	shares_add(&g->owners, flow->owner, flow->pages);
	if (flow->returner)
		shares_add(&g->returners, flow->returner, flow->pages);
	shares_add(&g->tasks, flow->task, flow->pages);
	shares_add(&g->touchers, same_toucher(g, id), flow->pages);
}

static bool has_kind(const struct group *g, enum region_kind kind, uint32_t size_class)
{
	vec_each (&g->flows, id) {
		const struct flow *flow = &g->s->flows.items[*id];

		if (flow->region_kind == kind &&
		    (kind != REGION_BLOCK || flow->size_class == size_class))
			return true;
	}
	return false;
}

static void add_regions(struct group *g, const struct life_row *row, uint32_t *lives)
{
	if (!g->least_bytes || row->least_bytes < g->least_bytes)
		g->least_bytes = row->least_bytes;
	if (row->most_bytes > g->most_bytes)
		g->most_bytes = row->most_bytes;
	g->regions += row->regions;
	g->returned += row->returned;
	g->region_bytes += row->bytes;
	g->size_classes |= 1U << (row->size_class < 32 ? row->size_class : 31);
	for (uint32_t i = 0; i < LIFE_BUCKETS; i++)
		lives[i] += row->lives[i];
}

static void group_regions(struct group *g)
{
	scoped_free uint32_t *lives = xcalloc(LIFE_BUCKETS, sizeof *lives);
	const struct life_row *largest = NULL;

	vec_each (&g->s->regions, regions) {
		const struct life_row *row = regions->lives;

		if (!shares_has(&g->owners, regions->owner) ||
		    !has_kind(g, row->kind, row->size_class))
			continue;
		add_regions(g, row, lives);
		if (regions->returner && (!largest || row->bytes > largest->bytes)) {
			largest = row;
			g->region_returner = regions->returner;
		}
	}
	g->median_ns =
		life_row_median_ns(&(const struct life_row){.regions = g->regions, .lives = lives});
}

void group_finish(struct group *g)
{
	shares_finish(&g->owners);
	shares_finish(&g->returners);
	shares_finish(&g->tasks);
	shares_finish(&g->touchers);
	vec_each (&g->owners.items, share) {
		const struct call_totals *totals = &g->s->sites.items[share->id].totals;

		if (!share->id)
			continue;
		g->added_bytes += totals->added_bytes;
		g->peak_bytes += totals->most_bytes;
		g->calls += totals->calls;
	}
	group_regions(g);
}

void group_fini(struct group *g)
{
	vec_free(&g->flows);
	vec_free(&g->owners.items);
	vec_free(&g->returners.items);
	vec_free(&g->tasks.items);
	vec_free(&g->touchers.items);
}

static uint32_t largest_of(const struct shares *shares)
{
	return shares->items.size ? shares->items.items[0].id : 0;
}

const struct site *group_owner(const struct group *g)
{
	return &g->s->sites.items[largest_of(&g->owners)];
}

const struct site *group_returner(const struct group *g)
{
	uint32_t id = largest_of(&g->returners);

	return &g->s->sites.items[id ? id : g->region_returner];
}

const struct flow *group_toucher(const struct group *g)
{
	return &g->s->flows.items[largest_of(&g->touchers)];
}

uint64_t group_churn(const struct group *g)
{
	uint64_t peak = g->peak_bytes < g->added_bytes ? g->peak_bytes : g->added_bytes;

	if (!g->added_bytes)
		return 0;
	return (uint64_t)((__uint128_t)g->faults * (g->added_bytes - peak) / g->added_bytes);
}

uint64_t group_faults(const struct group *g)
{
	return g->faults;
}

uint64_t group_refaults(const struct group *g)
{
	return g->refaults;
}

bool group_is_churn(const struct group *g)
{
	return g->regions >= LEAST_REGIONS && g->returned >= g->regions / 4 * 3 && g->peak_bytes &&
	       g->added_bytes / g->peak_bytes >= LEAST_CHURN;
}

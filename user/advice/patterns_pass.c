// SPDX-License-Identifier: MIT
/*
 * Much memory that is touched once: nothing is wasted, but the kernel can be asked for more than a
 * page at a time. What that saves in time is a guess, for the pages must be cleared all the same.
 */
#include "advice/pattern.h"
#include "cli/number.h"

#define LEAST_PASS_FAULTS 16384 /* 64 MiB */
#define LEAST_PASS_PART   5     /* a fifth of the processor time */
#define LEAST_CLASS       22    /* blocks of 4 MiB: a huge page fits in wherever they begin */
#define PAGES_A_HUGE_PAGE 512

static bool pass_wants(const struct situation *s, const struct flow *flow)
{
	bool is_large = flow->region_kind == REGION_HEAP || flow->size_class >= LEAST_CLASS;

	(void)s;
	return flow->owner && !flow->is_huge && is_large &&
	       (flow->region_kind == REGION_HEAP || flow->region_kind == REGION_BLOCK) &&
	       (flow->cause == CAUSE_FIRST_WRITE || flow->cause == CAUSE_HEAP_GROWTH);
}

/* Most of what was made was there at the same time. */
static bool is_worth_it(const struct group *g)
{
	uint64_t cpu_ns = g->s->cpu_ns;

	return g->faults >= LEAST_PASS_FAULTS && g->added_bytes <= 2 * g->peak_bytes &&
	       (!cpu_ns || g->service_ns >= cpu_ns / LEAST_PASS_PART);
}

/* Nearly all of what was made is touched. */
static bool is_dense(const struct group *g)
{
	return g->faults * g->s->page_bytes >= g->added_bytes / 10 * 9;
}

static bool pass_holds(const struct group *g)
{
	return is_worth_it(g) && is_dense(g);
}

static bool sparse_holds(const struct group *g)
{
	return is_worth_it(g) && !is_dense(g) && g->s->huge_pages_on_request &&
	       g->faults * g->s->page_bytes >= g->added_bytes / 4;
}

static uint64_t pass_cost(const struct group *g)
{
	return g->faults - g->faults / PAGES_A_HUGE_PAGE;
}

static const struct remedy *huge_remedy(const struct group *g)
{
	return group_owner(g)->allocator == ALLOCATOR_GLIBC && g->s->huge_pages_on_request
		       ? remedy_find("glibc-huge-pages")
		       : NULL;
}

static void pass_explain(const struct group *g, struct diagnosis *out)
{
	scoped_free char *where = site_where(group_owner(g)), *touch = flow_touch(group_toucher(g));
	char bytes[NUMBER_SIZE], faults[NUMBER_SIZE];

	out->title = xasprintf("%s of memory, made in %s, are filled page by page by %s: %s page "
			       "faults, one for each page, and each page once",
			       size_format(g->bytes, bytes), where, touch,
			       count_format(g->faults, faults));
	out->remedy = xasprintf(
		"Nothing is done twice; less memory is the surest gain. MAP_POPULATE or "
		"MADV_POPULATE_WRITE bring the same pages in without faults%s",
		g->s->huge_pages_on_request
			? ", and MADV_HUGEPAGE 512 at a time: this host gives huge pages only to "
			  "those who ask. Whether that is quicker, try: clearing them takes as long"
			: "");
	out->attempt = huge_remedy(g);
	out->saved_least_ns = 0;
}

static void sparse_explain(const struct group *g, struct diagnosis *out)
{
	scoped_free char *where = site_where(group_owner(g)), *touch = flow_touch(group_toucher(g));
	char bytes[NUMBER_SIZE], added[NUMBER_SIZE], faults[NUMBER_SIZE];

	out->title = xasprintf("%s of the %s that %s made are touched by %s, page by page, while "
			       "huge pages are not asked for: %s page faults",
			       size_format(g->bytes, bytes), size_format(g->added_bytes, added),
			       where, touch, count_format(g->faults, faults));
	out->remedy = xstrdup("MADV_HUGEPAGE brings in 512 pages at a time, also those that are "
			      "not needed: it costs memory, and may be quicker; try it");
	out->attempt = huge_remedy(g);
	out->saved_least_ns = 0;
}

const struct pattern pass_patterns[] = {
	{"first-touch-pass", pass_wants, key_by_owner, pass_holds, pass_cost, pass_explain},
	{"huge-pages-unused", pass_wants, key_by_owner, sparse_holds, pass_cost, sparse_explain},
	{0},
};

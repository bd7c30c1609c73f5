// SPDX-License-Identifier: MIT
/* The program itself maps memory and gives it back: no setting of an allocator can help. */
#include <sys/syscall.h>

#include "advice/pattern.h"
#include "cli/number.h"

/* ---- A block for each item ---- */

static bool block_wants(const struct situation *s, const struct flow *flow)
{
	const struct site *owner = flow_owner(s, flow);

	return flow->region_kind == REGION_BLOCK && owner->nr == SYS_mmap && !owner->allocator &&
	       flow->owner && flow->cause != CAUSE_COPY_ON_WRITE;
}

static void block_explain(const struct group *g, struct diagnosis *out)
{
	const struct site *returner = group_returner(g);
	const struct flow *toucher = group_toucher(g);
	scoped_free char *sizes = group_sizes(g), *where = site_where(group_owner(g));
	scoped_free char *touch = flow_touch(toucher);
	char count[NUMBER_SIZE], life[NUMBER_SIZE], faults[NUMBER_SIZE];

	out->title = xasprintf(
		"A fresh block of %s for each item: %s maps it, %s fills it, and %s unmaps it "
		"after about %s; %s such blocks took %s page faults",
		sizes, where, touch, *returner->function ? returner->function : "the program",
		duration_format(g->median_ns, life), count_format(g->regions, count),
		count_format(g->faults, faults));
	out->remedy = xasprintf(
		"Make the block once%s and use it again for the next item. %s",
		group_in_threads(g) ? " per thread" : "",
		*group_owner(g)->function
			? "No setting of malloc helps: the program calls mmap() itself"
			: "Who it is that calls mmap() cannot be told, for the stack is cut short");
}

/* ---- Given back and touched again ---- */

static bool give_back_wants(const struct situation *s, const struct flow *flow)
{
	const struct site *returner = flow_returner(s, flow);

	return flow->cause == CAUSE_REFAULT && flow->returner && !returner->allocator &&
	       flow_is_own_memory(flow) && returner->nr != SYS_munmap;
}

static const char *give_back_key(const struct situation *s, const struct flow *flow)
{
	return flow_returner(s, flow)->function;
}

static bool give_back_holds(const struct group *g)
{
	return group_returner(g)->totals.calls >= 8;
}

static void give_back_explain(const struct group *g, struct diagnosis *out)
{
	const struct site *returner = group_returner(g);
	scoped_free char *text = site_text(returner), *touch = flow_touch(group_toucher(g));
	char calls[NUMBER_SIZE], faults[NUMBER_SIZE];

	out->title = xasprintf("%s gives memory back to the kernel, %s times, and %s needs it "
			       "again: %s page faults",
			       text, count_format(returner->totals.calls, calls), touch,
			       count_format(g->faults, faults));
	out->remedy = xasprintf(
		"Keep what will be needed again: give back less often, or only what was not used "
		"for long%s",
		*returner->function ? ""
				    : ". If that is an allocator's doing, which cannot be told "
				      "without its stack, a setting of it may help");
}

const struct pattern own_patterns[] = {
	{"block-per-item", block_wants, key_by_owner, group_is_churn, group_churn, block_explain},
	{"own-give-back", give_back_wants, give_back_key, give_back_holds, group_refaults,
	 give_back_explain},
	{0},
};

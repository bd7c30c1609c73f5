// SPDX-License-Identifier: MIT
/* Allocators other than glibc's that give memory back, and then need it again. */
#include <sys/syscall.h>

#include "advice/pattern.h"
#include "cli/number.h"

#define OVERSIZE_BYTES (8ULL << 20) /* jemalloc's oversize_threshold */

static bool is_given_back(const struct situation *s, const struct flow *flow,
			  enum allocator allocator)
{
	return flow_is_own_memory(flow) && flow->cause == CAUSE_REFAULT &&
	       flow_returner(s, flow)->allocator == allocator;
}

static uint64_t bytes_a_call(const struct site *site)
{
	return site->totals.calls ? site->totals.asked_bytes / site->totals.calls : 0;
}

static bool refaults_hold(const struct group *g)
{
	return group_returner(g)->totals.calls >= 4;
}

/* "jemalloc gives memory back in f, 100 times, 40 MiB at a time, and needs it again: 9 faults" */
static char *title_of(const struct group *g)
{
	const struct site *returner = group_returner(g);
	scoped_free char *where = site_where(returner);
	char calls[NUMBER_SIZE], bytes[NUMBER_SIZE], faults[NUMBER_SIZE];

	return xasprintf("%s gives memory back to the kernel in %s, %s times, some %s each, and "
			 "needs it again: %s page faults",
			 allocator_names[returner->allocator], where,
			 count_format(returner->totals.calls, calls),
			 size_format(bytes_a_call(returner), bytes),
			 count_format(g->faults, faults));
}

/* ---- jemalloc ---- */

static bool oversize_wants(const struct situation *s, const struct flow *flow)
{
	return is_given_back(s, flow, ALLOCATOR_JEMALLOC) &&
	       bytes_a_call(flow_returner(s, flow)) >= OVERSIZE_BYTES;
}

static void oversize_explain(const struct group *g, struct diagnosis *out)
{
	out->title = title_of(g);
	out->remedy = xstrdup(
		"Blocks of 8 MiB and more come from an arena that keeps nothing. Use the block "
		"again, or set MALLOC_CONF=dirty_decay_ms:-1,muzzy_decay_ms:-1; "
		"oversize_threshold:0 helps in threads only");
	out->attempt = remedy_find("jemalloc-keep");
}

static bool decay_wants(const struct situation *s, const struct flow *flow)
{
	return is_given_back(s, flow, ALLOCATOR_JEMALLOC);
}

static void decay_explain(const struct group *g, struct diagnosis *out)
{
	out->title = title_of(g);
	out->remedy =
		xstrdup("It gives back what was not used for a while (10 s, unless set): keep it "
			"longer, by "
			"MALLOC_CONF=dirty_decay_ms:60000, or for ever, by -1");
	out->attempt = remedy_find("jemalloc-keep");
}

/* ---- Others ---- */

static bool tcmalloc_wants(const struct situation *s, const struct flow *flow)
{
	return is_given_back(s, flow, ALLOCATOR_TCMALLOC);
}

static void tcmalloc_explain(const struct group *g, struct diagnosis *out)
{
	out->title = title_of(g);
	out->remedy = xstrdup("Set TCMALLOC_RELEASE_RATE=0, so that it keeps what is freed");
	out->attempt = remedy_find("tcmalloc-keep");
}

static bool mimalloc_wants(const struct situation *s, const struct flow *flow)
{
	return flow_is_own_memory(flow) && (is_given_back(s, flow, ALLOCATOR_MIMALLOC) ||
					    flow_owner(s, flow)->allocator == ALLOCATOR_MIMALLOC);
}

static void mimalloc_explain(const struct group *g, struct diagnosis *out)
{
	out->title = title_of(g);
	if (g->most_bytes >= 16ULL << 20) {
		out->remedy = xstrdup("It maps and unmaps blocks of this size one by one, and no "
				      "option of it changes that: use the block again, or take "
				      "another allocator");
		return;
	}
	out->remedy = xstrdup("Use the blocks again; MIMALLOC_PURGE_DELAY=-1 (2.1 and newer) or "
			      "MIMALLOC_ALLOW_DECOMMIT=0 (2.0) let it give back less");
}

static bool musl_wants(const struct situation *s, const struct flow *flow)
{
	return flow_is_own_memory(flow) && flow_owner(s, flow)->allocator == ALLOCATOR_MUSL;
}

static void musl_explain(const struct group *g, struct diagnosis *out)
{
	out->title = title_of(g);
	out->remedy = xstrdup("musl maps and unmaps blocks above 128 KiB one by one, and has no "
			      "setting: use the block again, or link another allocator");
}

static uint64_t churn_or_refaults(const struct group *g)
{
	uint64_t churn = group_churn(g);

	return churn > g->refaults ? churn : g->refaults;
}

const struct pattern library_patterns[] = {
	{"jemalloc-oversize-purge", oversize_wants, NULL, refaults_hold, group_refaults,
	 oversize_explain},
	{"jemalloc-decay", decay_wants, NULL, refaults_hold, group_refaults, decay_explain},
	{"tcmalloc-release", tcmalloc_wants, NULL, refaults_hold, group_refaults, tcmalloc_explain},
	{"mimalloc-unmap", mimalloc_wants, NULL, group_is_churn, churn_or_refaults,
	 mimalloc_explain},
	{"musl-unmap", musl_wants, NULL, group_is_churn, group_churn, musl_explain},
	{0},
};

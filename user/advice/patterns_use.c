// SPDX-License-Identifier: MIT
/* Patterns of how memory is used, whoever provides it: they come before those of allocators. */
#include "advice/contexts.h"
#include "advice/pattern.h"
#include "cli/number.h"
#include "decode/byte_flow.h"

#define LEAST_CONTEXTS      8
#define LEAST_CLASSES       3    /* sizes that a growing block goes through */
#define LEAST_COPIED_PART   5    /* a fifth of its faults are copies */
#define LEAST_COPIES        8192 /* of one process after its forks */
#define LEAST_COPIES_A_FORK 256  /* below, it is what any fork costs */

/* ---- read() into fresh memory ---- */

static bool read_wants(const struct situation *s, const struct flow *flow)
{
	(void)s;
	return flow->in_kernel && flow->syscall && byte_flow_of(flow->syscall - 1) == FLOW_READ &&
	       flow_is_own_memory(flow);
}

static void read_explain(const struct group *g, struct diagnosis *out)
{
	const struct flow *toucher = group_toucher(g);
	scoped_free char *sizes = group_sizes(g), *where = site_where(group_owner(g));
	char count[NUMBER_SIZE], faults[NUMBER_SIZE];

	out->title = xasprintf(
		"%s fills fresh memory each time, so the kernel has to bring it in page by page "
		"while it copies: %s buffers of %s, made in %s, took %s page faults",
		toucher->toucher, count_format(g->regions, count), sizes, where,
		count_format(g->faults, faults));
	out->remedy = xasprintf(
		"Read into one buffer that is kept for the next item: one of 64 KiB to 1 MiB "
		"stays in the cache, too");
	out->attempt = group_keeper(g);
}

/* ---- Copies after fork ---- */

static bool cow_wants(const struct situation *s, const struct flow *flow)
{
	(void)s;
	return flow->cause == CAUSE_COPY_ON_WRITE;
}

/* A process is one group. */
static const char *cow_key(const struct situation *s, const struct flow *flow)
{
	(void)s;
	return flow->process_name;
}

static uint32_t group_process(const struct group *g)
{
	return g->s->flows.items[g->flows.items[0]].process;
}

static uint64_t group_forks(const struct group *g)
{
	uint32_t process = group_process(g);

	return process < g->s->forks.size ? g->s->forks.items[process] : 0;
}

static bool cow_holds(const struct group *g)
{
	uint64_t forks = group_forks(g);

	return g->faults >= LEAST_COPIES && g->faults >= LEAST_COPIES_A_FORK * (forks ? forks : 1);
}

static void cow_explain(const struct group *g, struct diagnosis *out)
{
	scoped_free char *touch = flow_touch(group_toucher(g));
	uint64_t forks = group_forks(g);
	char faults[NUMBER_SIZE], bytes[NUMBER_SIZE], count[NUMBER_SIZE];

	out->title = xasprintf(
		"After %s%s, each page that is written again must be copied first, since parent "
		"and child share it: %s pages (%s), written by %s",
		forks ? count_format(forks, count) : "its",
		forks == 1 ? " fork"
		: forks    ? " forks"
			   : " birth by fork",
		count_format(g->faults, faults), size_format(g->bytes, bytes), touch);
	out->remedy = xstrdup(
		"That is the price of a snapshot by fork, and no setting avoids it. Write less "
		"while the child lives, fork when little is changed, or give the child what it "
		"needs otherwise; for a child that only executes another program, use "
		"posix_spawn() or vfork()");
	out->saved_faults = out->saved_least_ns = out->saved_most_ns = 0;
}

/* ---- Threads that race for a page ---- */

static bool race_wants(const struct situation *s, const struct flow *flow)
{
	return flow->cause == CAUSE_REFAULT_UNASKED && !flow->is_major && !s->has_swap &&
	       !s->has_numa_balancing && flow_is_own_memory(flow);
}

static bool race_holds(const struct group *g)
{
	return g->tasks.items.size > 1 && g->in_threads;
}

static void race_explain(const struct group *g, struct diagnosis *out)
{
	scoped_free char *touch = flow_touch(group_toucher(g));
	char faults[NUMBER_SIZE];

	out->title = xasprintf("%zu threads touch the same fresh pages at the same time: %s page "
			       "faults in %s found the page there already",
			       g->tasks.items.size, count_format(g->faults, faults), touch);
	out->remedy = xstrdup("Let each thread touch first the part that it works on, or bring "
			      "the memory in before the threads start: MAP_POPULATE, or "
			      "MADV_POPULATE_WRITE");
}

/* ---- Growth by copying ---- */

static bool growth_wants(const struct situation *s, const struct flow *flow)
{
	return flow->owner && flow_is_own_memory(flow) && *flow_owner(s, flow)->function &&
	       (flow->cause == CAUSE_FIRST_WRITE || flow->cause == CAUSE_REFAULT ||
		flow->cause == CAUSE_HEAP_GROWTH);
}

/* Classes next to each other. */
static uint32_t longest_ladder(uint32_t classes)
{
	uint32_t longest = 0;

	for (; classes; longest++)
		classes &= classes << 1;
	return longest;
}

/* Of each size there are about as many: each block went through all of them. */
static bool growth_holds(const struct group *g)
{
	return longest_ladder(g->size_classes) >= LEAST_CLASSES &&
	       g->copied >= g->faults / LEAST_COPIED_PART && g->most_bytes >= 4 * g->least_bytes &&
	       g->returned >= g->regions / 2 &&
	       g->regions < 16ULL * (uint32_t)__builtin_popcount(g->size_classes);
}

static uint64_t growth_cost(const struct group *g)
{
	return g->copied;
}

static void growth_explain(const struct group *g, struct diagnosis *out)
{
	const struct site *owner = group_owner(g);
	scoped_free char *sizes = group_sizes(g), *where = site_where(owner);
	char count[NUMBER_SIZE], copied[NUMBER_SIZE];

	out->title = xasprintf(
		"A block grows by being copied into a larger one, again and again: "
		"%s blocks of %s, made in %s; filling the copies took %s page faults",
		count_format(g->regions, count), sizes, where, count_format(g->copied, copied));
	out->remedy = owner->allocator == ALLOCATOR_GLIBC || owner->allocator == ALLOCATOR_MUSL
			      ? xstrdup("Ask for the final size at once (reserve), or grow with "
					"realloc(): for blocks of this size it moves the pages "
					"(mremap) and copies nothing")
		      : owner->allocator
			      ? xasprintf("Ask for the final size at once (reserve): realloc() "
					  "copies, too, in %s",
					  allocator_names[owner->allocator])
			      : xstrdup("Ask for the final size at once, or grow with mremap(), "
					"which moves the pages and copies nothing");
}

/* ---- Contexts of libraries ---- */

static bool context_wants(const struct situation *s, const struct flow *flow)
{
	return *flow_owner(s, flow)->maker && flow_is_own_memory(flow);
}

static const char *context_key(const struct situation *s, const struct flow *flow)
{
	return context_kind_of(flow_owner(s, flow)->maker)->name;
}

static bool context_holds(const struct group *g)
{
	return (g->regions >= LEAST_CONTEXTS || g->calls >= LEAST_CONTEXTS) && g->peak_bytes &&
	       g->added_bytes / g->peak_bytes >= 2;
}

static void context_explain(const struct group *g, struct diagnosis *out)
{
	const struct site *owner = group_owner(g);
	const struct context_kind *kind = context_kind_of(owner->maker);
	scoped_free char *where = site_where(owner);
	char calls[NUMBER_SIZE], faults[NUMBER_SIZE], added[NUMBER_SIZE];

	out->title = xasprintf("A new %s for each item: %s in %s fetched memory %s times, %s in "
			       "all, and it was given back each time, which took %s page faults",
			       kind->name, owner->maker, where, count_format(g->calls, calls),
			       size_format(g->added_bytes, added), count_format(g->faults, faults));
	out->remedy = xasprintf("Use the context again: %s", kind->reuse);
	out->attempt = group_keeper(g);
}

const struct pattern use_patterns[] = {
	{"read-into-fresh-memory", read_wants, NULL, group_is_churn, group_churn, read_explain},
	{"copy-on-write-after-fork", cow_wants, cow_key, cow_holds, group_faults, cow_explain},
	{"threads-racing", race_wants, NULL, race_holds, group_faults, race_explain},
	{"growth-by-copy", growth_wants, key_by_owner, growth_holds, growth_cost, growth_explain},
	{"context-per-item", context_wants, context_key, context_holds, group_churn,
	 context_explain},
	{0},
};

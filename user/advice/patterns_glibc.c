// SPDX-License-Identifier: MIT
/*
 * glibc's malloc gives memory back more often than a program would: by trimming the top of a heap,
 * and by mapping large blocks. Which setting keeps it depends on size and thread; each was measured
 * (see remedy.h).
 */
#include <sys/syscall.h>

#include "advice/pattern.h"
#include "cli/number.h"

#define MMAP_THRESHOLD_MAX_CLASS 25 /* blocks of 32 MiB and more are always mapped */
#define MANY_OF_A_CLASS          32 /* sizes that only ever grow are fewer */
#define TRIM_CALLS_PART          4  /* one malloc_trim() for so many calls of free() that trim */
#define HEAP_MAX_CLASS           26 /* of 64 MiB: no thread's heap has room for them */

static bool is_glibc_refault(const struct situation *s, const struct flow *flow)
{
	return flow->cause == CAUSE_REFAULT && flow_returner(s, flow)->allocator == ALLOCATOR_GLIBC;
}

static bool refaults_hold(const struct group *g)
{
	return group_returner(g)->totals.calls >= 8;
}

/* ---- Trimming ---- */

static bool is_trim_call(const struct site *site)
{
	return site->allocator == ALLOCATOR_GLIBC && strstr(site->entry, "malloc_trim");
}

static bool trim_call_wants(const struct situation *s, const struct flow *flow)
{
	return is_glibc_refault(s, flow) && is_trim_call(flow_returner(s, flow));
}

static void trim_call_explain(const struct group *g, struct diagnosis *out)
{
	const struct site *returner = group_returner(g);
	scoped_free char *where = site_where(returner);
	char faults[NUMBER_SIZE];

	out->title = xasprintf("The program calls malloc_trim() in %s, and needs the memory again "
			       "afterwards: %s page faults",
			       where, count_format(g->faults, faults));
	out->remedy = xstrdup("Call it less often, or only when the program is going to be idle");
}

/* Whether malloc_trim() would give back all that a setting makes free() keep. */
static bool is_trimmed_anyway(const struct group *g)
{
	uint64_t calls = 0;

	vec_each (&g->s->sites, site)
		calls += is_trim_call(site) ? site->totals.calls : 0;
	return calls > group_returner(g)->totals.calls / TRIM_CALLS_PART;
}

static void advise_keeping(const struct group *g, const char *how, struct diagnosis *out)
{
	bool is_vain = is_trimmed_anyway(g);

	out->remedy = xasprintf("%s%s",
				is_vain ? "Call malloc_trim() less often, for it gives back all "
					  "that a setting would keep. "
					: "",
				how);
	if (is_vain)
		out->saved_faults = out->saved_least_ns = out->saved_most_ns = 0;
	else
		out->attempt = remedy_find("glibc-keep");
}

static bool heap_wants(const struct situation *s, const struct flow *flow)
{
	return is_glibc_refault(s, flow) && flow->region_kind == REGION_HEAP &&
	       flow_returner(s, flow)->nr == SYS_brk;
}

static void heap_explain(const struct group *g, struct diagnosis *out)
{
	const struct site *returner = group_returner(g);
	scoped_free char *where = site_where(returner);
	char faults[NUMBER_SIZE], calls[NUMBER_SIZE];

	out->title = xasprintf("free() in %s gives the top of the heap back to the kernel, %s "
			       "times, and the next malloc() fetches it again: %s page faults",
			       where, count_format(returner->totals.calls, calls),
			       count_format(g->faults, faults));
	advise_keeping(
		g,
		"Let malloc keep it: set MALLOC_TRIM_THRESHOLD_ and MALLOC_TOP_PAD_ in the "
		"environment, and MALLOC_MMAP_THRESHOLD_ with them, for to set one freezes the "
		"others; or mallopt() in the program; or keep the blocks and use them again",
		out);
}

static bool arena_wants(const struct situation *s, const struct flow *flow)
{
	return is_glibc_refault(s, flow) && flow->region_kind == REGION_ARENA;
}

static void arena_explain(const struct group *g, struct diagnosis *out)
{
	const struct site *returner = group_returner(g);
	scoped_free char *where = site_where(returner);
	char faults[NUMBER_SIZE], calls[NUMBER_SIZE];

	out->title = xasprintf("free() in %s gives the end of its thread's heap back to the "
			       "kernel, %s times, and the next malloc() needs it again: %s page "
			       "faults",
			       where, count_format(returner->totals.calls, calls),
			       count_format(g->faults, faults));
	advise_keeping(
		g,
		"Let malloc keep it: set MALLOC_TRIM_THRESHOLD_ in the environment, and "
		"MALLOC_MMAP_THRESHOLD_ with it, for to set one freezes the other; or keep the "
		"blocks and use them again; or take another allocator (--try jemalloc)",
		out);
}

/* ---- Mapped blocks ---- */

static bool is_mapped_block(const struct situation *s, const struct flow *flow)
{
	return flow_owner(s, flow)->allocator == ALLOCATOR_GLIBC &&
	       flow->region_kind == REGION_BLOCK && flow->cause != CAUSE_COPY_ON_WRITE &&
	       flow_owner(s, flow)->nr != SYS_mprotect;
}

static bool frozen_wants(const struct situation *s, const struct flow *flow)
{
	return is_mapped_block(s, flow) && flow->size_class < MMAP_THRESHOLD_MAX_CLASS;
}

/* A threshold that is not frozen maps only blocks that are larger than all that were freed. */
static bool frozen_holds(const struct group *g)
{
	uint32_t classes = (uint32_t)__builtin_popcount(g->size_classes);

	return group_is_churn(g) && (g->least_bytes == g->most_bytes ||
				     g->regions >= MANY_OF_A_CLASS * (uint64_t)classes);
}

static void frozen_explain(const struct group *g, struct diagnosis *out)
{
	scoped_free char *sizes = group_sizes(g), *where = site_where(group_owner(g));
	char count[NUMBER_SIZE], faults[NUMBER_SIZE];

	out->title = xasprintf("malloc() in %s maps each block and free() unmaps it, because "
			       "malloc's mmap threshold was frozen: %s blocks of %s took %s page "
			       "faults",
			       where, count_format(g->regions, count), sizes,
			       count_format(g->faults, faults));
	out->remedy = xstrdup(
		"The threshold follows the program by itself until one of malloc's thresholds is "
		"set: look for MALLOC_..._ or GLIBC_TUNABLES in the environment, or mallopt() in "
		"the program. Do not set it, or set MALLOC_MMAP_THRESHOLD_ and "
		"MALLOC_TRIM_THRESHOLD_ together, both above the size of the blocks");
	out->attempt = remedy_find("glibc-keep");
}

static bool large_wants(const struct situation *s, const struct flow *flow)
{
	return is_mapped_block(s, flow) && flow->size_class >= MMAP_THRESHOLD_MAX_CLASS &&
	       !(flow->is_thread && flow->size_class >= HEAP_MAX_CLASS);
}

static void large_explain(const struct group *g, struct diagnosis *out)
{
	scoped_free char *sizes = group_sizes(g), *where = site_where(group_owner(g));
	char count[NUMBER_SIZE], faults[NUMBER_SIZE];

	out->title = xasprintf("malloc() in %s maps a fresh block for each item and free() unmaps "
			       "it: %s blocks of %s took %s page faults; above 32 MiB malloc keeps "
			       "none by itself",
			       where, count_format(g->regions, count), sizes,
			       count_format(g->faults, faults));
	out->remedy = xstrdup("Keep one block and use it again; or set MALLOC_MMAP_THRESHOLD_ and "
			      "MALLOC_TRIM_THRESHOLD_ together, both above the size of the blocks");
	out->attempt = remedy_find("glibc-keep");
}

static bool huge_wants(const struct situation *s, const struct flow *flow)
{
	return is_mapped_block(s, flow) && flow->size_class >= HEAP_MAX_CLASS && flow->is_thread;
}

static void huge_explain(const struct group *g, struct diagnosis *out)
{
	scoped_free char *sizes = group_sizes(g), *where = site_where(group_owner(g));
	char count[NUMBER_SIZE], faults[NUMBER_SIZE];

	out->title = xasprintf("malloc() in %s, in a thread, maps a fresh block for each item and "
			       "free() unmaps it: %s blocks of %s took %s page faults",
			       where, count_format(g->regions, count), sizes,
			       count_format(g->faults, faults));
	out->remedy = xstrdup(
		"Keep one block per thread and use it again. malloc's thresholds do not help: the "
		"heap of a thread ends at 64 MiB. With MALLOC_ARENA_MAX=1 as well, all threads "
		"share the main heap, which has room, and one lock; or take another allocator "
		"(--try jemalloc, --try tcmalloc)");
	out->attempt = remedy_find("glibc-keep-one-arena");
}

const struct pattern glibc_patterns[] = {
	{"malloc-trim-calls", trim_call_wants, NULL, refaults_hold, group_refaults,
	 trim_call_explain},
	{"heap-trim-churn", heap_wants, NULL, refaults_hold, group_refaults, heap_explain},
	{"arena-trim-churn", arena_wants, NULL, refaults_hold, group_refaults, arena_explain},
	{"mmap-threshold-frozen", frozen_wants, NULL, frozen_holds, group_churn, frozen_explain},
	{"large-malloc-per-item", large_wants, NULL, group_is_churn, group_churn, large_explain},
	{"huge-malloc-in-thread", huge_wants, NULL, group_is_churn, group_churn, huge_explain},
	{0},
};

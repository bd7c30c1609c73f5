// SPDX-License-Identifier: MIT
#include "profile/lost_paths.h"

#include "profile/facts.h"

/* [lost] and, unless `leaf` is NULL, what that makes of `what`. */
static void add_lost(struct path_tree *tree, const struct recording *r,
		     const uint64_t weights[NR_WEIGHTS], path_extend *leaf, uint64_t what)
{
	uint32_t node = path_tree_child(tree, 0, names_intern(&tree->names, "[lost]"));

	path_tree_add(tree, leaf ? leaf(r, tree, node, what) : node, weights);
}

void lost_faults_add(struct path_tree *tree, const struct recording *r, const struct scan *scan)
{
	const uint64_t weights[NR_WEIGHTS] = {
		[WEIGHT_COUNT] = scan->faults_lost,
		[WEIGHT_NS] = scan->fault_ns_lost,
		[WEIGHT_BYTES] = scan->faults_lost * recording_page_bytes(r),
	};

	if (scan->faults_lost)
		add_lost(tree, r, weights, NULL, 0);
}

/* The weights of a system call's cell, which is made if need be. */
static uint64_t *calls_of(struct tally *by_call, uint64_t leaf)
{
	const struct place place = {.leaf = leaf};

	tally_add(by_call, &place, (const uint64_t[NR_WEIGHTS]){0});
	return by_call->cells.items[by_call->last_cell - 1].weights;
}

static uint64_t excess(uint64_t all, uint64_t part)
{
	return all > part ? all - part : 0;
}

static void add_lost_calls(struct path_tree *tree, const struct recording *r,
			   const struct syscall_total *total, struct tally *by_call)
{
	uint64_t leaf = 1ULL + total->nr, *known = calls_of(by_call, leaf);
	const uint64_t weights[NR_WEIGHTS] = {
		[WEIGHT_COUNT] = excess(total->calls, known[WEIGHT_COUNT]),
		[WEIGHT_NS] = excess(total->duration_ns, known[WEIGHT_NS]),
	};

	if (!weights[WEIGHT_COUNT])
		return;
	add_lost(tree, r, weights, path_extend_syscall, leaf);
	for (int w = 0; w < NR_WEIGHTS; w++)
		known[w] += weights[w];
}

void lost_syscalls_add(struct path_tree *tree, const struct recording *r, const struct tally *rows)
{
	struct tally by_call = {0};

	if (!recording_lacks_syscalls(r))
		return;
	vec_each (&rows->cells, cell)
		tally_add(&by_call, &(const struct place){.leaf = cell->place.leaf}, cell->weights);
	vec_each (&r->syscall_totals, total)
		add_lost_calls(tree, r, total, &by_call);
	tally_fini(&by_call);
}

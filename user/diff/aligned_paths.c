// SPDX-License-Identifier: MIT
#include "diff/aligned_paths.h"

#define MOST_TRIED 48
#define GAINS      4 /* leaving a function out must bring together this part of its weight */

/* ---- One side into the tree ---- */

struct adding {
	struct alignment *a;
	struct path_tree *to;
	const struct path_tree *from;
	enum side side;
	uint32_t *at; /* by node of `from`: the node in `to` */
};

/* The text that stands for a node, 0 when none does. */
static uint32_t text_of(struct adding *d, uint32_t node, const char *raw)
{
	struct functions *f = &d->a->functions[d->side];
	uint32_t number;

	/* Commands are called as their programs are, which says nothing. */
	if (*raw == MEMORY_LEAF || path_tree_node(d->from, node)->frame.class == FRAME_COMMAND)
		return 0;
	number = functions_find(f, raw);
	return number == UINT32_MAX ? 0 : d->a->joint[d->side][number];
}

/* main below main, of another name in the program: a wrapper that a language adds. */
static bool is_wrapped(const struct adding *d, uint32_t node, const char *text)
{
	uint32_t at = d->at[path_tree_node(d->from, node)->parent];
	uint32_t parent = path_tree_node(d->from, node)->parent;

	return at && !strcmp(path_tree_name(d->to, at), text) &&
	       strcmp(path_tree_name(d->from, parent), path_tree_name(d->from, node)) != 0;
}

static uint32_t extend(struct adding *d, uint32_t node)
{
	uint32_t parent = d->at[path_tree_node(d->from, node)->parent];
	uint32_t text_id = text_of(d, node, path_tree_name(d->from, node));
	const char *text = names_text(&d->a->texts, text_id);
	struct path_frame frame = {.class = path_tree_node(d->from, node)->frame.class};

	if (!text_id || is_wrapped(d, node, text))
		return parent;
	frame.name = names_intern(&d->to->names, text);
	return path_tree_child_frame(d->to, parent, &frame);
}

static void add_tree(struct adding *d, enum weight weight)
{
	d->at = xcalloc(d->from->nodes.size, sizeof *d->at);
	for (uint32_t node = 0; node < d->from->nodes.size; node++) {
		uint64_t weights[NR_WEIGHTS] = {0};

		if (node)
			d->at[node] = extend(d, node);
		weights[d->side == BASE ? ALIGNED_BASE : ALIGNED_NEW] =
			path_tree_node(d->from, node)->self[weight];
		path_tree_add(d->to, d->at[node], weights);
	}
	free(d->at);
}

static const struct path_tree *tree_of(const struct run *run, enum event_kind_of_path events)
{
	return events == PATH_FAULTS ? &run->fault_paths : &run->call_paths;
}

static void add_sides(struct alignment *a, const struct aligned_runs *runs,
		      enum event_kind_of_path events, enum weight weight, struct path_tree *out)
{
	path_tree_init(out);
	for (int side = 0; side < NR_SIDES; side++) {
		for (uint32_t i = 0; i < runs->nr[side]; i++) {
			struct adding d = {
				.a = a,
				.to = out,
				.from = tree_of(runs->of[side][i], events),
				.side = (enum side)side,
			};

			add_tree(&d, weight);
		}
	}
}

static uint64_t mean_of(uint64_t sum, uint32_t nr)
{
	return (sum + nr / 2) / nr;
}

static void take_means(struct path_tree *tree, const struct aligned_runs *runs)
{
	vec_each (&tree->nodes, node) {
		uint64_t base = mean_of(node->self[ALIGNED_BASE], runs->nr[BASE]);
		uint64_t new = mean_of(node->self[ALIGNED_NEW], runs->nr[NEW]);

		node->self[ALIGNED_BASE] = base;
		node->self[ALIGNED_NEW] = new;
		node->self[ALIGNED_APART] = base > new ? base - new : new - base;
	}
}

void aligned_paths_build(struct alignment *a, const struct aligned_runs *runs,
			 enum event_kind_of_path events, enum weight weight, struct path_tree *out)
{
	add_sides(a, runs, events, weight, out);
	take_means(out, runs);
	path_tree_finish_by_name(out);
}

/* ---- Inlining ---- */

static uint64_t apart(struct alignment *a, const struct aligned_runs *runs)
{
	uint64_t sum = 0;

	for (int events = 0; events < NR_PATH_EVENTS; events++) {
		struct path_tree tree;

		add_sides(a, runs, (enum event_kind_of_path)events, WEIGHT_COUNT, &tree);
		take_means(&tree, runs);
		vec_each (&tree.nodes, node)
			sum += node->self[ALIGNED_APART];
		path_tree_fini(&tree);
	}
	return sum;
}

static int by_weight(const void *left, const void *right)
{
	const struct inlined *a = left, *b = right;

	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return (a->function > b->function) - (a->function < b->function);
}

static void collect_candidates(struct alignment *a, const struct aligned_runs *runs,
			       struct inlined_list *out)
{
	for (int side = 0; side < NR_SIDES; side++) {
		const struct functions *f = &a->functions[side];

		for (uint32_t i = 0; i < f->items.size; i++) {
			const struct function *at = &f->items.items[i];
			uint64_t weight =
				(at->total[PATH_FAULTS] + at->total[PATH_CALLS]) / runs->nr[side];

			if (weight && a->joint[side][i] && !a->is_matched[side][i] &&
			    !function_is_shared(f, i) && *function_text(f, i) != '[')
				*vec_push(&out->items) =
					(struct inlined){(enum side)side, i, weight};
		}
	}
	if (out->items.size)
		qsort(out->items.items, out->items.size, sizeof *out->items.items, by_weight);
	if (out->items.size > MOST_TRIED)
		out->items.size = MOST_TRIED;
}

/* Leaves out, or back in, all candidates of a side. */
static uint64_t leave_out_all(struct alignment *a, const struct inlined_list *candidates,
			      enum side side, bool out)
{
	uint64_t weight = 0;

	vec_each (&candidates->items, it) {
		if (it->side != side)
			continue;
		alignment_leave_out(a, side, it->function, out);
		weight = it->weight > weight ? it->weight : weight;
	}
	return weight;
}

/*
 * Chains of functions go together, so all of a side are left out at once; those that make no
 * difference then come back.
 */
static void find_on_side(struct alignment *a, const struct aligned_runs *runs, enum side side,
			 const struct inlined_list *candidates, struct inlined_list *out)
{
	uint64_t before = apart(a, runs), most = leave_out_all(a, candidates, side, true);
	uint64_t after = most ? apart(a, runs) : before;

	if (before <= after || before - after < most / GAINS) {
		leave_out_all(a, candidates, side, false);
		return;
	}
	vec_each (&candidates->items, it) {
		uint64_t with;

		if (it->side != side)
			continue;
		alignment_leave_out(a, side, it->function, false);
		with = apart(a, runs);
		if (with > after && with - after >= it->weight / GAINS) {
			alignment_leave_out(a, side, it->function, true);
			*vec_push(&out->items) = *it;
		} else {
			after = with;
		}
	}
}

void inlined_find(struct alignment *a, const struct aligned_runs *runs, struct inlined_list *out)
{
	struct inlined_list candidates = {0};

	*out = (struct inlined_list){0};
	collect_candidates(a, runs, &candidates);
	if (candidates.items.size) {
		find_on_side(a, runs, BASE, &candidates, out);
		find_on_side(a, runs, NEW, &candidates, out);
	}
	vec_free(&candidates.items);
}

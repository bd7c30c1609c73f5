// SPDX-License-Identifier: MIT
#include "diff/path_changes.h"

#include "base/bytes.h"

#define MOVED_ALIKE 0.9 /* what moved is as much as before, but for this */
#define MOST_EDGES  64  /* where paths part that are followed: the heaviest */

const char *const path_change_names[NR_PATH_CHANGES] = {"appeared", "gone", "grown", "shrunk"};

static uint64_t apart_of(const struct path_change *c)
{
	return c->base > c->new ? c->base - c->new : c->new - c->base;
}

static int by_difference(const void *left, const void *right)
{
	const struct path_change *a = left, *b = right;
	uint64_t a_apart = apart_of(a), b_apart = apart_of(b);

	if (a_apart != b_apart)
		return a_apart < b_apart ? 1 : -1;
	return (a->node > b->node) - (a->node < b->node);
}

static bool is_noise(uint64_t base, uint64_t new, const struct noise *noise)
{
	double apart = base > new ? (double)(base - new) : (double)(new - base);

	return apart <= noise->least || apart <= noise->part * (double)(base > new ? base : new);
}

static void take_node(const struct path_tree *tree, uint32_t node, const struct noise *noise,
		      struct path_changes *out)
{
	const struct path_node *at = path_tree_node(tree, node);
	uint64_t base = at->self[ALIGNED_BASE], new = at->self[ALIGNED_NEW];

	if (is_noise(base, new, noise))
		return;
	*vec_push(&out->items) = (struct path_change){
		.kind = !base        ? PATH_APPEARED
			: !new       ? PATH_GONE
			: new > base ? PATH_GROWN
				     : PATH_SHRUNK,
		.node = node,
		.base = base,
		.new = new,
	};
}

/* ---- What moved ---- */

/* The outermost frames that only one side has. */
static bool is_edge(const struct path_tree *tree, uint32_t node, enum aligned_weight has,
		    enum aligned_weight lacks)
{
	const struct path_node *at = path_tree_node(tree, node);
	const struct path_node *parent = path_tree_node(tree, at->parent);

	return node && at->total[has] && !at->total[lacks] && (!at->parent || parent->total[lacks]);
}

static bool is_as_much(uint64_t a, uint64_t b)
{
	double less = (double)(a < b ? a : b), more = (double)(a < b ? b : a);

	return less >= MOVED_ALIKE * more;
}

/* The heaviest node of that name within a subtree that only NEW has. */
static uint32_t find_in_new(const struct path_tree *tree, uint32_t name, uint64_t base)
{
	uint32_t best = 0;

	for (uint32_t node = 1; node < tree->nodes.size; node++) {
		const struct path_node *at = path_tree_node(tree, node);

		if (at->frame.name == name && !at->total[ALIGNED_BASE] &&
		    is_as_much(at->total[ALIGNED_NEW], base) &&
		    (!best || at->depth < path_tree_node(tree, best)->depth))
			best = node;
	}
	return best;
}

static bool names_code_of_program(const struct path_node *node)
{
	return node->frame.class == FRAME_PROGRAM || node->frame.class == FRAME_INLINED ||
	       node->frame.class == FRAME_OTHER;
}

/* The first function below an edge, going in, that the other side does elsewhere. */
static void find_moved(const struct path_tree *tree, uint32_t edge, const struct noise *noise,
		       struct path_changes *out)
{
	uint32_t node = edge;

	for (;;) {
		const struct path_node *at = path_tree_node(tree, node);
		uint64_t weight = at->total[ALIGNED_BASE];
		uint32_t there = 0;

		if (is_noise(weight, 0, noise))
			return;
		if (names_code_of_program(at))
			there = find_in_new(tree, at->frame.name, weight);
		if (there) {
			*vec_push(&out->moved) = (struct moved_path){
				node, there, weight,
				path_tree_node(tree, there)->total[ALIGNED_NEW]};
			return;
		}
		if (at->nr_children != 1)
			return;
		node = *path_tree_children(tree, node);
	}
}

static int by_weight(const void *left, const void *right)
{
	const struct moved_path *a = left, *b = right;

	if (a->base != b->base)
		return a->base < b->base ? 1 : -1;
	return (a->gone > b->gone) - (a->gone < b->gone);
}

static int by_base(const void *left, const void *right, void *tree)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	uint64_t a_weight = path_tree_node(tree, a)->total[ALIGNED_BASE];
	uint64_t b_weight = path_tree_node(tree, b)->total[ALIGNED_BASE];

	if (a_weight != b_weight)
		return a_weight < b_weight ? 1 : -1;
	return (a > b) - (a < b);
}

static void find_all_moved(const struct path_tree *tree, const struct noise *noise,
			   struct path_changes *out)
{
	VEC(uint32_t) edges = {0};

	for (uint32_t node = 1; node < tree->nodes.size; node++) {
		if (is_edge(tree, node, ALIGNED_BASE, ALIGNED_NEW))
			*vec_push(&edges) = node;
	}
	if (edges.size)
		qsort_r(edges.items, edges.size, sizeof *edges.items, by_base, (void *)tree);
	for (size_t i = 0; i < edges.size && i < MOST_EDGES; i++)
		find_moved(tree, edges.items[i], noise, out);
	vec_free(&edges);
}

void path_changes_find(const struct path_tree *tree, const struct noise *noise,
		       struct path_changes *out)
{
	*out = (struct path_changes){0};
	for (uint32_t node = 0; node < tree->nodes.size; node++)
		take_node(tree, node, noise, out);
	find_all_moved(tree, noise, out);
	if (out->items.size)
		qsort(out->items.items, out->items.size, sizeof *out->items.items, by_difference);
	if (out->moved.size)
		qsort(out->moved.items, out->moved.size, sizeof *out->moved.items, by_weight);
}

void path_changes_fini(struct path_changes *changes)
{
	vec_free(&changes->items);
	vec_free(&changes->moved);
}

static void append_path(const struct path_tree *tree, uint32_t node, const char *separator,
			struct bytes *out)
{
	VEC(uint32_t) chain = {0};

	for (; node; node = path_tree_node(tree, node)->parent)
		*vec_push(&chain) = node;
	while (chain.size) {
		const char *name = path_tree_name(tree, chain.items[--chain.size]);

		bytes_append(out, name, strlen(name));
		if (chain.size)
			bytes_append(out, separator, strlen(separator));
	}
	vec_free(&chain);
}

char *aligned_path_text(const struct path_tree *tree, uint32_t node, const char *separator)
{
	struct bytes text = {0};

	append_path(tree, node, separator, &text);
	bytes_u8(&text, 0);
	return (char *)text.data;
}

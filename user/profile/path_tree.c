// SPDX-License-Identifier: MIT
#include "profile/path_tree.h"

struct ordering {
	const struct path_tree *tree;
	enum weight weight; /* NR_WEIGHTS: by name alone */
};

static int compare_siblings(const void *a, const void *b, void *context)
{
	const struct ordering *by = context;
	uint32_t x_id = *(const uint32_t *)a, y_id = *(const uint32_t *)b;
	const struct path_node *x = path_tree_node(by->tree, x_id);
	const struct path_node *y = path_tree_node(by->tree, y_id);

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (by->weight < NR_WEIGHTS && x->total[by->weight] != y->total[by->weight])
		return x->total[by->weight] > y->total[by->weight] ? -1 : 1;
	if (x->frame.name != y->frame.name)
		return strcmp(path_tree_name(by->tree, x_id), path_tree_name(by->tree, y_id));
	if (x->frame.line != y->frame.line)
		return strverscmp(path_tree_line(by->tree, x_id), path_tree_line(by->tree, y_id));
	return strcmp(path_tree_module(by->tree, x_id), path_tree_module(by->tree, y_id));
}

static void sum_towards_root(struct path_tree *tree)
{
	vec_each (&tree->nodes, node)
		memcpy(node->total, node->self, sizeof node->total);
	for (size_t i = tree->nodes.size; i-- > 1;) {
		struct path_node *node = &tree->nodes.items[i];
		struct path_node *parent = &tree->nodes.items[node->parent];

		for (int w = 0; w < NR_WEIGHTS; w++)
			parent->total[w] += node->total[w];
	}
}

static void finish(struct path_tree *tree, enum weight weight)
{
	struct ordering by = {tree, weight};
	size_t nr = tree->nodes.size - 1;

	sum_towards_root(tree);
	tree->order = xrealloc(tree->order, nr, sizeof *tree->order);
	for (uint32_t i = 0; i < nr; i++)
		tree->order[i] = i + 1;
	qsort_r(tree->order, nr, sizeof *tree->order, compare_siblings, &by);
	vec_each (&tree->nodes, node)
		node->nr_children = 0;
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t parent_id = tree->nodes.items[tree->order[i]].parent;
		struct path_node *parent = &tree->nodes.items[parent_id];

		if (!parent->nr_children++)
			parent->first_child = i;
	}
}

void path_tree_init(struct path_tree *tree)
{
	*tree = (struct path_tree){0};
	vec_push(&tree->nodes);
}

void path_tree_fini(struct path_tree *tree)
{
	names_fini(&tree->names);
	pair_map_fini(&tree->by_frame);
	vec_free(&tree->nodes);
	free(tree->order);
	*tree = (struct path_tree){0};
}

uint32_t path_tree_child(struct path_tree *tree, uint32_t node, uint32_t name)
{
	return path_tree_child_frame(tree, node, &(const struct path_frame){.name = name});
}

uint32_t path_tree_child_frame(struct path_tree *tree, uint32_t node,
			       const struct path_frame *frame)
{
	uint32_t depth = path_tree_node(tree, node)->depth, child;

	if (depth == PATH_MAX_DEPTH)
		return node;
	child = pair_map_number(&tree->by_frame, (uint64_t)frame->module << 32 | node,
				(uint64_t)frame->line << 32 | frame->name) +
		1;
	if (child == tree->nodes.size)
		*vec_push(&tree->nodes) =
			(struct path_node){.parent = node, .frame = *frame, .depth = depth + 1};
	return child;
}

void path_tree_add(struct path_tree *tree, uint32_t node, const uint64_t weights[NR_WEIGHTS])
{
	for (int w = 0; w < NR_WEIGHTS; w++)
		tree->nodes.items[node].self[w] += weights[w];
}

void path_tree_finish(struct path_tree *tree, enum weight weight)
{
	finish(tree, weight);
}

void path_tree_finish_by_name(struct path_tree *tree)
{
	finish(tree, NR_WEIGHTS);
}

void path_tree_invert(const struct path_tree *tree, struct path_tree *out)
{
	path_tree_init(out);
	for (uint32_t id = 1; id < tree->nodes.size; id++) {
		const struct path_node *end = path_tree_node(tree, id), *node = end;
		uint32_t to = 0;

		if (!end->self[WEIGHT_COUNT] && !end->self[WEIGHT_NS] && !end->self[WEIGHT_BYTES])
			continue;
		for (; node->depth; node = path_tree_node(tree, node->parent)) {
			struct path_frame frame = node->frame;
			const char *line = names_text(&tree->names, frame.line);
			const char *module = names_text(&tree->names, frame.module);

			frame.name =
				names_intern(&out->names, names_text(&tree->names, frame.name));
			frame.line = names_intern(&out->names, line);
			frame.module = names_intern(&out->names, module);
			to = path_tree_child_frame(out, to, &frame);
		}
		path_tree_add(out, to, end->self);
	}
	path_tree_add(out, 0, path_tree_node(tree, 0)->self);
}

const struct path_node *path_tree_node(const struct path_tree *tree, uint32_t node)
{
	return &tree->nodes.items[node];
}

const char *path_tree_name(const struct path_tree *tree, uint32_t node)
{
	return names_text(&tree->names, tree->nodes.items[node].frame.name);
}

const char *path_tree_line(const struct path_tree *tree, uint32_t node)
{
	return names_text(&tree->names, tree->nodes.items[node].frame.line);
}

const char *path_tree_module(const struct path_tree *tree, uint32_t node)
{
	return names_text(&tree->names, tree->nodes.items[node].frame.module);
}

const uint32_t *path_tree_children(const struct path_tree *tree, uint32_t node)
{
	return tree->order + tree->nodes.items[node].first_child;
}

uint32_t path_walk_next(struct path_walk *walk, const struct path_tree *tree, uint32_t node)
{
	const uint32_t *children = path_tree_children(tree, node);

	for (uint32_t i = path_tree_node(tree, node)->nr_children; i-- > 0;)
		*vec_push(&walk->pending) = children[i];
	return walk->pending.size ? walk->pending.items[--walk->pending.size] : 0;
}

void path_walk_fini(struct path_walk *walk)
{
	vec_free(&walk->pending);
}

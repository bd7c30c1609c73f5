/* SPDX-License-Identifier: MIT */
/*
 * Call paths merged by the names of their frames, with weights.
 *
 * Two stacks that differ only in addresses become one path, also across processes; frames that
 * carry a source line or a module are merged by that, too. Weights are added to the node where a
 * path ends; finishing sums them up towards the root and sorts every node's children, after which
 * the tree is only read.
 */
#ifndef PROF_PROFILE_PATH_TREE_H
#define PROF_PROFILE_PATH_TREE_H

#include <stdbool.h>

#include "profile/frame_class.h"
#include "profile/names.h"
#include "profile/pair_map.h"

enum weight { WEIGHT_COUNT, WEIGHT_NS, WEIGHT_BYTES, NR_WEIGHTS };

/* No recorder walks this deep; a forged file must not make output quadratic in its size. */
#define PATH_MAX_DEPTH 2048

/* What a node stands for: texts by their ids in the tree's names, 0 for none. */
struct path_frame {
	uint32_t name;
	uint32_t line;          /* path:number */
	uint32_t module;        /* the path of the file that it lies in */
	enum frame_class class; /* those of the first one, where frames that are merged differ */
};

struct path_node {
	uint32_t parent;
	struct path_frame frame;
	uint32_t depth;
	uint32_t first_child, nr_children; /* into path_tree.order, once finished */
	uint64_t self[NR_WEIGHTS], total[NR_WEIGHTS];
};

struct path_tree {
	struct names names;
	struct pair_map by_frame;    /* (parent and module, name and line) -> node - 1 */
	VEC(struct path_node) nodes; /* [0] is the root; a parent comes before its children */
	uint32_t *order;             /* the nodes below the root, siblings adjacent and sorted */
};

void path_tree_init(struct path_tree *tree);
void path_tree_fini(struct path_tree *tree);

/* The child of that name; at the depth limit, the node itself. */
uint32_t path_tree_child(struct path_tree *tree, uint32_t node, uint32_t name);
uint32_t path_tree_child_frame(struct path_tree *tree, uint32_t node,
			       const struct path_frame *frame);
void path_tree_add(struct path_tree *tree, uint32_t node, const uint64_t weights[NR_WEIGHTS]);
/* Children are ordered by falling total of `weight`, then by name. */
void path_tree_finish(struct path_tree *tree, enum weight weight);
/* By name alone, so that two trees are alike where their paths are; also of a finished one. */
void path_tree_finish_by_name(struct path_tree *tree);

/* The same paths from their ends to their beginnings; not finished yet. */
void path_tree_invert(const struct path_tree *tree, struct path_tree *out);

const struct path_node *path_tree_node(const struct path_tree *tree, uint32_t node);
const char *path_tree_name(const struct path_tree *tree, uint32_t node);
/* "" when it has none */
const char *path_tree_line(const struct path_tree *tree, uint32_t node);
const char *path_tree_module(const struct path_tree *tree, uint32_t node);
/* Node ids of a node's children, nr_children of them. Only of a finished tree. */
const uint32_t *path_tree_children(const struct path_tree *tree, uint32_t node);

/* The next node in preorder after `node`, 0 after the last. Only of a finished tree. */
struct path_walk {
	VEC(uint32_t) pending;
};
uint32_t path_walk_next(struct path_walk *walk, const struct path_tree *tree, uint32_t node);
void path_walk_fini(struct path_walk *walk);

#endif

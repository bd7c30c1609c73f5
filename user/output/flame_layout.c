// SPDX-License-Identifier: MIT
#include "output/flame_layout.h"

struct layouter {
	const struct path_tree *paths;
	enum weight weight;
	double px; /* per unit of weight */
	VEC(struct flame_box) pending;
};

/*
 * Pushes the boxes of a node's children so that the leftmost one is on top. Within their parent
 * they stay even if sums in a forged file have wrapped.
 */
static void push_children(struct layouter *l, const struct flame_box *parent)
{
	const struct path_node *node = path_tree_node(l->paths, parent->node);
	const uint32_t *children = path_tree_children(l->paths, parent->node);
	size_t first = l->pending.size;
	double x = parent->x;

	for (uint32_t i = 0; i < node->nr_children; i++) {
		const struct path_node *child = path_tree_node(l->paths, children[i]);
		double width = (double)child->total[l->weight] * l->px;
		double room = parent->x + parent->width - x;

		if (width > room)
			width = room;
		if (width >= FLAME_LEAST_WIDTH)
			*vec_push(&l->pending) = (struct flame_box){children[i], x, width};
		x += width;
	}
	for (size_t a = first, b = l->pending.size; a + 1 < b; a++, b--) {
		struct flame_box swapped = l->pending.items[a];

		l->pending.items[a] = l->pending.items[b - 1];
		l->pending.items[b - 1] = swapped;
	}
}

static uint32_t frames_with_weight(const struct path_tree *paths, enum weight weight)
{
	uint32_t nr = 0;

	for (size_t id = 1; id < paths->nodes.size; id++)
		nr += paths->nodes.items[id].total[weight] > 0;
	return nr;
}

void flame_layout_init(struct flame_layout *layout, const struct path_tree *paths,
		       enum weight weight, double width)
{
	uint64_t all = path_tree_node(paths, 0)->total[weight];
	struct layouter l = {
		.paths = paths,
		.weight = weight,
		.px = all ? width / (double)all : 0,
	};

	*layout = (struct flame_layout){0};
	*vec_push(&l.pending) = (struct flame_box){0, 0, width};
	while (l.pending.size) {
		struct flame_box box = l.pending.items[--l.pending.size];
		uint32_t row = path_tree_node(paths, box.node)->depth;

		*vec_push(&layout->boxes) = box;
		if (layout->rows <= row)
			layout->rows = row + 1;
		push_children(&l, &box);
	}
	layout->drawn = (uint32_t)layout->boxes.size - 1;
	layout->hidden = frames_with_weight(paths, weight) - layout->drawn;
	vec_free(&l.pending);
}

void flame_layout_fini(struct flame_layout *layout)
{
	vec_free(&layout->boxes);
}

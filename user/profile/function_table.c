// SPDX-License-Identifier: MIT
#include "profile/function_table.h"

struct counting {
	const struct path_tree *tree;
	function_filter *filter;
	void *arg;
	struct function_table *out;
	uint32_t *row_of;    /* by name: row + 2, 1: not wanted, 0: not known yet */
	uint32_t *active;    /* by name: how often it is on the path */
	uint32_t all_active; /* how many of the path are wanted */
	VEC(uint32_t) path;  /* names of wanted frames, 0 for others, by depth */
};

static bool is_function(const struct path_frame *frame)
{
	return frame->class != FRAME_COMMAND &&
	       (frame_class_is_code(frame->class) || frame->class == FRAME_OTHER);
}

/* The row of a wanted frame, or NULL. */
static struct function_row *row_of(struct counting *c, const struct path_frame *frame)
{
	uint32_t *row = &c->row_of[frame->name];
	const char *name = names_text(&c->tree->names, frame->name);

	if (!is_function(frame))
		return NULL;
	if (!*row)
		*row = !c->filter || c->filter(c->arg, name) ? (uint32_t)c->out->rows.size + 2 : 1;
	if (*row == 1)
		return NULL;
	if (*row - 2 == c->out->rows.size)
		vec_push(&c->out->rows)->name = frame->name;
	return &c->out->rows.items[*row - 2];
}

/* Leaves what was deeper than the node that comes next. */
static void climb_to(struct counting *c, uint32_t depth)
{
	while (c->path.size > depth) {
		uint32_t name = c->path.items[--c->path.size];

		c->all_active -= name != 0;
		c->active[name] -= name != 0;
	}
}

static void add(uint64_t to[NR_WEIGHTS], const uint64_t weights[NR_WEIGHTS])
{
	for (int w = 0; w < NR_WEIGHTS; w++)
		to[w] += weights[w];
}

static void count_node(struct counting *c, const struct path_node *node)
{
	struct function_row *row = row_of(c, &node->frame);

	climb_to(c, node->depth - 1);
	if (row) {
		add(row->self, node->self);
		if (!c->active[row->name]++)
			add(row->total, node->total);
		if (!c->all_active++)
			add(c->out->below, node->total);
	}
	*vec_push(&c->path) = row ? row->name : 0;
}

struct ordering {
	const struct path_tree *tree;
	enum weight weight;
	bool by_self;
};

static int by_weight(const void *left, const void *right, void *arg)
{
	const struct ordering *o = arg;
	const struct function_row *a = left, *b = right;
	uint64_t first = o->by_self ? a->self[o->weight] : a->total[o->weight];
	uint64_t second = o->by_self ? b->self[o->weight] : b->total[o->weight];

	if (first != second)
		return first < second ? 1 : -1;
	return strcmp(names_text(&o->tree->names, a->name), names_text(&o->tree->names, b->name));
}

void function_table_build(const struct path_tree *tree, function_filter *filter, void *arg,
			  enum weight weight, bool by_self, struct function_table *out)
{
	struct counting c = {
		.tree = tree,
		.filter = filter,
		.arg = arg,
		.out = out,
		.row_of = xcalloc(tree->names.texts.size + 1, sizeof *c.row_of),
		.active = xcalloc(tree->names.texts.size + 1, sizeof *c.active),
	};
	struct ordering ordering = {tree, weight, by_self};
	struct path_walk walk = {0};
	uint32_t id = 0;

	*out = (struct function_table){0};
	while ((id = path_walk_next(&walk, tree, id)))
		count_node(&c, path_tree_node(tree, id));
	path_walk_fini(&walk);
	free(c.row_of);
	free(c.active);
	vec_free(&c.path);
	if (out->rows.size)
		qsort_r(out->rows.items, out->rows.size, sizeof *out->rows.items, by_weight,
			&ordering);
}

void function_table_fini(struct function_table *table)
{
	vec_free(&table->rows);
}

// SPDX-License-Identifier: MIT
#include "diff/functions.h"

#include "diff/function_name.h"

#define NONE            UINT32_MAX
#define MOST_NEIGHBOURS 64

/* How much of a fault's weight goes to each thing that it is known by. */
#define WEIGHT_OF_MEMORY 0.45 /* kind and size of the region */
#define WEIGHT_OF_CAUSE  0.15
#define WEIGHT_OF_CODE   0.40 /* the innermost shared function */

/* What is collected while a tree is walked. */
struct collecting {
	struct functions *f;
	const struct path_tree *tree;
	enum event_kind_of_path events;
	uint32_t *function_of; /* by node: NONE for leaves that are no code, and commands */
	struct pair_map cells; /* (function, anchor) */
	VEC(double) weights;   /* by cell */
};

/* ---- Names ---- */

static uint32_t number_of_plain(struct functions *f, const char *plain, enum frame_class class)
{
	uint32_t name = names_intern(&f->names, plain);
	uint32_t number = pair_map_number(&f->numbers, name, 0);

	if (number == f->items.size)
		*vec_push(&f->items) = (struct function){.name = name, .class = class};
	return number;
}

static uint32_t number_of(struct functions *f, const char *raw, enum frame_class class)
{
	uint32_t id = names_intern(&f->raw_names, raw);

	if (id >= f->nr_raw) {
		size_t nr = 2 * (size_t)id + 64;

		f->by_raw = xrealloc(f->by_raw, nr, sizeof *f->by_raw);
		memset(f->by_raw + f->nr_raw, 0, (nr - f->nr_raw) * sizeof *f->by_raw);
		f->nr_raw = nr;
	}
	if (!f->by_raw[id]) {
		scoped_free char *plain = function_name_plain(raw);

		f->by_raw[id] = number_of_plain(f, plain, class) + 1;
	}
	return f->by_raw[id] - 1;
}

uint32_t functions_find(struct functions *f, const char *raw_name)
{
	uint32_t id = names_intern(&f->raw_names, raw_name);

	return id < f->nr_raw && f->by_raw[id] ? f->by_raw[id] - 1 : NONE;
}

const char *function_text(const struct functions *f, uint32_t number)
{
	return names_text(&f->names, f->items.items[number].name);
}

bool function_is_shared(const struct functions *f, uint32_t number)
{
	switch (f->items.items[number].class) {
	case FRAME_PROGRAM:
	case FRAME_INLINED:
	case FRAME_OTHER:
		return function_is_standard(function_text(f, number));
	default:
		return true;
	}
}

/* ---- Weights and neighbours ---- */

static bool is_code(const struct path_tree *tree, uint32_t node)
{
	return node && path_tree_node(tree, node)->frame.class != FRAME_COMMAND &&
	       *path_tree_name(tree, node) != MEMORY_LEAF;
}

static void add_neighbour(struct function *function, uint32_t other)
{
	if (function->neighbours.size == MOST_NEIGHBOURS)
		return;
	vec_each (&function->neighbours, at) {
		if (*at == other)
			return;
	}
	*vec_push(&function->neighbours) = other;
}

static bool is_recursive(const struct collecting *c, uint32_t node, uint32_t number)
{
	uint32_t at = path_tree_node(c->tree, node)->parent;

	for (int steps = 0; at && steps < 64; steps++) {
		if (c->function_of[at] == number)
			return true;
		at = path_tree_node(c->tree, at)->parent;
	}
	return false;
}

/* What is inlined is of the file that its caller is in. */
static enum frame_class class_of(const struct path_tree *tree, uint32_t node)
{
	while (path_tree_node(tree, node)->frame.class == FRAME_INLINED &&
	       path_tree_node(tree, node)->parent)
		node = path_tree_node(tree, node)->parent;
	return path_tree_node(tree, node)->frame.class;
}

static void take_node(struct collecting *c, uint32_t node)
{
	const struct path_node *at = path_tree_node(c->tree, node);
	uint32_t number, caller = at->parent ? c->function_of[at->parent] : NONE;
	struct function *function;

	c->function_of[node] = NONE;
	if (!is_code(c->tree, node))
		return;
	number = number_of(c->f, path_tree_name(c->tree, node), class_of(c->tree, node));
	c->function_of[node] = number;
	function = &c->f->items.items[number];
	if (!is_recursive(c, node, number))
		function->total[c->events] += at->total[WEIGHT_COUNT];
	if (caller == NONE || caller == number)
		return;
	add_neighbour(function, caller);
	add_neighbour(&c->f->items.items[caller], number);
}

/* ---- Anchors ---- */

static void add_anchor(struct collecting *c, uint32_t node, const char *text, double weight)
{
	uint32_t anchor = names_intern(c->f->anchor_names, text), last = NONE;

	for (; node; node = path_tree_node(c->tree, node)->parent) {
		uint32_t number = c->function_of[node], cell;

		if (number == NONE || number == last || function_is_shared(c->f, number))
			continue;
		cell = pair_map_number(&c->cells, number, anchor);
		vec_extend(&c->weights, (size_t)cell + 1);
		c->weights.items[cell] += weight;
		last = number;
	}
}

static void add_code_anchor(struct collecting *c, uint32_t node, double weight)
{
	uint32_t number = c->function_of[node];

	if (number != NONE && function_is_shared(c->f, number))
		add_anchor(c, path_tree_node(c->tree, node)->parent, function_text(c->f, number),
			   weight);
}

/* A leaf "\1cause, kind, size" of a path of faults. */
static void add_memory_anchors(struct collecting *c, uint32_t node, double weight)
{
	const char *text = path_tree_name(c->tree, node) + 1, *comma = strchr(text, ',');
	uint32_t parent = path_tree_node(c->tree, node)->parent;
	scoped_free char *cause = xstrndup(text, (size_t)(comma - text));

	add_anchor(c, parent, comma, WEIGHT_OF_MEMORY * weight);
	add_anchor(c, parent, cause, WEIGHT_OF_CAUSE * weight);
	add_code_anchor(c, parent, WEIGHT_OF_CODE * weight);
}

static void add_own(struct collecting *c, uint32_t node, uint64_t weight)
{
	while (node &&
	       (c->function_of[node] == NONE || function_is_shared(c->f, c->function_of[node])))
		node = path_tree_node(c->tree, node)->parent;
	if (node)
		c->f->items.items[c->function_of[node]].own += weight;
}

static void take_anchors(struct collecting *c, uint32_t node)
{
	const struct path_node *at = path_tree_node(c->tree, node);
	double weight = (double)at->self[WEIGHT_COUNT];

	if (!weight)
		return;
	add_own(c, node, at->self[WEIGHT_COUNT]);
	if (*path_tree_name(c->tree, node) == MEMORY_LEAF)
		add_memory_anchors(c, node, weight);
	else
		add_code_anchor(c, node, weight);
}

static void take_tree(struct functions *f, const struct path_tree *tree,
		      enum event_kind_of_path events, struct collecting *c)
{
	c->f = f;
	c->tree = tree;
	c->events = events;
	c->function_of = xcalloc(tree->nodes.size, sizeof *c->function_of);
	c->function_of[0] = NONE;
	/* A parent's id is smaller than its children's. */
	for (uint32_t node = 1; node < tree->nodes.size; node++)
		take_node(c, node);
	for (uint32_t node = 1; node < tree->nodes.size; node++)
		take_anchors(c, node);
	free(c->function_of);
}

static int by_name(const void *left, const void *right)
{
	const struct anchor *a = left, *b = right;

	return (a->name > b->name) - (a->name < b->name);
}

static void give_anchors(const struct collecting *c, struct functions *f)
{
	for (size_t cell = 0; cell < c->weights.size; cell++) {
		const struct pair *pair = &c->cells.pairs.items[cell];
		struct function *function = &f->items.items[pair->a];

		*vec_push(&function->anchors) =
			(struct anchor){(uint32_t)pair->b, c->weights.items[cell]};
	}
	vec_each (&f->items, function) {
		double sum = 0;

		vec_each (&function->anchors, anchor)
			sum += anchor->weight;
		vec_each (&function->anchors, anchor)
			anchor->weight /= sum;
		if (function->anchors.size)
			qsort(function->anchors.items, function->anchors.size,
			      sizeof *function->anchors.items, by_name);
	}
}

void functions_collect(struct run *const *runs, uint32_t nr, struct names *anchor_names,
		       struct functions *out)
{
	struct collecting c = {0};

	*out = (struct functions){.anchor_names = anchor_names};
	for (uint32_t i = 0; i < nr; i++) {
		take_tree(out, &runs[i]->fault_paths, PATH_FAULTS, &c);
		take_tree(out, &runs[i]->call_paths, PATH_CALLS, &c);
	}
	give_anchors(&c, out);
	pair_map_fini(&c.cells);
	vec_free(&c.weights);
}

void functions_fini(struct functions *f)
{
	vec_each (&f->items, function) {
		vec_free(&function->anchors);
		vec_free(&function->neighbours);
	}
	vec_free(&f->items);
	names_fini(&f->names);
	names_fini(&f->raw_names);
	pair_map_fini(&f->numbers);
	free(f->by_raw);
}

// SPDX-License-Identifier: MIT
#include "output/folded.h"

#include <ctype.h>
#include <inttypes.h>

#include "output/printable.h"

/* The space before a name's trailing number (7, 7.5), NULL if it does not end so. */
static char *space_before_number(char *name)
{
	char *at = name + strlen(name), *end = at;

	while (at > name && (isdigit((unsigned char)at[-1]) || at[-1] == '.'))
		at--;
	return at < end && isdigit((unsigned char)*at) && at > name && at[-1] == ' ' ? at - 1
										     : NULL;
}

/* Readers trim them, or find no name between two separators. */
static void replace_outer_spaces(char *name)
{
	char *end = name + strlen(name);

	while (*name == ' ')
		*name++ = '_';
	while (end > name && end[-1] == ' ')
		*--end = '_';
}

char *folded_name(const char *name, bool is_command)
{
	char *folded = valid_utf8(*name ? name : "[unknown]"), *space;

	for (char *at = folded; *at; at++) {
		if (*at == ';')
			*at = ':';
		else if (iscntrl((unsigned char)*at))
			*at = ' ';
		if (*at == ' ' && is_command)
			*at = '_';
	}
	if (*folded == '#' && is_command)
		*folded = '_';
	replace_outer_spaces(folded);
	space = space_before_number(folded);
	if (space)
		*space = '_';
	return folded;
}

/* The same paths with folded names: equal ones have become one. */
static void fold_tree(const struct path_tree *paths, struct path_tree *out)
{
	uint32_t *folded = xcalloc(paths->nodes.size, sizeof *folded);

	path_tree_init(out);
	path_tree_add(out, 0, path_tree_node(paths, 0)->self);
	for (uint32_t id = 1; id < paths->nodes.size; id++) {
		const struct path_node *node = path_tree_node(paths, id);
		scoped_free char *name = folded_name(path_tree_name(paths, id), node->parent == 0);

		folded[id] =
			path_tree_child(out, folded[node->parent], names_intern(&out->names, name));
		path_tree_add(out, folded[id], node->self);
	}
	free(folded);
}

/*
 * What a node's lines begin with, below its parent: `name COUNT` is its own line, `name;` are those
 * of its children. Other siblings may sort between the two ("f;g" > "f.cold;g" > "f 1").
 */
struct entry {
	uint32_t node;
	bool is_line;
	char *text;
};

struct entries {
	VEC(struct entry) items;
};

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct entry *)b)->text, ((const struct entry *)a)->text);
}

/* Pushes the entries of a node's children so that the first in order is on top. */
static void push_children(struct entries *stack, const struct path_tree *tree, uint32_t parent,
			  enum weight weight)
{
	const uint32_t *children = path_tree_children(tree, parent);
	size_t first = stack->items.size;

	for (uint32_t i = 0; i < path_tree_node(tree, parent)->nr_children; i++) {
		const struct path_node *node = path_tree_node(tree, children[i]);
		const char *name = path_tree_name(tree, children[i]);

		if (node->self[weight])
			*vec_push(&stack->items) =
				(struct entry){children[i], true,
					       xasprintf("%s %" PRIu64, name, node->self[weight])};
		if (node->total[weight] > node->self[weight])
			*vec_push(&stack->items) =
				(struct entry){children[i], false, xasprintf("%s;", name)};
	}
	if (stack->items.size > first)
		qsort(stack->items.items + first, stack->items.size - first,
		      sizeof *stack->items.items, compare_entries);
}

static void write_line(FILE *out, const struct path_tree *tree, const struct entry *entry)
{
	uint32_t ancestors[PATH_MAX_DEPTH], nr = 0;

	for (uint32_t id = path_tree_node(tree, entry->node)->parent; id;
	     id = path_tree_node(tree, id)->parent)
		ancestors[nr++] = id;
	while (nr)
		fprintf(out, "%s;", path_tree_name(tree, ancestors[--nr]));
	fprintf(out, "%s\n", entry->text);
}

void folded_write(FILE *out, const struct path_tree *paths, enum weight weight)
{
	struct entries stack = {0};
	struct path_tree tree;

	fold_tree(paths, &tree);
	path_tree_finish(&tree, weight);
	push_children(&stack, &tree, 0, weight);
	while (stack.items.size) {
		struct entry entry = stack.items.items[--stack.items.size];

		if (entry.is_line)
			write_line(out, &tree, &entry);
		else
			push_children(&stack, &tree, entry.node, weight);
		free(entry.text);
	}
	vec_free(&stack.items);
	path_tree_fini(&tree);
}

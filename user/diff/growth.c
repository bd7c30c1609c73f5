// SPDX-License-Identifier: MIT
#include "diff/growth.h"

#include "diff/function_name.h"

/* What implementers call it: of C++, Rust, Go, Python and Perl. */
static bool says_growth(const char *plain)
{
	static const char *const words[] = {"rehash",    "resize",      "grow",
					    "_M_expand", "_M_realloc_", "_M_reallocate_map",
					    "hsplit",    NULL};

	for (const char *const *word = words; *word; word++) {
		if (strstr(plain, *word))
			return true;
	}
	return false;
}

/* The C library's own heaps grow, too, but that is no container. */
static bool is_growth(const struct path_tree *tree, uint32_t node)
{
	enum frame_class class = path_tree_node(tree, node)->frame.class;
	scoped_free char *plain = NULL;
	const char *scope;

	if (class != FRAME_PROGRAM && class != FRAME_INLINED && class != FRAME_LIBRARY)
		return false;
	plain = function_name_plain(path_tree_name(tree, node));
	scope = strrchr(plain, ':');
	return says_growth(scope ? scope + 1 : plain);
}

static char *own_caller(const struct path_tree *tree, uint32_t node)
{
	while ((node = path_tree_node(tree, node)->parent)) {
		char *plain = function_name_plain(path_tree_name(tree, node));

		if (!function_is_standard(plain) && !function_is_glue(plain))
			return plain;
		free(plain);
	}
	return xstrdup("");
}

void growth_find(const struct run *run, struct growth *out)
{
	const struct path_tree *tree = &run->fault_paths;
	scoped_free bool *is_inside = xcalloc(tree->nodes.size, sizeof *is_inside);
	uint64_t most = 0;
	uint32_t best = 0;

	*out = (struct growth){0};
	for (uint32_t node = 1; node < tree->nodes.size; node++) { /* parents come first */
		const struct path_node *at = path_tree_node(tree, node);
		uint64_t faults = at->total[WEIGHT_COUNT];

		is_inside[node] = is_inside[at->parent] || is_growth(tree, node);
		if (!is_inside[node] || is_inside[at->parent])
			continue;
		out->faults += faults;
		if (faults > most) {
			most = faults;
			best = node;
		}
	}
	if (!best)
		return;
	out->function = function_name_plain(path_tree_name(tree, best));
	out->caller = own_caller(tree, best);
}

void growth_fini(struct growth *growth)
{
	free(growth->function);
	free(growth->caller);
}

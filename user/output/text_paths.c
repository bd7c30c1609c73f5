// SPDX-License-Identifier: MIT
/*
 * The caller graph of page faults, in the shape of `perf report -g caller --stdio`.
 *
 * Callers come first. Frames that lead to one place only stand below each other; where paths part,
 * each branch carries its share of all faults. Branches below the limit are left out, but where
 * together they exceed it, a line tells their sum.
 */
#include "output/text_section.h"

#include "base/bytes.h"
#include "cli/number.h"
#include "cli/text.h"
#include "output/printable.h"

#define BRANCH_WIDTH     11 /* of "|--12.34%--", by which the next level is farther in */
#define MARGIN_OF_OTHERS "|          "
#define MARGIN_OF_LAST   "           "

struct graph {
	FILE *out;
	const struct path_tree *tree;
	const struct report_style *style;
	enum weight weight;
	uint64_t all, least; /* a branch of less than `least` is not shown */
	struct bytes margin; /* what every line begins with */
};

static void write_margin(const struct graph *g)
{
	fwrite(g->margin.data, 1, g->margin.size, g->out);
}

/* "function", or with its line "function  file.c:123". */
static char *frame_text(const struct path_tree *tree, uint32_t node)
{
	const char *name = path_tree_name(tree, node), *line = path_tree_line(tree, node);
	const char *slash = strrchr(line, '/');

	return *line ? xasprintf("%s  %s", name, slash ? slash + 1 : line) : xstrdup(name);
}

static void write_frame(const struct graph *g, uint32_t node)
{
	const size_t least_room = 20;
	size_t column = g->margin.size + BRANCH_WIDTH;
	scoped_free char *text = frame_text(g->tree, node);
	scoped_free char *clean = printable(text);
	unsigned int room =
		(unsigned int)(g->style->width > column + least_room ? g->style->width - column
								     : least_room);
	scoped_free char *cut = text_cut(clean, room);

	fprintf(g->out, "%s\n", cut);
}

/* "|--12.34%--" or, for the last branch, " --12.34%--". */
static void write_mark(const struct graph *g, uint64_t amount, bool is_last)
{
	write_margin(g);
	fputs("|\n", g->out);
	write_margin(g);
	fprintf(g->out, "%c--%.2f%%--", is_last ? ' ' : '|',
		100.0 * (double)amount / (double)g->all);
}

/* How many children are shown, they being sorted; *rest gets the weight of the others. */
static uint32_t count_shown(const struct graph *g, uint32_t node, uint64_t *rest)
{
	const uint32_t *children = path_tree_children(g->tree, node);
	uint32_t nr = path_tree_node(g->tree, node)->nr_children, shown = 0;

	*rest = 0;
	for (uint32_t i = 0; i < nr; i++) {
		uint64_t amount = path_tree_node(g->tree, children[i])->total[g->weight];

		if (amount >= g->least)
			shown++;
		else
			*rest += amount;
	}
	return shown;
}

/* Writes the frames below `node` down to where paths part or end, and returns the last of them. */
static uint32_t write_chain(const struct graph *g, uint32_t node)
{
	const struct path_node *at = path_tree_node(g->tree, node);

	while (at->nr_children == 1 && !at->self[g->weight]) {
		node = *path_tree_children(g->tree, node);
		at = path_tree_node(g->tree, node);
		write_margin(g);
		write_frame(g, node);
	}
	return node;
}

/* Writes the children of `node` as branches, each with all that is below it. */
static void write_branches(struct graph *g, uint32_t node)
{
	const uint32_t *children = path_tree_children(g->tree, node);
	uint32_t nr = path_tree_node(g->tree, node)->nr_children;
	uint64_t rest;
	uint32_t shown = count_shown(g, node, &rest);
	bool tell_rest = rest && rest >= g->least;

	for (uint32_t i = 0; i < shown; i++) {
		bool is_last = i + 1 == shown && !tell_rest;

		write_mark(g, path_tree_node(g->tree, children[i])->total[g->weight], is_last);
		write_frame(g, children[i]);
		bytes_append(&g->margin, is_last ? MARGIN_OF_LAST : MARGIN_OF_OTHERS, BRANCH_WIDTH);
		write_branches(g, write_chain(g, children[i]));
		g->margin.size -= BRANCH_WIDTH;
	}
	if (tell_rest) {
		write_mark(g, rest, true);
		fprintf(g->out, "[%u smaller]\n", nr - shown);
	}
}

/* The smallest count that is at least `percent` of all. */
static uint64_t least_shown(uint64_t all, double percent)
{
	double least = (double)all * percent / 100.0;
	uint64_t whole = (uint64_t)least;

	return (double)whole < least ? whole + 1 : whole;
}

static const char *const side_texts[NR_PATH_SIDES] = {
	[BY_TOUCH] = "by path",
	[BY_OWNER] = "by the path that made the memory",
	[BY_RETURNER] = "by the path that had given the memory back",
};

static char *weight_text(uint64_t amount, enum weight weight)
{
	char number[NUMBER_SIZE];

	switch (weight) {
	case WEIGHT_NS:
		return xstrdup(duration_format(amount, number));
	case WEIGHT_BYTES:
		return xstrdup(size_format(amount, number));
	default:
		return xasprintf("%s faults", count_format(amount, number));
	}
}

void text_fault_paths(FILE *out, const struct report *report, const struct report_style *style)
{
	const struct path_tree *tree = &report->fault_paths;
	const struct path_node *root = path_tree_node(tree, 0);
	enum weight weight = report->path_weight;
	struct graph g = {
		.out = out,
		.tree = tree,
		.style = style,
		.weight = weight,
		.all = root->total[weight],
		.least = least_shown(root->total[weight], style->percent_limit),
	};
	scoped_free char *all = weight_text(g.all, weight);

	if (!g.all)
		return;
	text_heading(out, style, "Page faults %s, %s first (100%% = %s)",
		     side_texts[report->path_side], report->callees_first ? "callees" : "callers",
		     all);
	bytes_append(&g.margin, "  ", 2);
	if (root->self[weight]) {
		write_mark(&g, root->self[weight], !root->nr_children);
		fputs("[no stack]\n", out);
	}
	write_branches(&g, 0);
	bytes_fini(&g.margin);
}

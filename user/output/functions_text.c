// SPDX-License-Identifier: MIT
#include "output/functions_text.h"

#include <inttypes.h>

#include "cli/number.h"
#include "cli/text.h"
#include "output/printable.h"
#include "output/text_section.h"

#define MOST_FUNCTIONS 20

static void write_name(FILE *out, const struct path_tree *tree, uint32_t name, unsigned int column,
		       const struct report_style *style)
{
	const unsigned int least = 20;
	scoped_free char *clean = printable(names_text(&tree->names, name));
	scoped_free char *cut =
		text_cut(clean, style->width > column + least ? style->width - column : least);

	fprintf(out, "  %s\n", cut);
}

static double percent(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

static void write_rest(FILE *out, size_t nr, size_t shown)
{
	if (shown < nr)
		fprintf(out, "  ... %zu more (--all)\n", nr - shown);
}

/* ---- All ---- */

void text_functions(FILE *out, const struct report *report, bool by_self,
		    const struct report_style *style)
{
	const struct path_tree *tree = &report->fault_paths;
	enum weight weight = report->path_weight;
	uint64_t all = path_tree_node(tree, 0)->total[weight];
	struct function_table table;
	size_t shown = 0;

	if (!all)
		return;
	function_table_build(tree, NULL, NULL, weight, by_self, &table);
	text_heading(out, style, "Page faults by function%s",
		     by_self ? ", without its callees" : "");
	fprintf(out, "  %s%8s %12s  function\n", by_self ? "" : "children ", "self", "faults");
	vec_each (&table.rows, row) {
		uint64_t amount = by_self ? row->self[weight] : row->total[weight];

		if (!amount || (!style->all && shown == MOST_FUNCTIONS))
			break;
		fputs("  ", out);
		if (!by_self)
			fprintf(out, "%7.2f%% ", percent(row->total[weight], all));
		fprintf(out, "%7.2f%% %12" PRIu64, percent(row->self[weight], all),
			by_self ? row->self[WEIGHT_COUNT] : row->total[WEIGHT_COUNT]);
		write_name(out, tree, row->name, by_self ? 25 : 34, style);
		shown++;
	}
	if (shown == MOST_FUNCTIONS)
		write_rest(out, table.rows.size, shown);
	function_table_fini(&table);
}

/* ---- Those of some names ---- */

static void write_share(FILE *out, const char *what, const struct path_tree *tree,
			const struct function_table *table)
{
	const uint64_t *all = path_tree_node(tree, 0)->total, *below = table->below;
	char part[NUMBER_SIZE], whole[NUMBER_SIZE], share[NUMBER_SIZE], time[NUMBER_SIZE];
	char time_share[NUMBER_SIZE];

	fprintf(out, "  %-14s %s of %s (%s)", what, count_format(below[WEIGHT_COUNT], part),
		count_format(all[WEIGHT_COUNT], whole),
		percent_format(below[WEIGHT_COUNT], all[WEIGHT_COUNT], share));
	fprintf(out, ", %s (%s of their time)\n", duration_format(below[WEIGHT_NS], time),
		percent_format(below[WEIGHT_NS], all[WEIGHT_NS], time_share));
}

static void write_matches(FILE *out, const char *heading, const struct path_tree *tree,
			  const struct function_table *table, const struct report_style *style)
{
	uint64_t all = path_tree_node(tree, 0)->total[WEIGHT_COUNT];
	size_t shown = 0;

	if (!table->rows.size)
		return;
	text_heading(out, style, "%s", heading);
	fprintf(out, "  %8s %12s %13s  function\n", "share", "events", "total_ms");
	vec_each (&table->rows, row) {
		if (!style->all && shown == MOST_FUNCTIONS)
			break;
		fprintf(out, "  %7.2f%% %12" PRIu64 " %13.3f",
			percent(row->total[WEIGHT_COUNT], all), row->total[WEIGHT_COUNT],
			NS_AS_MS(row->total[WEIGHT_NS]));
		write_name(out, tree, row->name, 39, style);
		shown++;
	}
	write_rest(out, table->rows.size, shown);
}

void text_suspicion(FILE *out, const struct suspicion *s, const struct report_style *style)
{
	scoped_free char *pattern = printable(s->pattern);

	text_heading(out, style, "Events with a function on their path that matches /%s/", pattern);
	if (s->faults)
		write_share(out, "page faults", s->faults, &s->by_faults);
	if (s->calls)
		write_share(out, "system calls", s->calls, &s->by_calls);
	if (s->faults)
		write_matches(out, "Page faults with each of them", s->faults, &s->by_faults,
			      style);
	if (s->calls)
		write_matches(out, "System calls with each of them", s->calls, &s->by_calls, style);
}

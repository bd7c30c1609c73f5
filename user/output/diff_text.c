// SPDX-License-Identifier: MIT
/* A comparison as text: the answer fits the first screen, and all it rests on follows. */
#include <inttypes.h>
#include <math.h>

#include "cli/text.h"
#include "output/diff_text.h"
#include "output/printable.h"

#define LABEL      11 /* columns of the head's labels */
#define MOST_WIDTH 100

static unsigned int width_of(const struct diff_style *style)
{
	return style->width < MOST_WIDTH ? style->width : MOST_WIDTH;
}

static void labelled(FILE *out, const struct diff_style *style, const char *label, const char *text)
{
	scoped_free char *clean = printable(text);

	fprintf(out, "%-*s", LABEL, label);
	text_print_wrapped(out, clean, LABEL, width_of(style));
}

/* ---- Head ---- */

static void write_side(FILE *out, const struct diff *diff, enum side side)
{
	scoped_free char *command = side_command(diff, side);
	scoped_free char *path = printable(diff_first_run(diff, side)->path);
	uint32_t nr = diff->runs.nr[side];

	if (nr == 1)
		fprintf(out, "%-*s%s  (%s)\n", LABEL, side_name(side), command, path);
	else
		fprintf(out, "%-*s%s  (%" PRIu32 " runs: %s, ...)\n", LABEL, side_name(side),
			command, nr, path);
}

static void write_job(FILE *out, const struct diff *diff, const struct diff_style *style)
{
	static const char *const verdicts[] = {[JOB_SAME] = "yes",
					       [JOB_ASSUMED] = "nothing speaks against it",
					       [JOB_OTHER] = "NO"};
	scoped_free char *text = xstrdup(verdicts[diff->job.verdict]);

	vec_each (&diff->job.remarks, remark) {
		char *longer =
			xasprintf("%s%s %s", text, remark == diff->job.remarks.items ? ":" : ",",
				  remark->text);

		free(text);
		text = longer;
	}
	labelled(out, style, "same job?", text);
}

static void write_head(FILE *out, const struct diff *diff, const struct diff_style *style)
{
	write_side(out, diff, BASE);
	write_side(out, diff, NEW);
	write_job(out, diff, style);
	vec_each (&diff->caveats.texts, text)
		labelled(out, style, "caution", *text);
}

/* ---- Verdict ---- */

static void write_direction(FILE *out, const struct diff *diff, enum metric metric)
{
	scoped_free char *text = direction_text(diff, metric);
	const struct change *c = &diff->metrics[metric].change;

	if (diff->metrics[metric].is_known)
		fprintf(out, "%s%s\n", text,
			c->is_claimed || fabs(change_delta(c)) < 0.5 ? ""
								     : ", which may be chance");
}

static void write_saving(FILE *out, const struct verdict_finding *finding)
{
	char faults[NUMBER_SIZE], calls[NUMBER_SIZE], time[NUMBER_SIZE];

	if (!finding->saved_faults && !finding->saved_calls)
		return;
	fprintf(out, "     %-14s without it, %s would save about ", "predicted",
		side_name(finding->side));
	if (finding->saved_faults)
		fprintf(out, "%s page faults, ", count_format(finding->saved_faults, faults));
	if (finding->saved_calls)
		fprintf(out, "%s system calls, ", count_format(finding->saved_calls, calls));
	fprintf(out, "%s\n", duration_format(finding->saved_ns, time));
}

static void write_finding(FILE *out, const struct verdict_finding *finding, size_t number,
			  const struct diff_style *style)
{
	scoped_free char *title = printable(finding->title);
	scoped_free char *tagged = xasprintf("%s [%s]", title, finding->id);

	fprintf(out, "  %zu. ", number);
	text_print_wrapped(out, tagged, 5, width_of(style));
	vec_each (&finding->evidence, line) {
		scoped_free char *clean = printable(line->text);

		fprintf(out, "     %-14s ", line->label);
		text_print_wrapped(out, clean, 20, width_of(style));
	}
	write_saving(out, finding);
}

static void write_verdict(FILE *out, const struct diff *diff, const struct diff_style *style)
{
	size_t number = 0;

	diff_text_heading(out, style, "Verdict");
	vec_each (&diff->verdict.items, finding) {
		if (number < 5 || style->all)
			write_finding(out, finding, ++number, style);
	}
}

/* ---- What was asked ---- */

static void write_gate(FILE *out, const struct gate *gate, const struct gate_result *result,
		       bool is_goal)
{
	scoped_free char *text = printable(gate->text);

	if (!result->is_known) {
		fprintf(out, "  %-28s cannot be told: not recorded on both sides%s\n", text,
			gate->amount == AMOUNT_P50 || gate->amount == AMOUNT_P99
				? ", or too few calls (p50: 3, p99: 100)"
				: "");
		return;
	}
	fprintf(out, "  %-28s %s: %+.1f%%", text,
		is_goal         ? result->holds ? "reached" : "missed"
		: result->holds ? "holds, so this fails"
				: "does not hold",
		result->percent);
	if (isfinite(result->low) && isfinite(result->high))
		fprintf(out, " (between %+.1f%% and %+.1f%%)", result->low, result->high);
	if (is_goal)
		fprintf(out, ", a reduction of the class: %s", reduction_class(result->percent));
	fputc('\n', out);
}

static void write_gates(FILE *out, const struct diff_style *style)
{
	if (!style->nr_gates)
		return;
	diff_text_heading(out, style, "Goals and limits");
	for (size_t i = 0; i < style->nr_gates; i++)
		write_gate(out, &style->gates[i], &style->results[i], i < style->nr_goals);
}

/* ---- Totals ---- */

static const char *judgement(const struct diff *diff, enum metric metric)
{
	const struct metric_change *m = &diff->metrics[metric];

	if (m->change.is_claimed)
		return "differs";
	if (metric_words[metric].is_exact)
		return "";
	return diff->has_repeats ? "" : "not judged";
}

static void write_range(FILE *out, const struct range *range, enum metric_unit unit)
{
	char low[NUMBER_SIZE], high[NUMBER_SIZE];

	if (range->low < range->high)
		fprintf(out, " [%s .. %s]", metric_format(unit, range->low, low),
			metric_format(unit, range->high, high));
}

static void write_per_unit(FILE *out, const struct diff *diff, const struct change *c,
			   enum metric_unit unit)
{
	double base = c->base.mean / diff->unit.of[BASE], new = c->new.mean / diff->unit.of[NEW];
	char from[NUMBER_SIZE], to[NUMBER_SIZE], ratio[NUMBER_SIZE];

	if (!diff->unit.text)
		return;
	if (unit == UNIT_COUNT && (base < 100 || new < 100))
		fprintf(out, "  %13.2f %13.2f", base, new);
	else
		fprintf(out, "  %13s %13s", metric_format(unit, base, from),
			metric_format(unit, new, to));
	fprintf(out, " %8s", ratio_format(base, new, ratio));
}

/* Where all faults are minor, that is no news. */
static bool has_major_faults(const struct diff *diff)
{
	const struct change *c = &diff->metrics[METRIC_MAJOR].change;

	return c->base.high > 0 || c->new.high > 0;
}

static void write_metric(FILE *out, const struct diff *diff, enum metric metric)
{
	const struct metric_change *m = &diff->metrics[metric];
	const struct metric_words *words = &metric_words[metric];
	const struct change *c = &m->change;
	double delta = change_delta(c);
	char base[NUMBER_SIZE], new[NUMBER_SIZE], apart[NUMBER_SIZE], ratio[NUMBER_SIZE];

	if (!m->is_known || (c->base.mean == 0 && c->new.mean == 0) ||
	    (metric == METRIC_MINOR && !has_major_faults(diff)))
		return;
	metric_format(words->unit, fabs(delta), apart);
	fprintf(out, "  %-30s %13s %13s %s%*s %9s  %-10s", words->text,
		metric_format(words->unit, c->base.mean, base),
		metric_format(words->unit, c->new.mean, new),
		delta < 0   ? "-"
		: delta > 0 ? "+"
			    : " ",
		13 - (int)text_columns(apart) + (int)strlen(apart), apart,
		ratio_format(c->base.mean, c->new.mean, ratio), judgement(diff, metric));
	write_per_unit(out, diff, c, words->unit);
	diff_text_interval(out, &m->time);
	write_range(out, &c->base, words->unit);
	write_range(out, &c->new, words->unit);
	fputc('\n', out);
}

static void write_totals(FILE *out, const struct diff *diff, const struct diff_style *style)
{
	scoped_free char *title = diff->unit.text ? xasprintf("Totals, and per %s", diff->unit.text)
						  : xstrdup("Totals");

	diff_text_heading(out, style, title);
	fprintf(out, "  %-30s %13s %13s %14s %9s  %-10s", "", "BASE", "NEW", "NEW - BASE", "", "");
	if (diff->unit.text)
		fprintf(out, "  %13s %13s %8s", "BASE/unit", "NEW/unit", "");
	fputc('\n', out);
	for (int metric = 0; metric < NR_METRICS; metric++)
		write_metric(out, diff, (enum metric)metric);
	fprintf(out, "  %s\n",
		diff->has_repeats
			? "(means of the runs, with their ranges; judged by permutation, false "
			  "discoveries controlled)"
		: diff->is_parallel
			? "(one run a side, threads or processes race: counts differ from 10% and "
			  "64 on)"
			: "(one run a side, exact counts: they differ from 1% and 16 on)");
}

/* ---- Tables ---- */

static bool is_worth_a_row(const struct diff_row *row, const struct diff_style *style)
{
	return style->all || row->change.is_claimed || row->change.is_large;
}

static void write_row(FILE *out, const struct diff *diff, const struct diff_table *table,
		      const struct diff_row *row, double all_apart)
{
	double base = row->change.base.mean, new = row->change.new.mean;
	char b[NUMBER_SIZE], n[NUMBER_SIZE], d[NUMBER_SIZE], ratio[NUMBER_SIZE];
	scoped_free char *clean = printable(diff_row_name(table, row));
	scoped_free char *name = text_cut(clean, 48);

	(void)diff;
	fprintf(out, "  %s%*s %12s %12s %13s %8s", name, 48 - (int)text_columns(name), "",
		metric_format(UNIT_COUNT, base, b), metric_format(UNIT_COUNT, new, n),
		change_format((int64_t)llround(new - base), d), ratio_format(base, new, ratio));
	if (all_apart != 0)
		fprintf(out, " %6.0f%%", 100 * (new - base) / all_apart);
	fprintf(out, "%s\n", row->change.is_claimed ? "  differs" : "");
}

static void write_table(FILE *out, const struct diff *diff, enum facet facet,
			const struct diff_style *style)
{
	const struct diff_table *table = &diff->tables[facet];
	size_t shown = 0, left = 0;
	double all_apart =
		facet == FACET_LIFE ? 0 : change_delta(&diff->metrics[METRIC_FAULTS].change);

	vec_each (&table->rows, row)
		left += is_worth_a_row(row, style);
	if (!left)
		return;
	diff_text_heading(out, style, facet_words[facet].title);
	fprintf(out, "  %-48s %12s %12s %13s\n", "", "BASE", "NEW", "NEW - BASE");
	vec_each (&table->rows, row) {
		if (!is_worth_a_row(row, style))
			continue;
		if (shown == MOST_ROWS && !style->all)
			break;
		write_row(out, diff, table, row, all_apart);
		shown++;
	}
	if (shown < left)
		fprintf(out, "  ... %zu more rows (--all)\n", left - shown);
}

/* ---- Functions ---- */

static void write_match(FILE *out, const struct alignment *a, const struct match *match)
{
	scoped_free char *base = printable(function_text(&a->functions[BASE], match->of[BASE]));
	scoped_free char *new = printable(function_text(&a->functions[NEW], match->of[NEW]));

	fprintf(out, "  %.2f  %s -> %s%s\n", match->score, base, new,
		match->kind == MATCH_MAP ? "  (by the map)" : "");
}

static void write_matches(FILE *out, const struct diff *diff, const struct diff_style *style)
{
	const struct alignment *a = &diff->alignment;
	size_t shown = 0;

	if (!a->matches.size)
		return;
	diff_text_heading(out, style, "Functions taken to be the same (score, from 0.55 on)");
	vec_each (&a->matches, match) {
		if (shown++ < MOST_ROWS || style->all)
			write_match(out, a, match);
	}
	if (shown > MOST_ROWS && !style->all)
		fprintf(out, "  ... %zu more (--all)\n", shown - MOST_ROWS);
}

static void write_suggestions(FILE *out, const struct diff *diff, const struct diff_style *style)
{
	const struct alignment *a = &diff->alignment;

	if (!style->suggest)
		return;
	diff_text_heading(out, style, "Functions that may be the same: lines for --map");
	vec_each (&a->suggestions, match)
		write_match(out, a, match);
	if (!a->suggestions.size)
		fputs("  none\n", out);
}

/* ---- Paths ---- */

static void write_path(FILE *out, const struct path_tree *tree, const struct path_change *change,
		       const struct diff_style *style)
{
	scoped_free char *text = aligned_path_text(tree, change->node, " > ");
	scoped_free char *clean = printable(*text ? text : "[no stack]");
	char base[NUMBER_SIZE], new[NUMBER_SIZE], apart[NUMBER_SIZE];

	fprintf(out, "  %-8s %12s %12s %13s  ", path_change_names[change->kind],
		count_format(change->base, base), count_format(change->new, new),
		change_format((int64_t)(change->new - change->base), apart));
	if (style->all || style->width == UINT32_MAX) {
		fprintf(out, "%s\n", clean);
	} else {
		scoped_free char *cut = text_cut(clean, style->width > 92 ? style->width - 52 : 40);

		fprintf(out, "%s\n", cut);
	}
}

static void write_paths(FILE *out, const struct diff *diff, enum event_kind_of_path events,
			const struct diff_style *style)
{
	const struct path_changes *changes = &diff->path_changes[events];
	size_t shown = 0;

	if (!changes->items.size)
		return;
	diff_text_heading(out, style,
			  events == PATH_FAULTS ? "Paths of page faults, callers first"
						: "Paths of system calls, callers first");
	vec_each (&changes->items, change) {
		if (shown == MOST_ROWS && !style->all)
			break;
		write_path(out, &diff->paths[events], change, style);
		shown++;
	}
	if (shown < changes->items.size)
		fprintf(out, "  ... %zu more paths (--all)\n", changes->items.size - shown);
}

/* ---- All of it ---- */

static void write_facet(FILE *out, const struct diff *diff, enum facet facet,
			const struct diff_style *style)
{
	if (facet >= FACET_BLOCK)
		diff_text_calls(out, diff, facet, style);
	else
		write_table(out, diff, facet, style);
}

void diff_text(FILE *out, const struct diff *diff, const struct diff_style *style)
{
	write_head(out, diff, style);
	write_direction(out, diff, METRIC_FAULTS);
	write_direction(out, diff, METRIC_SYSCALLS);
	write_direction(out, diff, METRIC_BLOCKS);
	if (style->only != NR_FACETS) {
		write_facet(out, diff, style->only, style);
		return;
	}
	write_verdict(out, diff, style);
	write_gates(out, style);
	write_totals(out, diff, style);
	for (int facet = 0; facet < FACET_BLOCK; facet++)
		write_facet(out, diff, (enum facet)facet, style);
	write_matches(out, diff, style);
	write_suggestions(out, diff, style);
	write_paths(out, diff, PATH_FAULTS, style);
	for (int facet = FACET_BLOCK; facet < NR_FACETS; facet++)
		write_facet(out, diff, (enum facet)facet, style);
	write_paths(out, diff, PATH_CALLS, style);
}

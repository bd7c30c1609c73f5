// SPDX-License-Identifier: MIT
/* A comparison for a pull request: verdict, totals, and what differs by cause and by call. */
#include <math.h>

#include "output/diff_output.h"
#include "output/printable.h"

#define MOST_ROWS 10

/* What Markdown and HTML would read as marks is escaped. */
static void write_text(FILE *out, const char *text)
{
	scoped_free char *clean = printable(text);

	for (const char *at = clean; *at; at++) {
		if (strchr("\\`*_{}[]<>|#~", *at))
			fputc('\\', out);
		fputc(*at, out);
	}
}

static void write_code(FILE *out, const char *text)
{
	scoped_free char *clean = printable(text);

	fputc('`', out);
	for (const char *at = clean; *at; at++)
		fputc(*at == '`' || *at == '|' ? '\'' : *at, out);
	fputc('`', out);
}

static void write_side(FILE *out, const struct diff *diff, enum side side)
{
	scoped_free char *command = side_command(diff, side);

	fprintf(out, "- **%s**: ", side_name(side));
	write_code(out, command);
	fputc('\n', out);
}

static void write_verdict(FILE *out, const struct diff *diff)
{
	fputs("\n### Verdict\n\n", out);
	vec_each (&diff->verdict.items, finding) {
		char faults[NUMBER_SIZE], time[NUMBER_SIZE];

		fputs("1. ", out);
		write_text(out, finding->title);
		fprintf(out, " (`%s`)", finding->id);
		if (finding->saved_faults)
			fprintf(out, ", predicted saving: %s page faults, %s",
				count_format(finding->saved_faults, faults),
				duration_format(finding->saved_ns, time));
		fputc('\n', out);
	}
}

static void write_totals(FILE *out, const struct diff *diff)
{
	fputs("\n### Totals\n\n| | BASE | NEW | change | |\n|---|---:|---:|---:|---|\n", out);
	for (int metric = 0; metric < NR_METRICS; metric++) {
		const struct metric_change *m = &diff->metrics[metric];
		const struct metric_words *words = &metric_words[metric];
		char base[NUMBER_SIZE], new[NUMBER_SIZE], ratio[NUMBER_SIZE];

		if (!m->is_known || (m->change.base.mean == 0 && m->change.new.mean == 0))
			continue;
		fprintf(out, "| %s | %s | %s | %s | %s |\n", words->text,
			metric_format(words->unit, m->change.base.mean, base),
			metric_format(words->unit, m->change.new.mean, new),
			ratio_format(m->change.base.mean, m->change.new.mean, ratio),
			m->change.is_claimed                   ? "**differs**"
			: words->is_exact || diff->has_repeats ? ""
							       : "not judged");
	}
}

static void write_table(FILE *out, const struct diff *diff, enum facet facet)
{
	const struct diff_table *table = &diff->tables[facet];
	size_t shown = 0;

	vec_each (&table->rows, row) {
		char base[NUMBER_SIZE], new[NUMBER_SIZE], delta[NUMBER_SIZE];

		if (!diff_row_differs(row) || shown == MOST_ROWS)
			continue;
		if (!shown++)
			fprintf(out,
				"\n### %s\n\n| | BASE | NEW | NEW - BASE |\n|---|---:|---:|---:|\n",
				facet_words[facet].title);
		fputs("| ", out);
		write_code(out, diff_row_name(table, row));
		fprintf(out, " | %s | %s | %s |\n",
			metric_format(UNIT_COUNT, row->change.base.mean, base),
			metric_format(UNIT_COUNT, row->change.new.mean, new),
			change_format((int64_t)llround(change_delta(&row->change)), delta));
	}
}

/* ---- Calls ---- */

/* "BASE → NEW"; "-": too few calls to tell. */
static void write_durations(FILE *out, const struct diff_table *table, const struct diff_row *row,
			    enum amount amount)
{
	const char *between = " | ";

	for (int side = 0; side < NR_SIDES; side++, between = " → ") {
		char text[NUMBER_SIZE];
		double ns;

		fprintf(out, "%s%s", between,
			diff_row_quantile(table, row, (enum side)side, amount, &ns)
				? metric_format(UNIT_NS, ns, text)
				: "-");
	}
}

static void write_call(FILE *out, const struct diff_table *table, const struct diff_row *row)
{
	char base[NUMBER_SIZE], new[NUMBER_SIZE];

	fputs("| ", out);
	write_code(out, diff_row_name(table, row));
	fprintf(out, " | %s → %s", metric_format(UNIT_COUNT, row->change.base.mean, base),
		metric_format(UNIT_COUNT, row->change.new.mean, new));
	fprintf(out, " | %s → %s", metric_format(UNIT_COUNT, row->also.base.mean, base),
		metric_format(UNIT_COUNT, row->also.new.mean, new));
	write_durations(out, table, row, AMOUNT_NS);
	write_durations(out, table, row, AMOUNT_P50);
	write_durations(out, table, row, AMOUNT_P99);
	fputs(" |\n", out);
}

static void write_calls(FILE *out, const struct diff *diff, enum facet facet)
{
	const struct diff_table *table = &diff->tables[facet];
	size_t shown = 0;

	vec_each (&table->rows, row) {
		if (!diff_row_differs(row) || shown == MOST_ROWS)
			continue;
		if (!shown++)
			fprintf(out,
				"\n### %s\n\n| BASE → NEW | calls | errors | time | p50 | p99 "
				"|\n|---|---:|---:|---:|---:|---:|\n",
				facet_words[facet].title);
		write_call(out, table, row);
	}
}

static void write_gates(FILE *out, const struct diff_style *style)
{
	if (style->nr_gates)
		fputs("\n### Goals and limits\n\n", out);
	for (size_t i = 0; i < style->nr_gates; i++) {
		const struct gate_result *result = &style->results[i];
		bool is_goal = i < style->nr_goals;

		fputs("- ", out);
		write_code(out, style->gates[i].text);
		if (!result->is_known)
			fputs(": cannot be told\n", out);
		else
			fprintf(out, ": %+.1f%%, %s\n", result->percent,
				is_goal         ? result->holds ? "reached" : "**missed**"
				: result->holds ? "**holds**"
						: "does not hold");
	}
}

void diff_markdown(FILE *out, const struct diff *diff, const struct diff_style *style)
{
	static const char *const jobs[] = {"the same job", "probably the same job",
					   "**not the same job**"};
	scoped_free char *direction = direction_text(diff, METRIC_FAULTS);

	fputs("## prof diff\n\n", out);
	if (diff->metrics[METRIC_FAULTS].is_known)
		fprintf(out, "%s (%s).\n\n", direction, jobs[diff->job.verdict]);
	write_side(out, diff, BASE);
	write_side(out, diff, NEW);
	vec_each (&diff->caveats.texts, text) {
		fputs("- caution: ", out);
		write_text(out, *text);
		fputc('\n', out);
	}
	write_verdict(out, diff);
	write_gates(out, style);
	write_totals(out, diff);
	for (int facet = 0; facet < FACET_SYSCALL; facet++)
		write_table(out, diff, (enum facet)facet);
	for (int facet = FACET_SYSCALL; facet < NR_FACETS; facet++)
		write_calls(out, diff, (enum facet)facet);
}

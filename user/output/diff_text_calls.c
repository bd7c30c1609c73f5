// SPDX-License-Identifier: MIT
/* The tables of a comparison that have more to say of a row than one count: blocks and calls. */
#include <inttypes.h>

#include "cli/text.h"
#include "output/diff_text.h"
#include "output/printable.h"
#include "profile/facts.h"

#define NAME_COLUMNS       34
#define WIDTH_OF_QUANTILES 160 /* columns from which there is room for them */

void diff_text_heading(FILE *out, const struct diff_style *style, const char *text)
{
	fprintf(out, style->color ? "\n\033[1m%s\033[0m\n" : "\n%s\n", text);
}

void diff_text_interval(FILE *out, const struct interval *interval)
{
	if (interval->is_known)
		fprintf(out, "  %.2fx to %.2fx", interval->low, interval->high);
}

/* ---- Cells: BASE, then NEW ---- */

static void write_counts(FILE *out, const struct diff_table *table, const struct diff_row *row,
			 enum amount amount, int columns)
{
	fprintf(out, " %*.0f %*.0f", columns, diff_row_mean(table, row, BASE, amount), columns,
		diff_row_mean(table, row, NEW, amount));
}

static void write_ms(FILE *out, const struct diff_table *table, const struct diff_row *row)
{
	fprintf(out, " %9.3f %9.3f", diff_row_mean(table, row, BASE, AMOUNT_NS) / 1e6,
		diff_row_mean(table, row, NEW, AMOUNT_NS) / 1e6);
}

static void write_bytes(FILE *out, const struct diff_table *table, const struct diff_row *row,
			enum amount amount)
{
	for (int side = 0; side < NR_SIDES; side++) {
		char size[NUMBER_SIZE];

		fprintf(out, " %9s",
			metric_format(UNIT_BYTES,
				      diff_row_mean(table, row, (enum side)side, amount), size));
	}
}

static void write_quantiles(FILE *out, const struct diff_table *table, const struct diff_row *row,
			    enum amount amount)
{
	for (int side = 0; side < NR_SIDES; side++) {
		double ns;

		if (diff_row_quantile(table, row, (enum side)side, amount, &ns))
			fprintf(out, " %9.1f", ns / 1e3);
		else
			fprintf(out, " %9s", "-");
	}
}

/* How long a block lived, on average. */
static void write_lives(FILE *out, const struct diff_table *table, const struct diff_row *row)
{
	for (int side = 0; side < NR_SIDES; side++) {
		double blocks = diff_row_mean(table, row, (enum side)side, AMOUNT_COUNT);
		double ns = diff_row_mean(table, row, (enum side)side, AMOUNT_NS);
		char life[NUMBER_SIZE];

		metric_format(UNIT_NS, blocks > 0 ? ns / blocks : 0, life);
		fprintf(out, " %*s%s", 9 - (int)text_columns(life), "", blocks > 0 ? life : "-");
	}
}

/* ---- Rows ---- */

static bool has_quantiles(enum facet facet, const struct diff_style *style)
{
	return facet_is_of_calls(facet) &&
	       (style->only == facet || style->width >= WIDTH_OF_QUANTILES);
}

static void write_call_cells(FILE *out, const struct diff_table *table, const struct diff_row *row,
			     const struct diff_style *style)
{
	if (table->facet == FACET_MEMORY)
		write_counts(out, table, row, AMOUNT_FAULTS, 9);
	else
		write_counts(out, table, row, AMOUNT_ERRORS, 7);
	write_bytes(out, table, row, AMOUNT_BYTES);
	write_ms(out, table, row);
	if (!has_quantiles(table->facet, style))
		return;
	write_quantiles(out, table, row, AMOUNT_P50);
	write_quantiles(out, table, row, AMOUNT_P99);
	diff_text_interval(out, &row->time);
}

static void write_block_cells(FILE *out, const struct diff *diff, const struct diff_table *table,
			      const struct diff_row *row)
{
	write_bytes(out, table, row, AMOUNT_BYTES);
	write_lives(out, table, row);
	if (diff->metrics[METRIC_UNTOUCHED_BYTES].is_known)
		write_bytes(out, table, row, AMOUNT_UNTOUCHED);
}

static void write_row(FILE *out, const struct diff *diff, const struct diff_table *table,
		      const struct diff_row *row, const struct diff_style *style)
{
	char ratio[NUMBER_SIZE];
	scoped_free char *clean = printable(diff_row_name(table, row));
	scoped_free char *name = text_cut(clean, NAME_COLUMNS);

	fprintf(out, "  %s%*s", name, NAME_COLUMNS - (int)text_columns(name), "");
	write_counts(out, table, row, AMOUNT_COUNT, 9);
	fprintf(out, " %8s", ratio_format(row->change.base.mean, row->change.new.mean, ratio));
	if (table->facet == FACET_BLOCK)
		write_block_cells(out, diff, table, row);
	else
		write_call_cells(out, table, row, style);
	fprintf(out, "%s\n", diff_row_differs(row) ? "  differs" : "");
}

/* ---- Tables ---- */

static void write_heads(FILE *out, const struct diff *diff, enum facet facet,
			const struct diff_style *style)
{
	fprintf(out, "  %-*s %9s %9s %8s", NAME_COLUMNS, "", "BASE", "NEW", "");
	if (facet == FACET_MEMORY)
		fprintf(out, " %9s %9s", "faults", "faults");
	else if (facet_is_of_calls(facet))
		fprintf(out, " %7s %7s", "errors", "errors");
	fprintf(out, " %9s %9s", "bytes", "bytes");
	if (facet != FACET_BLOCK)
		fprintf(out, " %9s %9s", "BASE_ms", "NEW_ms");
	else
		fprintf(out, " %9s %9s", "life_mean", "life_mean");
	if (facet == FACET_BLOCK && diff->metrics[METRIC_UNTOUCHED_BYTES].is_known)
		fprintf(out, " %9s %9s", "untouched", "untouched");
	if (has_quantiles(facet, style))
		fprintf(out, " %9s %9s %9s %9s", "p50_us", "p50_us", "p99_us", "p99_us");
	fputc('\n', out);
}

/* Callers and files are known of rows only. */
static void write_lost(FILE *out, const struct diff *diff, enum facet facet)
{
	if (facet != FACET_CALL_SITE && facet != FACET_FILE)
		return;
	for (int side = 0; side < NR_SIDES; side++) {
		uint64_t lost = 0;
		char count[NUMBER_SIZE];

		for (uint32_t i = 0; i < diff->runs.nr[side]; i++)
			lost += recording_lost_syscalls(diff->runs.of[side][i]->recording);
		if (lost)
			fprintf(out,
				"  (%s lost %s calls: of these neither file nor time is known)\n",
				side_name((enum side)side), count_format(lost, count));
	}
}

void diff_text_calls(FILE *out, const struct diff *diff, enum facet facet,
		     const struct diff_style *style)
{
	const struct diff_table *table = &diff->tables[facet];
	size_t shown = 0;

	if (!table->rows.size)
		return;
	diff_text_heading(out, style, facet_words[facet].title);
	write_heads(out, diff, facet, style);
	vec_each (&table->rows, row) {
		if (shown == MOST_ROWS && !style->all)
			break;
		write_row(out, diff, table, row, style);
		shown++;
	}
	if (shown < table->rows.size)
		fprintf(out, "  ... %zu more rows (--all)\n", table->rows.size - shown);
	write_lost(out, diff, facet);
}

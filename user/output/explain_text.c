// SPDX-License-Identifier: MIT
/* `prof explain` as text. */
#include "output/explain_output.h"

#include "cli/number.h"
#include "cli/text.h"
#include "output/diagnosis_text.h"
#include "output/printable.h"
#include "output/text_blocks.h"

#define MOST_ROWS      12 /* of a table, unless all are wanted */
#define REGION_COLUMNS 70 /* of a row, before the names */
#define GROWTH_COLUMNS 56

static void write_cut(FILE *out, unsigned int column, const char *text,
		      const struct report_style *style)
{
	scoped_free char *clean = printable(text);
	unsigned int room = style->width > column + 40 ? style->width - column : 40;
	scoped_free char *cut = text_cut(clean, room);

	fprintf(out, "%s\n", cut);
}

/* A duration may have a letter of two bytes. */
static void write_duration(FILE *out, uint64_t ns, unsigned int column)
{
	char text[NUMBER_SIZE];
	unsigned int columns = text_columns(duration_format(ns, text));

	fprintf(out, "%*s%s  ", columns < column ? (int)(column - columns) : 0, "", text);
}

static void write_diagnoses(FILE *out, const struct report *report,
			    const struct report_style *style)
{
	const struct diagnoses *diagnoses = &report->advice.diagnoses;

	text_heading(out, style, "Diagnosis");
	if (report->memory.lacks_calls)
		fputs("  The system calls that make memory were not all recorded: record them, too"
		      " (-e faults,%memory)\n",
		      out);
	if (!report->reconciliation.faults_recorded)
		fputs("  not possible: page faults were not recorded (-e faults)\n", out);
	else if (!diagnoses->items.size)
		fputs("  no pattern of waste found\n", out);
	for (size_t i = 0; i < diagnoses->items.size; i++) {
		if (i)
			fputc('\n', out);
		diagnosis_write(out, &diagnoses->items.items[i], i + 1, style);
	}
}

static void write_more(FILE *out, size_t all, size_t shown)
{
	if (shown < all)
		fprintf(out, "  ... %zu more (--all)\n", all - shown);
}

static size_t rows_shown(size_t all, const struct report_style *style)
{
	return style->all || all < MOST_ROWS ? all : MOST_ROWS;
}

/* ---- Regions ---- */

static void write_region(FILE *out, const struct situation *s, const struct region_row *row,
			 const struct report_style *style)
{
	scoped_free char *owner = site_text(&s->sites.items[row->owner]);
	char count[NUMBER_SIZE], least[NUMBER_SIZE], most[NUMBER_SIZE], all[NUMBER_SIZE];

	fprintf(out, "  %-13s %9s %10s %10s %10s", region_kind_names[row->kind],
		count_format(row->regions, count), size_format(row->least_bytes, least),
		size_format(row->most_bytes, most), size_format(row->bytes, all));
	write_duration(out, row->median_ns, 10);
	write_cut(out, REGION_COLUMNS, owner, style);
	if (row->returner) {
		scoped_free char *returner = site_text(&s->sites.items[row->returner]);
		scoped_free char *line = xasprintf("given back by %s", returner);

		fprintf(out, "%*s", REGION_COLUMNS, "");
		write_cut(out, REGION_COLUMNS, line, style);
	}
}

static void write_regions(FILE *out, const struct report *report,
			  const struct memory_tables *tables, const struct report_style *style)
{
	size_t all = tables->regions.size, shown = rows_shown(all, style);

	if (!all)
		return;
	text_heading(out, style, "Regions by owner");
	fprintf(out, "  %-13s %9s %10s %10s %10s %9s  %s\n", "kind", "regions", "least", "most",
		"together", "life_p50", "owner");
	for (size_t i = 0; i < shown; i++)
		write_region(out, &report->advice.situation, &tables->regions.items[i], style);
	write_more(out, all, shown);
}

/* ---- Growth ---- */

static void write_growth_row(FILE *out, const struct site *site, const struct report_style *style)
{
	const struct call_totals *totals = &site->totals;
	scoped_free char *text = site_text(site);
	char added[NUMBER_SIZE], kept[NUMBER_SIZE], most[NUMBER_SIZE], calls[NUMBER_SIZE];

	fprintf(out, "  %10s %10s %10s %9s", size_format(totals->added_bytes, added),
		size_format(totals->kept_bytes, kept), size_format(totals->most_bytes, most),
		count_format(totals->calls, calls));
	write_duration(out, totals->duration_ns, 10);
	write_cut(out, GROWTH_COLUMNS, text, style);
}

static void write_growth(FILE *out, const struct report *report, const struct memory_tables *tables,
			 const struct report_style *style)
{
	size_t all = tables->growth.size, shown = rows_shown(all, style);

	if (!all)
		return;
	text_heading(out, style, "Growth by caller (heaps and mapped blocks)");
	fprintf(out, "  %10s %10s %10s %9s %9s  %s\n", "added", "kept", "at_most", "calls", "time",
		"caller");
	for (size_t i = 0; i < shown; i++)
		write_growth_row(
			out, &report->advice.situation.sites.items[tables->growth.items[i]], style);
	write_more(out, all, shown);
}

void explain_text(FILE *out, const struct report *report, const struct memory_tables *tables,
		  const struct report_style *style)
{
	text_head(out, report, style);
	write_diagnoses(out, report, style);
	write_regions(out, report, tables, style);
	write_growth(out, report, tables, style);
	text_block_table(out, &report->blocks, style->all, style);
}

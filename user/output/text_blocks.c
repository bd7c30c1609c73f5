// SPDX-License-Identifier: MIT
/* The table of allocation sites. */
#include "output/text_blocks.h"

#include <inttypes.h>

#include "cli/number.h"
#include "cli/text.h"
#include "output/printable.h"

#define MOST_ROWS   15
#define ROW_COLUMNS 82 /* of a row, before the site */

static void write_right(FILE *out, const char *text, unsigned int column)
{
	unsigned int columns = text_columns(text); /* a duration may have a letter of two bytes */

	fprintf(out, "%*s%s ", columns < column ? (int)(column - columns) : 0, "", text);
}

static void write_numbers(FILE *out, const struct block_table *table,
			  const struct block_totals *totals)
{
	char text[NUMBER_SIZE];

	fputs("  ", out);
	write_right(out, size_format(totals->bytes, text), 10);
	write_right(out, count_format(totals->blocks, text), 11);
	write_right(out, size_format(totals->blocks ? totals->bytes / totals->blocks : 0, text),
		    10);
	write_right(out, size_format(totals->peak_bytes, text), 10);
	write_right(out, size_format(totals->kept_bytes, text), 10);
	write_right(out, duration_format(block_row_mean_life_ns(totals), text), 10);
	write_right(out, table->knows_pages ? size_format(totals->untouched_bytes, text) : "-", 10);
	fputc(' ', out);
}

static void write_row(FILE *out, const struct block_table *table, const struct block_row *row,
		      const struct report_style *style)
{
	scoped_free char *text = block_row_text(table, row);
	scoped_free char *clean = printable(text);
	unsigned int room = style->width > ROW_COLUMNS + 40 ? style->width - ROW_COLUMNS : 40;
	scoped_free char *cut = text_cut(clean, room);

	write_numbers(out, table, &row->totals);
	fprintf(out, "%s\n", cut);
}

/* What the table lacks, or counts in a way that one has to know. */
static void write_notes(FILE *out, const struct block_table *table)
{
	const struct {
		const char *what;
		uint64_t count;
	} notes[] = {
		{"calls that got no memory", table->all.failures},
		{"blocks of which no whole page was ever touched",
		 table->knows_pages ? table->all.untouched_blocks : 0},
		{"frees by children of what they got by fork, not counted", table->inherited_frees},
		{"frees of blocks not known: an allocator's own, or older ones",
		 table->unknown_frees},
		{"blocks freed unseen, whose memory was given out again", table->unseen_frees},
		{"blocks not followed, because too many lived", table->untracked},
		{"allocators that could not be probed: their blocks are missing",
		 table->failed_allocators},
		{"allocators that ran before they could be probed: their first blocks are missing",
		 table->late_allocators},
	};
	char number[NUMBER_SIZE];

	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
		if (notes[i].count)
			fprintf(out, "  %s: %s\n", notes[i].what,
				count_format(notes[i].count, number));
}

void text_block_table(FILE *out, const struct block_table *table, bool all,
		      const struct report_style *style)
{
	size_t shown = all || table->rows.size < MOST_ROWS ? table->rows.size : MOST_ROWS;
	char peak[NUMBER_SIZE], blocks[NUMBER_SIZE], when[NUMBER_SIZE];

	if (!table->is_recorded)
		return;
	text_heading(out, style, "Allocation sites (blocks by malloc and its like)");
	if (!table->rows.size) {
		fputs(table->allocators ? "  no block was made\n"
					: "  no allocator was found in what was mapped: static "
					  "programs need their symbols\n",
		      out);
		write_notes(out, table);
		return;
	}
	fprintf(out, "  %10s %11s %10s %10s %10s %10s %10s  %s\n", "bytes", "blocks", "mean",
		"at_peak", "kept", "life_mean", "untouched", "site");
	for (size_t i = 0; i < shown; i++)
		write_row(out, table, &table->rows.items[i], style);
	write_numbers(out, table, &table->all);
	fputs("all together\n", out);
	if (shown < table->rows.size)
		fprintf(out, "  ... %zu more sites (--all)\n", table->rows.size - shown);
	fprintf(out, "  peak: %s in %s block%s, after %s\n", size_format(table->peak_bytes, peak),
		count_format(table->peak_blocks, blocks), table->peak_blocks == 1 ? "" : "s",
		duration_format(table->peak_ns, when));
	write_notes(out, table);
}

void text_blocks(FILE *out, const struct report *report, const struct report_style *style)
{
	text_block_table(out, &report->blocks, style->all, style);
}

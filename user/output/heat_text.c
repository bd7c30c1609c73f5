// SPDX-License-Identifier: MIT
/* The heat map on a terminal: a sign for each cell, darker where more calls are. */
#include <math.h>

#include "cli/number.h"
#include "cli/text.h"
#include "decode/syscalls.h"
#include "output/analysis_output.h"
#include "profile/facts.h"

#define COLUMNS     60             /* each of them HEAT_COLUMNS / COLUMNS of the grid's */
#define ROWS_A_LINE HEAT_OF_OCTAVE /* of the grid's */
#define LABEL_WIDTH 10

/* Counts differ by factors: so do the steps. */
static void write_cell(FILE *out, uint64_t count, uint64_t most)
{
	static const char *const shades[] = {" ", "░", "▒", "▓", "█"};
	static const char *const signs[] = {" ", ".", "-", "+", "#"};
	double share = most > 1 ? log2((double)count) / log2((double)most) : 1;
	size_t level = count ? 1 + (size_t)(3.999 * share) : 0;

	fputs((locale_is_utf8() ? shades : signs)[level > 4 ? 4 : level], out);
}

/* Lines begin at whole octaves. */
static uint32_t first_line(const struct heat *heat)
{
	return heat->first_row / ROWS_A_LINE;
}

static uint32_t end_line(const struct heat *heat)
{
	return (heat->first_row + heat->nr_rows - 1) / ROWS_A_LINE + 1;
}

static uint64_t cell_at(const struct heat *heat, uint32_t line, uint32_t column)
{
	const uint32_t wide = HEAT_COLUMNS / COLUMNS;
	uint64_t count = 0;

	for (uint32_t row = line * ROWS_A_LINE; row < (line + 1) * ROWS_A_LINE; row++) {
		if (row < heat->first_row || row >= heat->first_row + heat->nr_rows)
			continue;
		for (uint32_t i = 0; i < wide; i++)
			count += heat_at(heat, row - heat->first_row, column * wide + i);
	}
	return count;
}

static uint64_t most_of(const struct heat *heat)
{
	uint64_t most = 0;

	for (uint32_t line = first_line(heat); line < end_line(heat); line++) {
		for (uint32_t column = 0; column < COLUMNS; column++) {
			if (cell_at(heat, line, column) > most)
				most = cell_at(heat, line, column);
		}
	}
	return most;
}

void heat_text(const struct page *p)
{
	const struct heat *heat = &p->analysis->heat;
	char label[32], width[NUMBER_SIZE];
	uint64_t most;

	if (!heat->nr_rows)
		return;
	most = most_of(heat);
	page_heading(p, "Latency over time");
	fprintf(p->out, "  %s, a column is %s; darker is more, on a log scale\n",
		heat->key == HEAT_ALL_CALLS ? "all calls" : call_label(heat->key, label),
		duration_format(heat->width_ns * (HEAT_COLUMNS / COLUMNS), width));
	for (uint32_t line = end_line(heat); line-- > first_line(heat);) {
		char from[NUMBER_SIZE];

		duration_format((1ULL << line) - 1, from);
		fprintf(p->out, "  %*s%s |", LABEL_WIDTH - (int)text_columns(from), "", from);
		for (uint32_t column = 0; column < COLUMNS; column++)
			write_cell(p->out, cell_at(heat, line, column), most);
		fputs("|\n", p->out);
	}
}

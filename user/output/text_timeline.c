// SPDX-License-Identifier: MIT
/* Page faults and memory over time, as two rows of bars. */
#include "output/text_section.h"

#include "cli/number.h"
#include "cli/text.h"

#define COLUMNS       60
#define LEAST_MOMENTS 8 /* fewer show nothing */

/* Of moments that share a column the faults are summed, and the most memory counts. */
static void fill_columns(const struct history *history, uint32_t moments_per_column,
			 uint64_t faults[COLUMNS], uint64_t bytes[COLUMNS])
{
	for (uint32_t i = 0; i < history->nr; i++) {
		const struct moment *moment = &history->moments[i];
		uint64_t column = i / moments_per_column;

		faults[column] += moment->faults;
		if (bytes[column] < moment->most_bytes)
			bytes[column] = moment->most_bytes;
	}
}

/* The least value that is not zero has a bar, too. */
static void write_bar(FILE *out, uint64_t value, uint64_t most)
{
	static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const signs[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
	size_t level = value ? 1 + (size_t)(7.0 * (double)value / (double)most) : 0;

	fputs((locale_is_utf8() ? blocks : signs)[level], out);
}

static void write_series(FILE *out, const char *name, const uint64_t values[COLUMNS],
			 uint32_t nr_columns, uint64_t most, const char *most_text)
{
	fprintf(out, "  %-8s|", name);
	for (uint32_t i = 0; i < nr_columns; i++)
		write_bar(out, values[i], most);
	fprintf(out, "| at most %s\n", most_text);
}

static uint64_t most_of(const uint64_t *values, uint32_t nr)
{
	uint64_t most = 1;

	for (uint32_t i = 0; i < nr; i++)
		if (most < values[i])
			most = values[i];
	return most;
}

void text_timeline(FILE *out, const struct report *report, const struct report_style *style)
{
	const struct history *history = memory_history(report->memory.model);
	uint64_t faults[COLUMNS] = {0}, bytes[COLUMNS] = {0}, most;
	uint32_t per_column = (history->nr + COLUMNS - 1) / COLUMNS, nr_columns;
	char span[NUMBER_SIZE], number[NUMBER_SIZE];
	scoped_free char *most_faults = NULL;

	if (history->nr < LEAST_MOMENTS || !memory_totals(report->memory.model)->faults)
		return;
	nr_columns = (history->nr + per_column - 1) / per_column;
	duration_format(history->width_ns * per_column, span);
	fill_columns(history, per_column, faults, bytes);
	text_heading(out, style, "Over time (a column is %s)", span);
	most = most_of(faults, nr_columns);
	most_faults = xasprintf("%s a column", count_format(most, number));
	write_series(out, "faults", faults, nr_columns, most, most_faults);
	most = most_of(bytes, nr_columns);
	write_series(out, "memory", bytes, nr_columns, most, size_format(most, number));
}

// SPDX-License-Identifier: MIT
#include "output/fault_pivot.h"

#include <inttypes.h>

#include "base/bytes.h"
#include "cli/number.h"
#include "cli/text.h"
#include "output/json_stream.h"
#include "output/json_value.h"
#include "output/printable.h"
#include "output/text_section.h"

#define MOST_ROWS  40
#define MOST_CELL  48 /* columns of a value that others follow */
#define FIRST_CELL 64 /* where the values begin */

/* ---- Text ---- */

static char *cell_text(const struct fault_pivot *pivot, const struct pivot_row *row, unsigned int i)
{
	scoped_free char *clean = printable(names_text(&pivot->names, row->values[i]));

	return text_cut(clean, MOST_CELL);
}

/* Of each column, as wide as its widest value of those that are shown. */
static void measure(const struct fault_pivot *pivot, size_t shown, unsigned int widths[])
{
	for (unsigned int i = 0; i < pivot->nr_keys; i++) {
		widths[i] = text_columns(pivot_key_names[pivot->keys[i]]);
		for (size_t row = 0; row < shown; row++) {
			scoped_free char *cell = cell_text(pivot, &pivot->rows.items[row], i);

			if (widths[i] < text_columns(cell))
				widths[i] = text_columns(cell);
		}
	}
}

/* The last one may be as long as the line has room for. */
static void write_values(FILE *out, const struct fault_pivot *pivot, const struct pivot_row *row,
			 const unsigned int widths[], const struct report_style *style)
{
	const unsigned int least = 20;
	unsigned int column = FIRST_CELL;
	scoped_free char *clean = NULL, *cut = NULL;

	for (unsigned int i = 0; i + 1 < pivot->nr_keys; i++) {
		scoped_free char *cell = cell_text(pivot, row, i);

		fprintf(out, "  %s%*s", cell, (int)(widths[i] - text_columns(cell)), "");
		column += widths[i] + 2;
	}
	clean = printable(names_text(&pivot->names, row->values[pivot->nr_keys - 1]));
	cut = text_cut(clean, style->width > column + least ? style->width - column : least);
	fprintf(out, "  %s\n", cut);
}

/* Only causes have them: their percentiles. */
static bool has_times(const struct fault_pivot *pivot)
{
	return pivot->nr_keys == 1 && pivot->keys[0] == PIVOT_CAUSE;
}

static void write_times(FILE *out, const struct pivot_row *row)
{
	for (int q = 0; q < NR_CAUSE_QUANTILES; q++) {
		if (row->times)
			fprintf(out, " %9.3f", NS_AS_US(row->times->quantile_ns[q]));
		else
			fprintf(out, " %9s", "-");
	}
}

static void write_row(FILE *out, const struct fault_pivot *pivot, const struct pivot_row *row)
{
	char share[NUMBER_SIZE], bytes[NUMBER_SIZE];

	fprintf(out, "  %12" PRIu64 " %7s %13.3f %9.3f %10s", row->faults,
		percent_format(row->faults, pivot->all.faults, share), NS_AS_MS(row->service_ns),
		NS_AS_US(row->faults ? row->service_ns / row->faults : 0),
		size_format(row->bytes, bytes));
	if (has_times(pivot))
		write_times(out, row);
}

static char *keys_text(const struct fault_pivot *pivot)
{
	struct bytes text = {0};

	for (unsigned int i = 0; i < pivot->nr_keys; i++) {
		const char *name = pivot_key_names[pivot->keys[i]];

		bytes_append(&text, ", ", i ? 2 : 0);
		bytes_append(&text, name, strlen(name));
	}
	bytes_u8(&text, 0);
	return (char *)text.data;
}

static void write_head(FILE *out, const struct fault_pivot *pivot, const unsigned int widths[])
{
	fprintf(out, "  %12s %7s %13s %9s %10s", "faults", "share", "service_ms", "mean_us",
		"memory");
	for (int q = 0; q < NR_CAUSE_QUANTILES && has_times(pivot); q++)
		fprintf(out, "    p%u_us", cause_quantile_percent[q]);
	for (unsigned int i = 0; i < pivot->nr_keys; i++)
		fprintf(out, "  %-*s", i + 1 < pivot->nr_keys ? (int)widths[i] : 0,
			pivot_key_names[pivot->keys[i]]);
	fputc('\n', out);
}

void text_fault_pivot(FILE *out, const struct fault_pivot *pivot, const struct report_style *style)
{
	size_t nr = pivot->rows.size, shown = style->all || nr < MOST_ROWS ? nr : MOST_ROWS;
	unsigned int widths[NR_PIVOT_KEYS];
	scoped_free char *keys = keys_text(pivot);
	char count[NUMBER_SIZE], pages[NUMBER_SIZE];

	measure(pivot, shown, widths);
	text_heading(out, style, "Page faults by %s (100%% = %s faults)", keys,
		     count_format(pivot->all.faults, count));
	write_head(out, pivot, widths);
	for (size_t i = 0; i < shown; i++) {
		write_row(out, pivot, &pivot->rows.items[i]);
		write_values(out, pivot, &pivot->rows.items[i], widths, style);
	}
	if (shown < nr)
		fprintf(out, "  ... %s more (--all)\n", count_format(nr - shown, count));
	if (has_times(pivot))
		fputs("  Percentiles: of a run of faults in one row all but the fastest and the "
		      "slowest "
		      "count with their mean.\n",
		      out);
	if (pivot->all.populated_pages)
		fprintf(out, "  Memory counts what came without a fault, too: %s page%s.\n",
			count_format(pivot->all.populated_pages, pages),
			pivot->all.populated_pages == 1 ? "" : "s");
}

/* ---- JSON ---- */

static json_t *amounts_json(const struct pivot_row *row)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "faults", json_count(row->faults), "ns",
			 json_count(row->service_ns), "bytes", json_count(row->bytes),
			 "populated_pages", json_count(row->populated_pages));
}

void json_fault_pivot(FILE *out, const struct fault_pivot *pivot)
{
	struct json_stream s;

	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.faults/1"));
	json_stream_member(&s, "totals", amounts_json(&pivot->all));
	json_stream_array_begin(&s, "rows");
	vec_each (&pivot->rows, row) {
		json_t *object = amounts_json(row);

		for (int q = 0; q < NR_CAUSE_QUANTILES && row->times; q++) {
			char key[16];

			snprintf(key, sizeof key, "p%u_ns", cause_quantile_percent[q]);
			json_object_set_new(object, key, json_count(row->times->quantile_ns[q]));
		}
		for (unsigned int i = 0; i < pivot->nr_keys; i++)
			json_object_set_new(object, pivot_key_names[pivot->keys[i]],
					    json_text(names_text(&pivot->names, row->values[i])));
		json_stream_element(&s, object);
	}
	json_stream_array_end(&s);
	json_stream_end(&s);
}

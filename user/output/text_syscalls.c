// SPDX-License-Identifier: MIT
/*
 * The system call table of the text report.
 *
 * Its columns are plain numbers of one unit each, so that `sort -k4 -rn` works on the lines. A
 * quantile needs so many calls that at least one of them may lie beyond it; with fewer, `-` stands
 * for it. A terminal that is too narrow for all columns gets those that matter most.
 */
#include "output/text_section.h"

#include <inttypes.h>
#include <string.h>

#include "cli/text.h"
#include "decode/syscalls.h"

static const uint64_t least_calls[NR_QUANTILES] = {[P50] = 3, [P90] = 10, [P99] = 100};

/* The widths of terminals from which on there is room for more than the essential. */
enum { WIDTH_OF_MEAN = 100, WIDTH_OF_TIMES = 132, WIDTH_OF_ERRNOS = 160 };

struct layout {
	int name, calls, errors, total, time;
	unsigned int width;
};

static struct layout layout_for(unsigned int width)
{
	if (width >= WIDTH_OF_TIMES)
		return (struct layout){20, 10, 8, 13, 11, width};
	return (struct layout){16, 9, 7, 12, 10, width};
}

struct time_column {
	const char *title;
	unsigned int least_width;
	uint64_t ns, least_calls;
};

static void write_us(FILE *out, const struct layout *l, uint64_t ns, bool is_known)
{
	if (is_known)
		fprintf(out, " %*.3f", l->time, NS_AS_US(ns));
	else
		fprintf(out, " %*s", l->time, "-");
}

#define NR_TIME_COLUMNS 6

static void time_columns(const struct syscall_row *row, struct time_column out[NR_TIME_COLUMNS])
{
	const uint64_t *q = row->quantile_ns;
	const struct time_column columns[NR_TIME_COLUMNS] = {
		{"avg_us", WIDTH_OF_MEAN, syscall_row_mean_ns(row), 1},
		{"min_us", WIDTH_OF_TIMES, row->min_ns, 1},
		{"p50_us", 0, q[P50], least_calls[P50]},
		{"p90_us", WIDTH_OF_TIMES, q[P90], least_calls[P90]},
		{"p99_us", 0, q[P99], least_calls[P99]},
		{"max_us", 0, row->max_ns, 1},
	};

	memcpy(out, columns, sizeof columns);
}

static void write_errnos(FILE *out, const struct error_counts *counts)
{
	vec_each (counts, errors) {
		const char *name =
			errors->index == ERRNO_LOST ? "[lost]" : errno_name((int)errors->index);

		fputs(errors == counts->items ? "  " : ", ", out);
		if (name)
			fprintf(out, "%s %" PRIu64, name, errors->count);
		else
			fprintf(out, "errno %" PRIu32 " %" PRIu64, errors->index, errors->count);
	}
}

static void write_row(FILE *out, const struct layout *l, const struct syscall_row *row)
{
	struct time_column columns[NR_TIME_COLUMNS];
	char label[32];
	scoped_free char *name = text_cut(call_label(row->key, label), (unsigned int)l->name);

	fprintf(out, "  %-*s %*" PRIu64 " %*" PRIu64, l->name, name, l->calls, row->calls,
		l->errors, row->errors);
	if (row->timed)
		fprintf(out, " %*.6f", l->total, NS_AS_MS(row->total_ns));
	else
		fprintf(out, " %*s", l->total, "-");
	time_columns(row, columns);
	for (int i = 0; i < NR_TIME_COLUMNS; i++)
		if (l->width >= columns[i].least_width)
			write_us(out, l, columns[i].ns, row->timed >= columns[i].least_calls);
	if (row->approximate)
		fputs("  ~", out);
	if (l->width >= WIDTH_OF_ERRNOS)
		write_errnos(out, &row->errnos);
	fputc('\n', out);
}

static void write_titles(FILE *out, const struct layout *l)
{
	struct time_column columns[NR_TIME_COLUMNS];

	fprintf(out, "  %-*s %*s %*s %*s", l->name, "syscall", l->calls, "calls", l->errors,
		"errors", l->total, "total_ms");
	time_columns(&(struct syscall_row){0}, columns);
	for (int i = 0; i < NR_TIME_COLUMNS; i++)
		if (l->width >= columns[i].least_width)
			fprintf(out, " %*s", l->time, columns[i].title);
	fputs(l->width >= WIDTH_OF_ERRNOS ? "  errors by errno\n" : "\n", out);
}

static void write_total(FILE *out, const struct layout *l, const struct syscall_table *table)
{
	fprintf(out, "  %-*s %*" PRIu64 " %*" PRIu64 " %*.6f", l->name, "Total:", l->calls,
		table->calls, l->errors, table->errors, l->total, NS_AS_MS(table->total_ns));
	if (l->width >= WIDTH_OF_MEAN)
		write_us(out, l, table->timed ? table->total_ns / table->timed : 0, table->timed);
	fputc('\n', out);
	if (!table->errors)
		return;
	fputs("  errors:", out);
	write_errnos(out, &table->errnos);
	fputc('\n', out);
}

void text_syscalls(FILE *out, const struct report *report, const struct report_style *style)
{
	const struct syscall_table *table = &report->syscalls;
	const struct layout layout = layout_for(style->width);

	if (!recording_has(report->recording, "syscalls"))
		return;
	text_heading(out, style, "System calls");
	write_titles(out, &layout);
	vec_each (&table->rows, row)
		write_row(out, &layout, row);
	write_total(out, &layout, table);
	if (table->approximate)
		fputs("  ~ rows of this call were lost: calls, errors, total and max are the "
		      "kernel side's own and exact,\n    quantiles are approximate\n",
		      out);
}

// SPDX-License-Identifier: MIT
/*
 * The system call table of the text report.
 *
 * Its columns are plain numbers of one unit each, so that `sort -k4 -rn` works on the lines. A
 * quantile needs so many calls that at least one of them may lie beyond it; with fewer, `-` stands
 * for it.
 */
#include "output/text_section.h"

#include <inttypes.h>

#include "decode/syscalls.h"

static const uint64_t least_calls[NR_QUANTILES] = {[P50] = 3, [P90] = 10, [P99] = 100};

static void write_us(FILE *out, uint64_t ns, bool is_known)
{
	if (is_known)
		fprintf(out, " %11.3f", NS_AS_US(ns));
	else
		fprintf(out, " %11s", "-");
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

static void write_row(FILE *out, const struct syscall_row *row)
{
	char label[32];

	fprintf(out, "  %-20s %10" PRIu64 " %8" PRIu64, call_label(row->key, label), row->calls,
		row->errors);
	if (row->timed)
		fprintf(out, " %13.6f", NS_AS_MS(row->total_ns));
	else
		fprintf(out, " %13s", "-");
	write_us(out, syscall_row_mean_ns(row), row->timed);
	write_us(out, row->min_ns, row->timed);
	for (int q = 0; q < NR_QUANTILES; q++)
		write_us(out, row->quantile_ns[q], row->timed >= least_calls[q]);
	write_us(out, row->max_ns, row->timed);
	if (row->approximate)
		fputs("  ~", out);
	write_errnos(out, &row->errnos);
	fputc('\n', out);
}

static void write_total(FILE *out, const struct syscall_table *table)
{
	fprintf(out, "  %-20s %10" PRIu64 " %8" PRIu64 " %13.6f", "Total:", table->calls,
		table->errors, NS_AS_MS(table->total_ns));
	write_us(out, table->timed ? table->total_ns / table->timed : 0, table->timed);
	fprintf(out, "%60s", "");
	write_errnos(out, &table->errnos);
	fputc('\n', out);
}

void text_syscalls(FILE *out, const struct report *report, const struct report_style *style)
{
	const struct syscall_table *table = &report->syscalls;

	if (!recording_has(report->recording, "syscalls"))
		return;
	text_heading(out, style, "System calls");
	fprintf(out, "  %-20s %10s %8s %13s %11s %11s %11s %11s %11s %11s  %s\n", "syscall",
		"calls", "errors", "total_ms", "avg_us", "min_us", "p50_us", "p90_us", "p99_us",
		"max_us", "errors by errno");
	vec_each (&table->rows, row)
		write_row(out, row);
	write_total(out, table);
	if (table->approximate)
		fputs("  ~ rows of this call were lost: calls, errors, total and max are the "
		      "kernel side's own and exact,\n    quantiles are approximate\n",
		      out);
}

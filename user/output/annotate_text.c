// SPDX-License-Identifier: MIT
/*
 * Annotated source as text: a line of source, what happened there in front of it.
 *
 * Lines with events come with a few around them; `...` stands for what is left out. Percentages are
 * of all faults of the recording, so that they compare between functions. A terminal that is too
 * narrow for all columns gets those that matter most.
 */
#include "output/annotate_output.h"

#include <inttypes.h>

#include "cli/number.h"
#include "cli/text.h"
#include "output/printable.h"
#include "output/source_file.h"
#include "output/text_section.h"
#include "profile/facts.h"

#define WIDTH_OF_ALL 120 /* of a terminal with room for all columns and some source */
#define LINE_WIDTH   7
#define TAB_WIDTH    8

/* What is known of a line, in the order of the columns. */
struct column {
	const char *title;
	int width;
	bool is_essential;
};

enum { SELF_SHARE, TOTAL_SHARE, SELF, TOTAL, FAULT_MS, CALLS, CALL_MS, NR_COLUMNS };

static const struct column columns[NR_COLUMNS] = {
	[SELF_SHARE] = {"self%", 7, true},   [TOTAL_SHARE] = {"total%", 7, true},
	[SELF] = {"self", 11, false},        [TOTAL] = {"total", 11, false},
	[FAULT_MS] = {"fault_ms", 11, true}, [CALLS] = {"calls", 9, true},
	[CALL_MS] = {"call_ms", 11, false},
};

static bool is_shown(const struct annotation *a, int column)
{
	return columns[column].is_essential || a->width >= WIDTH_OF_ALL;
}

/* Of all columns together, in front of the line's number. */
static int numbers_width(const struct annotation *a)
{
	int width = 0;

	for (int i = 0; i < NR_COLUMNS; i++)
		width += is_shown(a, i) ? 1 + columns[i].width : 0;
	return width;
}

static char *share(uint64_t part, uint64_t whole)
{
	return whole ? xasprintf("%.2f", 100.0 * (double)part / (double)whole) : xstrdup("-");
}

static char *column_text(const struct annotation *a, const struct line_row *row, int column)
{
	const struct line_events *faults = &row->total[LINE_FAULTS];
	const struct line_events *syscalls = &row->total[LINE_SYSCALLS];
	uint64_t all = a->table->all[LINE_FAULTS].count;

	switch (column) {
	case SELF_SHARE:
		return share(row->self.count, all);
	case TOTAL_SHARE:
		return share(faults->count, all);
	case SELF:
		return xasprintf("%" PRIu64, row->self.count);
	case TOTAL:
		return xasprintf("%" PRIu64, faults->count);
	case FAULT_MS:
		return xasprintf("%.3f", NS_AS_MS(faults->ns));
	case CALLS:
		return xasprintf("%" PRIu64, syscalls->count);
	default:
		return xasprintf("%.3f", NS_AS_MS(syscalls->ns));
	}
}

static void write_numbers(FILE *out, const struct annotation *a, const struct line_row *row)
{
	for (int i = 0; i < NR_COLUMNS; i++) {
		scoped_free char *text = is_shown(a, i) ? column_text(a, row, i) : NULL;

		if (text)
			fprintf(out, " %*s", columns[i].width, text);
	}
}

static void write_titles(FILE *out, const struct annotation *a)
{
	for (int i = 0; i < NR_COLUMNS; i++) {
		if (is_shown(a, i))
			fprintf(out, " %*s", columns[i].width, columns[i].title);
	}
	fprintf(out, " %*s  source\n", LINE_WIDTH, "line");
}

/* Tabs as spaces, so that the text can be cut to a width. */
static char *expand_tabs(const char *text)
{
	char *expanded = xcalloc(TAB_WIDTH * strlen(text) + 1, 1);
	size_t column = 0;

	for (; *text; text++) {
		size_t spaces = TAB_WIDTH - column % TAB_WIDTH;

		if (*text == '\t')
			memset(expanded + column, ' ', spaces);
		else
			expanded[column] = *text;
		column += *text == '\t' ? spaces : 1;
	}
	return expanded;
}

static void write_source(FILE *out, const struct annotation *a, const char *text)
{
	const size_t before = (size_t)numbers_width(a) + 1 + LINE_WIDTH + 2, least_room = 20;
	scoped_free char *expanded = expand_tabs(text);
	scoped_free char *clean = printable(expanded);
	size_t room = a->width > before + least_room ? a->width - before : least_room;
	scoped_free char *cut = text_cut(clean, (unsigned int)room);

	fprintf(out, *cut ? "  %s\n" : "\n", cut);
}

/* `row` is NULL for a line without events. */
static void write_line(FILE *out, const struct annotation *a, const struct source_file *file,
		       uint32_t number, const struct line_row *row)
{
	const char *text = source_file_line(file, number);

	if (row)
		write_numbers(out, a, row);
	else
		fprintf(out, "%*s", numbers_width(a), "");
	if (number)
		fprintf(out, " %*" PRIu32, LINE_WIDTH, number);
	else
		fprintf(out, " %*s", LINE_WIDTH, "-");
	write_source(out, a, text ? text : "");
}

/* The context after a row and that before the next one, with a mark where lines are left out. */
static void write_between(FILE *out, const struct annotation *a, const struct source_file *file,
			  uint64_t after, uint64_t before)
{
	uint64_t from = after + 1, to = before;

	if (!file->is_here)
		return;
	if (to > file->lines.size + 1)
		to = file->lines.size + 1;
	for (; after && from < to && from <= after + a->context; from++)
		write_line(out, a, file, (uint32_t)from, NULL);
	if (from + a->context < before) {
		if (after && before <= file->lines.size)
			fprintf(out, "%*s\n", numbers_width(a) + 1 + LINE_WIDTH, "...");
		from = before - a->context;
	}
	for (; from < to; from++)
		write_line(out, a, file, (uint32_t)from, NULL);
}

static void write_rows(FILE *out, const struct annotation *a, const struct source_file *file,
		       const struct line_row *rows, size_t nr_rows)
{
	uint64_t before = 0;

	write_titles(out, a);
	for (size_t i = 0; i < nr_rows; i++) {
		write_between(out, a, file, before, rows[i].line);
		write_line(out, a, file, rows[i].line, &rows[i]);
		before = rows[i].line;
	}
	write_between(out, a, file, before, UINT64_MAX);
}

static void write_file(FILE *out, const struct annotation *a, size_t first, size_t nr_rows)
{
	const struct report_style style = {.color = a->color};
	const char *start = recording_meta(a->recording, "start_unix_ns");
	const struct line_row *rows = &a->table->rows.items[first];
	scoped_free char *path = printable(line_table_file(a->table, rows));
	struct source_file file;

	source_file_read(&file, line_table_file(a->table, rows),
			 start ? strtoull(start, NULL, 10) : 0);
	text_heading(out, &style, "%s", *path ? path : "[source not known]");
	if (*path && !file.is_here)
		fputs("  this file is not here: its lines are shown by number only\n", out);
	else if (file.is_newer)
		fputs("  this file has changed since the recording: lines may have moved\n", out);
	write_rows(out, a, &file, rows, nr_rows);
	source_file_fini(&file);
}

static void write_sum(FILE *out, const struct annotation *a, enum line_event kind, const char *what)
{
	const struct line_events *target = &a->table->target[kind], *all = &a->table->all[kind];
	char part[NUMBER_SIZE], whole[NUMBER_SIZE], percent[NUMBER_SIZE], time[NUMBER_SIZE];

	fprintf(out, "  %-13s %s of %s (%s), %s\n", what, count_format(target->count, part),
		count_format(all->count, whole), percent_format(target->count, all->count, percent),
		duration_format(target->ns, time));
}

void annotate_text(FILE *out, const struct annotation *a)
{
	scoped_free char *name = printable(a->target->name);
	struct losses losses;

	fprintf(out, "%s: events with it on their stack\n", name);
	write_sum(out, a, LINE_FAULTS, "page faults:");
	write_sum(out, a, LINE_SYSCALLS, "system calls:");
	losses_of(a->recording, &losses);
	if (losses.total)
		fprintf(out, "  lost:         %" PRIu64 " events, which may be missing here\n",
			losses.total);
	losses_fini(&losses);
	for (size_t at = 0, nr; at < a->table->rows.size; at += nr) {
		nr = line_table_run(a->table, at);
		write_file(out, a, at, nr);
	}
}

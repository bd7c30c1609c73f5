// SPDX-License-Identifier: MIT
#include "trace/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"

struct column {
	const char *title;
	int width;
};

static const struct column columns[NR_SUMMARY_COLUMNS] = {
	[COLUMN_PERCENT] = {"% time", 6},   [COLUMN_TOTAL] = {"seconds", 11},
	[COLUMN_LEAST] = {"shortest", 8},   [COLUMN_MOST] = {"longest", 8},
	[COLUMN_MEAN] = {"usecs/call", 11}, [COLUMN_CALLS] = {"calls", 9},
	[COLUMN_ERRORS] = {"errors", 9},    [COLUMN_NAME] = {"syscall", 16},
};

static const struct {
	const char *name;
	enum summary_column column;
} names[] = {
	{"time-percent", COLUMN_PERCENT}, {"time_percent", COLUMN_PERCENT},
	{"time", COLUMN_PERCENT},         {"total-time", COLUMN_TOTAL},
	{"total_time", COLUMN_TOTAL},     {"time-total", COLUMN_TOTAL},
	{"time_total", COLUMN_TOTAL},     {"min-time", COLUMN_LEAST},
	{"min_time", COLUMN_LEAST},       {"time-min", COLUMN_LEAST},
	{"time_min", COLUMN_LEAST},       {"shortest", COLUMN_LEAST},
	{"max-time", COLUMN_MOST},        {"max_time", COLUMN_MOST},
	{"time-max", COLUMN_MOST},        {"time_max", COLUMN_MOST},
	{"longest", COLUMN_MOST},         {"avg-time", COLUMN_MEAN},
	{"avg_time", COLUMN_MEAN},        {"time-avg", COLUMN_MEAN},
	{"time_avg", COLUMN_MEAN},        {"calls", COLUMN_CALLS},
	{"count", COLUMN_CALLS},          {"errors", COLUMN_ERRORS},
	{"error", COLUMN_ERRORS},         {"name", COLUMN_NAME},
	{"syscall", COLUMN_NAME},         {"syscall-name", COLUMN_NAME},
	{"syscall_name", COLUMN_NAME},    {"none", COLUMN_NONE},
	{"nothing", COLUMN_NONE},
};

#define NR_NAMES (sizeof names / sizeof *names)

void summary_fini(struct summary *s)
{
	vec_free(&s->rows);
	vec_free(&s->errors);
}

static struct summary_row *row_of(struct summary *s, uint32_t nr)
{
	struct summary_row *new;

	vec_each (&s->rows, row)
		if (row->nr == nr)
			return row;
	new = vec_push(&s->rows);
	new->nr = nr;
	return new;
}

void summary_add(struct summary *s, const struct summary_row *row)
{
	struct summary_row *sum = row_of(s, row->nr);

	if (row->least_ns < sum->least_ns || !sum->calls)
		sum->least_ns = row->least_ns;
	if (row->most_ns > sum->most_ns)
		sum->most_ns = row->most_ns;
	sum->calls += row->calls;
	sum->errors += row->errors;
	sum->total_ns += row->total_ns;
}

/* ---- Order ---- */

static uint64_t mean_ns(const struct summary_row *row)
{
	return row->calls ? row->total_ns / row->calls : 0;
}

static uint64_t sort_value(const struct summary_row *row, enum summary_column column)
{
	switch (column) {
	case COLUMN_LEAST:
		return row->least_ns;
	case COLUMN_MOST:
		return row->most_ns;
	case COLUMN_MEAN:
		return mean_ns(row);
	case COLUMN_CALLS:
		return row->calls;
	case COLUMN_ERRORS:
		return row->errors;
	case COLUMN_NAME:
	case COLUMN_NONE:
		return 0;
	default:
		return row->total_ns;
	}
}

/* The most first; names in their own order; and what is equal by number. */
static int row_compare(const void *left, const void *right, void *sorted_by)
{
	const struct summary_row *a = left, *b = right;
	enum summary_column column = *(const enum summary_column *)sorted_by;
	uint64_t value_a = sort_value(a, column), value_b = sort_value(b, column);
	char label_a[32], label_b[32];

	if (value_a != value_b)
		return value_a > value_b ? -1 : 1;
	if (column == COLUMN_NAME)
		return strcmp(syscall_label(a->nr, label_a), syscall_label(b->nr, label_b));
	return a->nr < b->nr ? -1 : a->nr > b->nr;
}

/* ---- Text ---- */

static void put_cell(struct bytes *out, const struct summary_options *options, unsigned int i,
		     const char *text)
{
	enum summary_column column = options->columns[i];
	bool is_last = i + 1 == options->nr_columns;
	char cell[128];
	int size;

	if (column == COLUMN_NAME)
		size = snprintf(cell, sizeof cell, "%s%-*s", i ? " " : "",
				is_last ? 0 : columns[column].width, text);
	else
		size = snprintf(cell, sizeof cell, "%s%*s", i ? " " : "", columns[column].width,
				text);
	bytes_append(out, cell, (size_t)size);
	if (is_last)
		bytes_u8(out, '\n');
}

static void put_titles(struct bytes *out, const struct summary_options *options)
{
	for (unsigned int i = 0; i < options->nr_columns; i++)
		put_cell(out, options, i, columns[options->columns[i]].title);
}

static void put_rule(struct bytes *out, const struct summary_options *options)
{
	static const char dashes[] = "----------------";

	for (unsigned int i = 0; i < options->nr_columns; i++)
		put_cell(out, options, i,
			 dashes + sizeof dashes - 1 - columns[options->columns[i]].width);
}

static void put_row(struct bytes *out, const struct summary_options *options,
		    const struct summary_row *row, const char *name, double percent)
{
	for (unsigned int i = 0; i < options->nr_columns; i++) {
		char text[64] = "";

		switch (options->columns[i]) {
		case COLUMN_PERCENT:
			snprintf(text, sizeof text, "%.2f", percent);
			break;
		case COLUMN_TOTAL:
			snprintf(text, sizeof text, "%.6f", (double)row->total_ns / 1e9);
			break;
		case COLUMN_LEAST:
			snprintf(text, sizeof text, "%.6f", (double)row->least_ns / 1e9);
			break;
		case COLUMN_MOST:
			snprintf(text, sizeof text, "%.6f", (double)row->most_ns / 1e9);
			break;
		case COLUMN_MEAN:
			snprintf(text, sizeof text, "%" PRIu64, mean_ns(row) / 1000);
			break;
		case COLUMN_CALLS:
			snprintf(text, sizeof text, "%" PRIu64, row->calls);
			break;
		case COLUMN_ERRORS:
			if (row->errors)
				snprintf(text, sizeof text, "%" PRIu64, row->errors);
			break;
		default:
			snprintf(text, sizeof text, "%s", name);
		}
		put_cell(out, options, i, text);
	}
}

static void take_overhead(struct summary *s, uint64_t overhead_ns)
{
	vec_each (&s->rows, row) {
		uint64_t overhead = row->calls * overhead_ns;

		row->total_ns -= overhead < row->total_ns ? overhead : row->total_ns;
	}
}

static struct summary_row total_of(const struct summary *s)
{
	struct summary_row total = {0};

	vec_each (&s->rows, row) {
		if (row->least_ns < total.least_ns || !total.calls)
			total.least_ns = row->least_ns;
		if (row->most_ns > total.most_ns)
			total.most_ns = row->most_ns;
		total.calls += row->calls;
		total.errors += row->errors;
		total.total_ns += row->total_ns;
	}
	return total;
}

static void write_short(const struct summary *s, struct bytes *out)
{
	vec_each (&s->rows, row) {
		char text[96], label[32];
		int size = snprintf(text, sizeof text, "%s: %" PRIu64 " call%s\n",
				    syscall_label(row->nr, label), row->calls,
				    row->calls == 1 ? "" : "s");

		bytes_append(out, text, (size_t)size);
	}
}

static void write_table(const struct summary *s, const struct summary_options *options,
			struct bytes *out)
{
	struct summary_row total = total_of(s);
	char label[32];

	put_titles(out, options);
	put_rule(out, options);
	vec_each (&s->rows, row)
		put_row(out, options, row, syscall_label(row->nr, label),
			total.total_ns ? 100.0 * (double)row->total_ns / (double)total.total_ns
				       : 0.0);
	put_rule(out, options);
	put_row(out, options, &total, "total", 100.0);
}

void summary_write(struct summary *s, const struct summary_options *options, struct bytes *out)
{
	static const enum summary_column usual[] = {COLUMN_PERCENT, COLUMN_TOTAL,  COLUMN_MEAN,
						    COLUMN_CALLS,   COLUMN_ERRORS, COLUMN_NAME};
	struct summary_options chosen = *options;

	if (!s->rows.size)
		return;
	if (!chosen.nr_columns) {
		memcpy(chosen.columns, usual, sizeof usual);
		chosen.nr_columns = sizeof usual / sizeof *usual;
	}
	take_overhead(s, chosen.overhead_ns);
	qsort_r(s->rows.items, s->rows.size, sizeof *s->rows.items, row_compare, &chosen.sorted_by);
	if (chosen.is_short)
		write_short(s, out);
	else
		write_table(s, &chosen, out);
}

/* ---- Errors by name ---- */

#define MAX_ERRNO 4095

void summary_take_error(struct summary *s, const struct syscall_set *set,
			const struct syscall_event *event)
{
	if (event->head.flags & (WIRE_UNFINISHED | WIRE_COMPAT) || event->result >= 0 ||
	    event->result < -MAX_ERRNO || !syscall_set_has(set, event->nr))
		return;
	vec_each (&s->errors, row) {
		if (row->nr == event->nr && row->error == (uint32_t)-event->result) {
			row->calls++;
			return;
		}
	}
	*vec_push(&s->errors) =
		(struct error_row){.nr = event->nr, .error = (uint32_t)-event->result, .calls = 1};
}

static int error_compare(const void *left, const void *right)
{
	const struct error_row *a = left, *b = right;

	if (a->nr != b->nr)
		return a->nr < b->nr ? -1 : 1;
	if (a->calls != b->calls)
		return a->calls > b->calls ? -1 : 1;
	return a->error < b->error ? -1 : a->error > b->error;
}

void summary_write_errors(struct summary *s, struct bytes *out)
{
	const struct error_row *last = NULL;

	if (s->errors.size)
		qsort(s->errors.items, s->errors.size, sizeof *s->errors.items, error_compare);
	vec_each (&s->errors, row) {
		const char *name = errno_name((int)row->error);
		char text[160], label[32], number[32];
		int size;

		snprintf(number, sizeof number, "errno %" PRIu32, row->error);
		if (last && last->nr == row->nr)
			size = snprintf(text, sizeof text, ", ");
		else
			size = snprintf(text, sizeof text, "%s%s: ", last ? "\n" : "",
					syscall_label(row->nr, label));
		size += snprintf(text + size, sizeof text - (size_t)size, "%s %" PRIu64,
				 name ? name : number, row->calls);
		bytes_append(out, text, (size_t)size);
		last = row;
	}
	if (last)
		bytes_u8(out, '\n');
}

/* ---- Options ---- */

static int column_parse(const char *word, size_t size, enum summary_column *out)
{
	scoped_free char *typed = xstrndup(word, size);
	const char *known[NR_NAMES + 1] = {0};

	for (size_t i = 0; i < NR_NAMES; i++) {
		known[i] = names[i].name;
		*out = names[i].column;
		if (!strcmp(names[i].name, typed))
			return 0;
	}
	refuse(-EINVAL, "the table has no column '%s'", typed);
	hint_nearest(typed, known,
		     "its columns are time-percent, total-time, min-time, max-time, avg-time, "
		     "calls, errors and name");
	return -EINVAL;
}

int summary_sort_parse(const char *word, struct summary_options *out)
{
	return column_parse(word, strlen(word), &out->sorted_by);
}

int summary_columns_parse(const char *words, struct summary_options *out)
{
	bool given[NR_SUMMARY_COLUMNS + 1] = {[COLUMN_NONE] = true};

	out->nr_columns = 0;
	for (;; words++) {
		size_t size = strcspn(words, ",");
		enum summary_column column;

		if (column_parse(words, size, &column))
			return -EINVAL;
		if (given[column])
			return refuse(-EINVAL, "no column twice, and not '%.*s'", (int)size, words);
		given[column] = true;
		out->columns[out->nr_columns++] = column;
		words += size;
		if (!*words)
			return 0;
	}
}

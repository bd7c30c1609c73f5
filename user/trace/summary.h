/* SPDX-License-Identifier: MIT */
/*
 * The table of strace -c: what the system calls were, how often, and how long they took.
 *
 * Calls that never returned are in no row, as strace has it. Times are those from a call's begin to
 * its end.
 */
#ifndef PROF_TRACE_SUMMARY_H
#define PROF_TRACE_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/vec.h"
#include "decode/syscalls.h"
#include "event.h"

enum summary_column {
	COLUMN_PERCENT,
	COLUMN_TOTAL,
	COLUMN_LEAST,
	COLUMN_MOST,
	COLUMN_MEAN,
	COLUMN_CALLS,
	COLUMN_ERRORS,
	COLUMN_NAME,
	NR_SUMMARY_COLUMNS,
	COLUMN_NONE = NR_SUMMARY_COLUMNS, /* to sort by: in order of number */
};

struct summary_options {
	enum summary_column columns[NR_SUMMARY_COLUMNS];
	unsigned int nr_columns; /* 0: those that strace shows */
	enum summary_column sorted_by;
	uint64_t overhead_ns; /* of each call, not to be counted */
	bool is_short;        /* lines `read: 150 calls` */
};

struct summary_row {
	uint32_t nr;
	uint64_t calls, errors, total_ns, least_ns, most_ns;
};

struct error_row {
	uint32_t nr, error;
	uint64_t calls;
};

struct summary {
	VEC(struct summary_row) rows;
	VEC(struct error_row) errors;
};

void summary_fini(struct summary *s);
void summary_add(struct summary *s, const struct summary_row *row);

/* Counts by errno; calls that are not in the set, and those without an error, are none of it. */
void summary_take_error(struct summary *s, const struct syscall_set *set,
			const struct syscall_event *event);
/* Appends them: `openat: ENOENT 12, EACCES 1`. */
void summary_write_errors(struct summary *s, struct bytes *out);

/* Sorts the rows, and appends them as a table. Nothing, if there are none. */
void summary_write(struct summary *s, const struct summary_options *options, struct bytes *out);

/* A column by any of the names that strace has for it; 0 or -EINVAL, reported. */
int summary_sort_parse(const char *word, struct summary_options *out);
/* Columns between commas. */
int summary_columns_parse(const char *words, struct summary_options *out);

#endif

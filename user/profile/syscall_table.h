/* SPDX-License-Identifier: MIT */
/*
 * The system calls by number: how often, how long, with which errors.
 *
 * Everything but the quantiles adds up from the blocks' summaries. A quantile's histogram bucket
 * is known from them too, and only blocks that have calls in that bucket are read for the exact
 * value. Where rows were lost, the kernel's own totals step in: counts and times stay exact, the
 * quantiles become those of its wider buckets, and the row says so.
 */
#ifndef PROF_PROFILE_SYSCALL_TABLE_H
#define PROF_PROFILE_SYSCALL_TABLE_H

#include "recording/reader.h"

enum quantile { P50, P90, P99, NR_QUANTILES };
extern const unsigned int quantile_percent[NR_QUANTILES];

#define ERRNO_LOST 0 /* errors whose rows, and so their errno, were lost */

struct error_counts { /* by errno */
	struct bucket *items;
	size_t size, capacity;
};

struct syscall_row {
	uint32_t key; /* syscall_key() */
	uint64_t calls, errors;
	uint64_t timed; /* calls that have a duration: neither unfinished nor blocked */
	uint64_t total_ns, min_ns, max_ns;
	uint64_t quantile_ns[NR_QUANTILES]; /* nearest rank */
	struct error_counts errnos;
	bool approximate; /* the quantiles are */
};

struct syscall_table {
	VEC(struct syscall_row) rows;
	uint64_t calls, errors, timed, total_ns;
	struct error_counts errnos; /* of all calls */
	bool approximate;           /* some row is */
};

void syscall_table_build(struct recording *r, struct syscall_table *out);
void syscall_table_fini(struct syscall_table *table);

/* Numbers descend, names ascend, and equal rows are in order of their names. */
enum syscall_sort {
	SORT_TIME,
	SORT_CALLS,
	SORT_ERRORS,
	SORT_AVG,
	SORT_MIN,
	SORT_P50,
	SORT_P90,
	SORT_P99,
	SORT_MAX,
	SORT_NAME,
	SORT_TAIL, /* p99 over p50, where both can be told */
	NR_SYSCALL_SORTS
};
extern const char *const syscall_sort_names[NR_SYSCALL_SORTS + 1]; /* ends with NULL */

void syscall_table_sort(struct syscall_table *table, enum syscall_sort by);
uint64_t syscall_row_mean_ns(const struct syscall_row *row);

#endif

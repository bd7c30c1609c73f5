/* SPDX-License-Identifier: MIT */
/*
 * Both sides row by row: what is called alike is one row, with the amounts of every run.
 *
 * Each facet cuts all page faults, all regions, all blocks or all system calls into parts, so the
 * rows of a facet add up to the totals; but for files, which not every call is about.
 */
#ifndef PROF_DIFF_TABLE_H
#define PROF_DIFF_TABLE_H

#include "diff/change.h"
#include "diff/side.h"
#include "profile/names.h"
#include "profile/pair_map.h"

enum facet {
	FACET_CAUSE,
	FACET_REGION,
	FACET_SIZE,
	FACET_LIFE,
	FACET_OWNER,
	FACET_RETURNER,
	FACET_BLOCK,
	FACET_MEMORY,
	FACET_SYSCALL,
	FACET_CALL_SITE,
	FACET_FILE,
	NR_FACETS
};

struct facet_words {
	const char *key;   /* in JSON */
	const char *title; /* above a table */
	const char *what;  /* is counted */
};
extern const struct facet_words facet_words[NR_FACETS];

/* Tables of system calls, with errors and times. */
static inline bool facet_is_of_calls(enum facet facet)
{
	return facet >= FACET_SYSCALL;
}

enum amount {
	AMOUNT_COUNT,
	AMOUNT_NS, /* of blocks: of their lives, all together */
	AMOUNT_BYTES,
	AMOUNT_ERRORS,
	AMOUNT_P50, /* of the times of calls; 0: too few to tell */
	AMOUNT_P99,
	AMOUNT_FAULTS,
	AMOUNT_UNTOUCHED, /* bytes in whole pages that were never touched */
	NR_AMOUNTS
};

/* Errors of calls, and how large blocks are. */
static inline enum amount facet_also(enum facet facet)
{
	return facet == FACET_BLOCK ? AMOUNT_BYTES : AMOUNT_ERRORS;
}

struct diff_row {
	uint32_t name;
	uint64_t *amounts[NR_SIDES]; /* of each run NR_AMOUNTS */
	struct change change;        /* of the count */
	struct change also;          /* of what else a facet is judged by: facet_also() */
	bool is_waiting;      /* of calls that wait: where threads race, nothing is claimed */
	struct interval time; /* of AMOUNT_NS, where it is known */
};

struct diff_table {
	enum facet facet;
	uint32_t nr_runs[NR_SIDES];
	struct names names;
	struct pair_map numbers; /* by name */
	VEC(struct diff_row) rows;
};

void diff_table_init(struct diff_table *table, enum facet facet, const uint32_t nr_runs[NR_SIDES]);
void diff_table_fini(struct diff_table *table);

void diff_table_add(struct diff_table *table, enum side side, uint32_t run, const char *name,
		    const uint64_t amounts[NR_AMOUNTS]);
/* The row of that name, NULL when there is none. */
const struct diff_row *diff_table_find(const struct diff_table *table, const char *name);
const char *diff_row_name(const struct diff_table *table, const struct diff_row *row);

uint64_t diff_row_sum(const struct diff_table *table, const struct diff_row *row, enum side side,
		      enum amount amount);
double diff_row_mean(const struct diff_table *table, const struct diff_row *row, enum side side,
		     enum amount amount);
/* The mean of a quantile that each of the side's runs tells; false: one does not. */
bool diff_row_quantile(const struct diff_table *table, const struct diff_row *row, enum side side,
		       enum amount amount, double *out);
/* All runs' values of one amount, into `out`, which has room for them. */
void diff_row_values(const struct diff_table *table, const struct diff_row *row, enum side side,
		     enum amount amount, uint64_t *out);

/* In its count, or in what else the facet is judged by. */
static inline bool diff_row_differs(const struct diff_row *row)
{
	return row->change.is_claimed || row->also.is_claimed;
}

/* Measures the rows' changes and claims those that stand together; the largest difference comes
 * first. `noise` is that of counts, `byte_noise` that of bytes. */
void diff_table_judge(struct diff_table *table, const struct noise *noise,
		      const struct noise *byte_noise, double rate);

#endif

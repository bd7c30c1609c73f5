/* SPDX-License-Identifier: MIT */
/*
 * Putting tables where the walks find them.
 *
 * All files share one array each of rows, page index and rules. They only ever grow: a file's rows
 * and pages are stored first and its entry last, so that a walk on another CPU finds all of a table
 * or nothing. Rules are stored once, however many files use them.
 */
#ifndef PROF_UNWIND_PUBLISH_H
#define PROF_UNWIND_PUBLISH_H

#include "unwind/table.h"

/* The arrays that the walks read, and how much of each is in use. */
struct unwind_store {
	struct unwind_row *rows;
	uint64_t *pages;
	struct unwind_rule *rules; /* MAX_UNWIND_RULES */
	struct unwind_file *files; /* by file id */
	size_t max_rows, max_pages, max_files;
	size_t nr_rows, nr_pages, nr_rules;
	uint32_t *rule_places; /* hash -> rule id, 0: free */
};

/* `store` has its zeroed arrays and their sizes. */
void unwind_store_begin(struct unwind_store *store);
void unwind_store_fini(struct unwind_store *store); /* the arrays are the caller's */

/* How much room a table takes. */
size_t unwind_rows_needed(const struct unwind_table *table);
size_t unwind_pages_needed(const struct unwind_table *table);

/* 0; -ENOSPC: there is no room, and nothing has changed; -EINVAL: no such file id. Silent. */
int unwind_publish(struct unwind_store *store, uint32_t file, const struct unwind_table *table);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Putting tables where the walks find them.
 *
 * All files share one array each of rows, page index and rules, which only ever grow. Rows are
 * stored before the page's entry that leads to them, so that a walk on another CPU finds all of a
 * page or nothing; pages may come in any order. Rules are stored once, however many files use them.
 */
#ifndef PROF_UNWIND_PUBLISH_H
#define PROF_UNWIND_PUBLISH_H

#include <stdbool.h>

#include "unwind/exact_frame.h"
#include "unwind/table.h"

/* The arrays that the walks read, and how much of each is in use. */
struct unwind_store {
	struct unwind_row *rows;
	uint64_t *pages;
	struct unwind_rule *rules; /* MAX_UNWIND_RULES */
	struct unwind_file *files; /* by file id */
	size_t max_rows, max_pages, max_files;
	size_t nr_rows, nr_pages, nr_rules;
	size_t nr_announced;   /* files */
	uint32_t *rule_places; /* hash -> rule id, 0: free */
	/* Makes the rows of a page that is waited for, if they can be had. NULL: they come when
	 * they come. */
	void (*make_page)(void *maker, uint32_t file, size_t page);
	/* Steps over code that has no rule here, though there is information. NULL: nobody does. */
	enum exact_step (*step_exactly)(void *maker, uint32_t file, uint64_t offset,
					uint64_t address, memory_read *read, void *arg,
					struct frame_registers *registers, bool *is_signal);
	void *maker;
};

/* `store` has its zeroed arrays and their sizes. */
void unwind_store_begin(struct unwind_store *store);
void unwind_store_fini(struct unwind_store *store); /* the arrays are the caller's */

/* How much room a whole table takes. */
size_t unwind_rows_needed(const struct unwind_table *table);
size_t unwind_pages_needed(const struct unwind_table *table);

/* A file's pages, without rows yet. 0; -ENOSPC: there is no room, and nothing has changed; -EINVAL:
 * no such file id. Silent, as the next ones. */
int unwind_announce(struct unwind_store *store, uint32_t file, size_t nr_pages);
/* Has the page of the file rows, or none to wait for? */
bool unwind_is_published(const struct unwind_store *store, uint32_t file, size_t page);
/* The rows of [first, first + nr) of its pages; pages that have them keep them. 0; -ENOSPC: there
 * is no room for them, so these pages have a rule to be left to user space instead. */
int unwind_publish_pages(struct unwind_store *store, uint32_t file, size_t first, size_t nr,
			 const struct unwind_table *table);
/* All of a table at once. */
int unwind_publish(struct unwind_store *store, uint32_t file, const struct unwind_table *table);

#endif

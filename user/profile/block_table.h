/* SPDX-License-Identifier: MIT */
/*
 * Allocation sites: what each place in the program has asked its allocator for.
 *
 * A site is a call in the program's own code, or of one of its libraries: the first frame outside
 * of those that everybody calls (the C and C++ libraries, allocators). Stacks that go through the
 * same call, from the same function, are one site.
 */
#ifndef PROF_PROFILE_BLOCK_TABLE_H
#define PROF_PROFILE_BLOCK_TABLE_H

#include "memory/memory.h"
#include "profile/names.h"
#include "profile/tally.h"

/* Texts by their ids in the table's names; 0: not known. */
struct block_row {
	uint32_t entry;    /* the allocator's function */
	uint32_t function; /* that called it, with module+0xoffset where it has no name */
	uint32_t file, line;
	uint32_t caller;
	struct block_totals totals;
	uint32_t stack; /* one of them */
};

struct block_table {
	bool is_recorded;           /* -e malloc */
	bool knows_pages;           /* faults were recorded, too: what was touched is known */
	VEC(struct block_row) rows; /* the most bytes first */
	struct names names;
	struct block_totals all;
	uint64_t peak_bytes, peak_blocks, peak_ns; /* ns: since the start */
	uint64_t unknown_frees, inherited_frees, unseen_frees, untracked;
	uint64_t allocators, late_allocators, failed_allocators; /* files that have one */
};

void block_table_build(const struct recording *r, const struct memory *model,
		       struct block_table *out);
void block_table_fini(struct block_table *table);

uint64_t block_row_mean_life_ns(const struct block_totals *totals);
/* "malloc in f (file.c:12), called by g". The caller frees it. */
char *block_row_text(const struct block_table *table, const struct block_row *row);

/* Blocks and bytes by stack; `roots` is by id of a task, NULL: each is its own. */
void block_places_add(const struct memory *model, const uint32_t *roots, struct tally *out);

#endif

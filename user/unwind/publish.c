// SPDX-License-Identifier: MIT
#include "unwind/publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define RULE_PLACES (2 * MAX_UNWIND_RULES)

/* The first rules: no information, and information that has to be left to user space. */
enum { RULE_NONE, RULE_UNSUPPORTED, FIRST_RULE };

void unwind_store_begin(struct unwind_store *store)
{
	store->rule_places = xcalloc(RULE_PLACES, sizeof *store->rule_places);
	store->rules[RULE_NONE] = (struct unwind_rule){.cfa_kind = UNWIND_CFA_NONE};
	store->rules[RULE_UNSUPPORTED] = (struct unwind_rule){.cfa_kind = UNWIND_CFA_UNSUPPORTED};
	store->nr_rules = FIRST_RULE;
}

void unwind_store_fini(struct unwind_store *store)
{
	free(store->rule_places);
	*store = (struct unwind_store){0};
}

static size_t rule_hash(const struct unwind_rule *rule)
{
	uint64_t words[2];

	memcpy(words, rule, sizeof words);
	words[0] *= 0x9e3779b97f4a7c15;
	words[0] = (words[0] ^ words[0] >> 32 ^ words[1]) * 0x9e3779b97f4a7c15;
	return words[0] >> 32;
}

/* The shared rule's id; more than there is room for are left to user space. */
static uint16_t rule_intern(struct unwind_store *store, const struct unwind_rule *rule)
{
	size_t place = rule_hash(rule) % RULE_PLACES;
	uint32_t *id = &store->rule_places[place];

	if (rule->cfa_kind == UNWIND_CFA_NONE)
		return RULE_NONE;
	while (*id && memcmp(&store->rules[*id], rule, sizeof *rule)) {
		place = (place + 1) % RULE_PLACES;
		id = &store->rule_places[place];
	}
	if (*id)
		return *id;
	if (store->nr_rules == MAX_UNWIND_RULES)
		return RULE_UNSUPPORTED;
	store->rules[store->nr_rules] = *rule;
	return *id = store->nr_rules++;
}

/* One row more than the table has, so that every offset has a row at or before it. */
size_t unwind_rows_needed(const struct unwind_table *table)
{
	return table->nr_rows + 1;
}

static size_t pages_of(const struct unwind_table *table)
{
	return table->nr_rows ? (table->rows[table->nr_rows - 1].offset >> UNWIND_PAGE_SHIFT) + 1
			      : 1;
}

size_t unwind_pages_needed(const struct unwind_table *table)
{
	return pages_of(table) + 1;
}

static void store_rows(struct unwind_store *store, const struct unwind_table *table)
{
	scoped_free uint16_t *shared = xcalloc(table->nr_rules + 1, sizeof *shared);
	struct unwind_row *rows = &store->rows[store->nr_rows];

	for (size_t i = 0; i < table->nr_rules; i++)
		shared[i] = rule_intern(store, &table->rules[i]);
	rows[0] = (struct unwind_row){0};
	for (size_t i = 0; i < table->nr_rows; i++)
		rows[i + 1] = (struct unwind_row){.offset = table->rows[i].offset,
						  .rule = shared[table->rows[i].rule]};
}

static void store_pages(struct unwind_store *store, const struct unwind_table *table)
{
	const struct unwind_row *rows = &store->rows[store->nr_rows];
	size_t nr_rows = unwind_rows_needed(table), nr_pages = unwind_pages_needed(table), row = 1;

	for (size_t page = 0; page < nr_pages; page++) {
		while (row < nr_rows && rows[row].offset < (uint64_t)page << UNWIND_PAGE_SHIFT)
			row++;
		store->pages[store->nr_pages + page] = store->nr_rows + row;
	}
}

int unwind_publish(struct unwind_store *store, uint32_t file, const struct unwind_table *table)
{
	struct unwind_file entry = {.first_page = store->nr_pages, .nr_pages = pages_of(table)};

	if (file >= store->max_files)
		return -EINVAL;
	if (store->max_rows - store->nr_rows < unwind_rows_needed(table) ||
	    store->max_pages - store->nr_pages < unwind_pages_needed(table))
		return -ENOSPC;
	store_rows(store, table);
	store_pages(store, table);
	store->nr_pages += unwind_pages_needed(table);
	__atomic_store(&store->files[file], &entry, __ATOMIC_RELEASE);
	__atomic_store_n(&store->nr_rows, store->nr_rows + unwind_rows_needed(table),
			 __ATOMIC_RELEASE);
	return 0;
}

// SPDX-License-Identifier: MIT
#include "unwind/publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define RULE_PLACES (2 * MAX_UNWIND_RULES)

/* The first rules: no information, and information that has to be left to user space. */
enum { RULE_NONE, RULE_UNSUPPORTED, FIRST_RULE };

/* The first rows: a gap, what follows it, a rule for which there is no room, what follows it. */
enum { ROW_GAP, ROW_UNSUPPORTED = 2, FIRST_ROW = 4 };

/* Behind all offsets. */
static const struct unwind_row last_row = {.offset = UINT32_MAX, .rule = RULE_NONE};

void unwind_store_begin(struct unwind_store *store)
{
	store->rule_places = xcalloc(RULE_PLACES, sizeof *store->rule_places);
	store->rules[RULE_NONE] = (struct unwind_rule){.cfa_kind = UNWIND_CFA_NONE};
	store->rules[RULE_UNSUPPORTED] = (struct unwind_rule){.cfa_kind = UNWIND_CFA_UNSUPPORTED};
	store->nr_rules = FIRST_RULE;
	store->rows[ROW_GAP] = (struct unwind_row){.rule = RULE_NONE};
	store->rows[ROW_GAP + 1] = last_row;
	store->rows[ROW_UNSUPPORTED] = (struct unwind_row){.rule = RULE_UNSUPPORTED};
	store->rows[ROW_UNSUPPORTED + 1] = last_row;
	store->nr_rows = FIRST_ROW;
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

/* So that every offset has a row at or before it, and every row one behind it. */
size_t unwind_rows_needed(const struct unwind_table *table)
{
	return table->nr_rows + 2;
}

size_t unwind_pages_needed(const struct unwind_table *table)
{
	return table->nr_rows ? (table->rows[table->nr_rows - 1].offset >> UNWIND_PAGE_SHIFT) + 1
			      : 1;
}

static void store_rows(struct unwind_store *store, const struct unwind_table *table)
{
	scoped_free uint16_t *shared = xcalloc(table->nr_rules + 1, sizeof *shared);
	struct unwind_row *rows = &store->rows[store->nr_rows];

	for (size_t i = 0; i < table->nr_rules; i++)
		shared[i] = rule_intern(store, &table->rules[i]);
	rows[0] = (struct unwind_row){.rule = RULE_NONE};
	for (size_t i = 0; i < table->nr_rows; i++)
		rows[i + 1] = (struct unwind_row){.offset = table->rows[i].offset,
						  .rule = shared[table->rows[i].rule]};
	rows[table->nr_rows + 1] = last_row;
}

static void store_page(uint64_t *page, uint64_t rows)
{
	if (!*page)
		__atomic_store_n(page, rows, __ATOMIC_RELEASE);
}

/* Leads each page to its slice of the rows that have just been stored. */
static void store_pages(const struct unwind_store *store, uint64_t *pages, size_t first, size_t nr,
			size_t nr_rows)
{
	const struct unwind_row *rows = &store->rows[store->nr_rows];
	size_t row = 1;

	for (size_t page = first; page < first + nr; page++) {
		uint64_t start = (uint64_t)page << UNWIND_PAGE_SHIFT;
		uint64_t at;

		while (row < nr_rows - 1 && rows[row].offset <= start)
			row++;
		at = row - 1;
		while (row < nr_rows - 1 && rows[row].offset < start + (1 << UNWIND_PAGE_SHIFT))
			row++;
		store_page(&pages[page], (row - at) << 32 | (store->nr_rows + at));
	}
}

int unwind_announce(struct unwind_store *store, uint32_t file, size_t nr_pages)
{
	struct unwind_file entry = {.first_page = store->nr_pages, .nr_pages = nr_pages};

	if (file >= store->max_files)
		return -EINVAL;
	if (store->max_pages - store->nr_pages < nr_pages)
		return -ENOSPC;
	store->nr_pages += nr_pages;
	__atomic_store(&store->files[file], &entry, __ATOMIC_RELEASE);
	__atomic_add_fetch(&store->nr_announced, 1, __ATOMIC_RELEASE);
	return 0;
}

bool unwind_is_published(const struct unwind_store *store, uint32_t file, size_t page)
{
	const struct unwind_file *entry = &store->files[file];

	return page >= entry->nr_pages || store->pages[entry->first_page + page];
}

int unwind_publish_pages(struct unwind_store *store, uint32_t file, size_t first, size_t nr,
			 const struct unwind_table *table)
{
	uint64_t *pages = &store->pages[store->files[file].first_page];
	size_t nr_rows = unwind_rows_needed(table);

	if (store->max_rows - store->nr_rows < nr_rows) {
		for (size_t page = first; page < first + nr; page++)
			store_page(&pages[page], 1ULL << 32 | ROW_UNSUPPORTED);
		return -ENOSPC;
	}
	store_rows(store, table);
	store_pages(store, pages, first, nr, nr_rows);
	store->nr_rows += nr_rows;
	return 0;
}

int unwind_publish(struct unwind_store *store, uint32_t file, const struct unwind_table *table)
{
	size_t nr_pages = unwind_pages_needed(table);
	int err;

	if (file < store->max_files && store->max_rows - store->nr_rows < unwind_rows_needed(table))
		return -ENOSPC;
	err = unwind_announce(store, file, nr_pages);
	return err ? err : unwind_publish_pages(store, file, 0, nr_pages, table);
}

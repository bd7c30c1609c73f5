// SPDX-License-Identifier: MIT
/*
 * Tables that come page by page: whatever the order, each offset has the rule of the whole table.
 */
#include "unwind/index.h"
#include "unwind/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/alloc.h"

#define LIBC "/lib/x86_64-linux-gnu/libc.so.6"

enum { FILE_ID = 5, MAX_ROWS = 1 << 20, MAX_PAGES = 1 << 16 };

static void store_new(struct unwind_store *store, size_t max_rows)
{
	*store = (struct unwind_store){
		.rows = xcalloc(max_rows, sizeof *store->rows),
		.pages = xcalloc(MAX_PAGES, sizeof *store->pages),
		.rules = xcalloc(MAX_UNWIND_RULES, sizeof *store->rules),
		.files = xcalloc(8, sizeof *store->files),
		.max_rows = max_rows,
		.max_pages = MAX_PAGES,
		.max_files = 8,
	};
	unwind_store_begin(store);
}

static void store_free(struct unwind_store *store)
{
	free(store->rows);
	free(store->pages);
	free(store->rules);
	free(store->files);
	unwind_store_fini(store);
}

static struct unwind_index *libc_index(void)
{
	int fd = open(LIBC, O_RDONLY | O_CLOEXEC);
	struct unwind_index *index;

	assert_true(fd >= 0);
	assert_int_equal(unwind_index_open(fd, &index), 0);
	close(fd);
	return index;
}

static void publish(struct unwind_store *store, const struct unwind_index *index, size_t first,
		    size_t nr, int wanted)
{
	struct unwind_table table;

	unwind_index_rows(index, (uint64_t)first << UNWIND_PAGE_SHIFT,
			  (uint64_t)(first + nr) << UNWIND_PAGE_SHIFT, &table);
	assert_int_equal(unwind_publish_pages(store, FILE_ID, first, nr, &table), wanted);
	unwind_table_fini(&table);
}

/* The row of an offset, by nothing but what unwind.h says of the page's entry. */
static const struct unwind_row *published_row(const struct unwind_store *store, uint64_t offset)
{
	uint64_t entry =
		store->pages[store->files[FILE_ID].first_page + (offset >> UNWIND_PAGE_SHIFT)];
	const struct unwind_row *row = &store->rows[(uint32_t)entry], *end = row + (entry >> 32);

	assert_true(entry != 0);
	assert_true(row->offset <= offset);
	while (row + 1 < end && row[1].offset <= offset)
		row++;
	assert_true(row[1].offset > offset);
	return row;
}

static void assert_same_rule(const struct unwind_store *store, const struct unwind_table *whole,
			     uint64_t offset)
{
	const struct unwind_rule *rule = unwind_table_find(whole, offset);
	const struct unwind_row *row = published_row(store, offset);

	assert_int_equal(row->rule != 0, rule != NULL);
	if (rule)
		assert_memory_equal(&store->rules[row->rule], rule, sizeof *rule);
}

static void assert_same_rules(const struct unwind_store *store, const struct unwind_index *index,
			      size_t nr_pages)
{
	struct unwind_table whole;

	unwind_index_rows(index, 0, UINT64_MAX, &whole);
	assert_true(whole.nr_rows > 20000);
	for (size_t i = 0; i < whole.nr_rows; i++) {
		uint64_t offset = whole.rows[i].offset;

		assert_same_rule(store, &whole, offset);
		if (offset)
			assert_same_rule(store, &whole, offset - 1);
	}
	for (size_t page = 0; page < nr_pages; page++)
		assert_same_rule(store, &whole, (uint64_t)page << UNWIND_PAGE_SHIFT);
	unwind_table_fini(&whole);
}

/* Else functions that lie on many pages would fill the room. */
static void a_page_has_its_own_rows_only(void **state)
{
	struct unwind_index *index = libc_index();
	struct unwind_table whole, page;
	size_t nr_rows = 0, nr_pages = unwind_index_pages(index);

	(void)state;
	unwind_index_rows(index, 0, UINT64_MAX, &whole);
	for (uint64_t i = 0; i < nr_pages; i++) {
		uint64_t start = i << UNWIND_PAGE_SHIFT, end = (i + 1) << UNWIND_PAGE_SHIFT;

		unwind_index_rows(index, start, end, &page);
		for (size_t row = 1; row < page.nr_rows; row++)
			assert_in_range(page.rows[row].offset, start + 1, end);
		nr_rows += page.nr_rows;
		unwind_table_fini(&page);
	}
	assert_in_range(nr_rows, whole.nr_rows, whole.nr_rows + 2 * nr_pages);
	unwind_table_fini(&whole);
	unwind_index_free(index);
}

static void pages_come_in_any_order(void **state)
{
	struct unwind_index *index = libc_index();
	size_t nr_pages = unwind_index_pages(index), left = nr_pages;
	unsigned int seed = 7;
	struct unwind_store store;

	(void)state;
	store_new(&store, MAX_ROWS);
	assert_int_equal(unwind_announce(&store, FILE_ID, nr_pages), 0);
	while (left) {
		size_t first = rand_r(&seed) % nr_pages, nr = 1 + rand_r(&seed) % 20;

		nr = nr < nr_pages - first ? nr : nr_pages - first;
		for (size_t page = first; page < first + nr; page++)
			left -= !unwind_is_published(&store, FILE_ID, page);
		publish(&store, index, first, nr, 0);
	}
	assert_same_rules(&store, index, nr_pages);
	unwind_index_free(index);
	store_free(&store);
}

static void one_table_and_its_pages_are_the_same(void **state)
{
	struct unwind_index *index = libc_index();
	struct unwind_table whole;
	struct unwind_store store;

	(void)state;
	store_new(&store, MAX_ROWS);
	unwind_index_rows(index, 0, UINT64_MAX, &whole);
	assert_int_equal(unwind_publish(&store, FILE_ID, &whole), 0);
	assert_int_equal(store.files[FILE_ID].nr_pages, unwind_index_pages(index));
	assert_same_rules(&store, index, unwind_index_pages(index));
	unwind_table_fini(&whole);
	unwind_index_free(index);
	store_free(&store);
}

/* Nobody waits for these pages, and no walk believes that there is no code. */
static void pages_without_room_are_left_to_user_space(void **state)
{
	struct unwind_index *index = libc_index();
	struct unwind_store store;

	(void)state;
	store_new(&store, 400);
	assert_int_equal(unwind_announce(&store, FILE_ID, unwind_index_pages(index)), 0);
	assert_false(unwind_is_published(&store, FILE_ID, 60));
	publish(&store, index, 60, 64, -ENOSPC);
	assert_true(unwind_is_published(&store, FILE_ID, 60));
	assert_true(unwind_is_published(&store, FILE_ID, 123));
	assert_false(unwind_is_published(&store, FILE_ID, 124));
	assert_int_equal(store.rules[published_row(&store, 60 << UNWIND_PAGE_SHIFT)->rule].cfa_kind,
			 UNWIND_CFA_UNSUPPORTED);
	unwind_index_free(index);
	store_free(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_has_its_own_rows_only),
		cmocka_unit_test(pages_come_in_any_order),
		cmocka_unit_test(one_table_and_its_pages_are_the_same),
		cmocka_unit_test(pages_without_room_are_left_to_user_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

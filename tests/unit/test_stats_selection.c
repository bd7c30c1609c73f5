// SPDX-License-Identifier: MIT
/* Histograms and exact ranks, on every instruction set that is here, against sorting. */
#include "stats/selection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "stats/candidates.h"
#include "tests/unit/stats_data.h"

static void every_bucket_has_its_bounds(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_BUCKETS; i++) {
		const uint64_t low = loglinear_lower(i, HISTOGRAM_BITS);
		const uint64_t last = low + (loglinear_width(i, HISTOGRAM_BITS) - 1);

		assert_int_equal(loglinear_index(low, HISTOGRAM_BITS), i);
		assert_int_equal(loglinear_index(last, HISTOGRAM_BITS), i);
		if (i)
			assert_int_equal(loglinear_index(low - 1, HISTOGRAM_BITS), i - 1);
		assert_true((last - low) / 2 <= (low >> (HISTOGRAM_BITS + 1)));
	}
	assert_int_equal(loglinear_index(UINT64_MAX, HISTOGRAM_BITS), COUNT_BUCKETS - 1);
}

/* The kernels know the index in a form of their own. */
static void kernels_count_into_the_bucket_of_the_index(void **state)
{
	static uint32_t table[COUNT_BUCKETS];
	const struct kernels *k;

	(void)state;
	for (unsigned int n = 0; (k = kernels_at(n)); n++) {
		for (uint32_t i = 0; i < COUNT_BUCKETS; i++) {
			const uint64_t low = loglinear_lower(i, HISTOGRAM_BITS);
			const uint64_t last = low + (loglinear_width(i, HISTOGRAM_BITS) - 1);
			uint64_t values[35]; /* in vectors, and behind them */

			for (int v = 0; v < 35; v++)
				values[v] = v % 2 ? low : last;
			k->count(values, 35, 0, table);
			assert_int_equal(table[i], 35);
			table[i] = 0;
		}
		for (uint64_t v = 0; v < 1 << 20; v++) {
			k->count(&v, 1, 0, table);
			assert_int_equal(table[loglinear_index(v, HISTOGRAM_BITS)]--, 1);
		}
	}
}

static void histograms_merge_in_any_order(void **state)
{
	struct histogram parts[3], sums[2];
	struct bucket_counter counter;

	(void)state;
	for (int p = 0; p < 3; p++) {
		struct column c = column_make(p, 3000);

		histogram_init(&parts[p], HISTOGRAM_BITS);
		bucket_counter_init(&counter, &parts[p]);
		bucket_counter_add(&counter, c.values, c.nr);
		bucket_counter_settle(&counter);
		bucket_counter_fini(&counter);
		assert_int_equal(parts[p].total, c.nr);
		column_free(&c);
	}
	for (int s = 0; s < 2; s++) {
		histogram_init(&sums[s], HISTOGRAM_BITS);
		for (int p = 0; p < 3; p++)
			histogram_merge(&sums[s], &parts[s ? 2 - p : p]);
	}
	assert_memory_equal(sums[0].counts, sums[1].counts, COUNT_BUCKETS * sizeof(uint64_t));
	assert_int_equal(sums[0].total, 9000);
	histogram_add(&sums[1], 77, 1);
	assert_memory_not_equal(sums[0].counts, sums[1].counts, COUNT_BUCKETS * sizeof(uint64_t));
	for (int i = 0; i < 3; i++)
		histogram_fini(&parts[i]);
	histogram_fini(&sums[0]);
	histogram_fini(&sums[1]);
}

/* In pieces of odd sizes, as the blocks of a recording are. */
static void feed(struct selection *s, const struct column *c,
		 void (*add)(struct selection *, const uint64_t *, size_t))
{
	for (size_t at = 0, piece = 1; at < c->nr; at += piece, piece = piece * 3 + 1) {
		piece = piece < c->nr - at ? piece : c->nr - at;
		add(s, c->values + at, piece);
	}
}

static unsigned int answer(struct selection *s, const struct column *c, const uint64_t *ranks,
			   unsigned int nr)
{
	unsigned int passes = 0;

	for (unsigned int i = 0; i < nr; i++)
		selection_ask(s, ranks[i]);
	for (; selection_again(s); passes++)
		feed(s, c, selection_pass);
	return passes;
}

static void check_ranks(struct selection *s, const struct column *c, const uint64_t *ranks,
			unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		bool is_exact;

		assert_true(selection_value(s, i, &is_exact) == c->sorted[ranks[i] - 1]);
		assert_true(is_exact);
	}
}

/* The ranks of p1, p50, p90, p99, p99.9, p99.99 and of both ends. */
static unsigned int usual_ranks(uint64_t nr, uint64_t *ranks)
{
	static const uint64_t ppm[] = {0, 10000, 500000, 900000, 990000, 999000, 999900, 1000000};
	unsigned int i = 0;

	for (; i < sizeof ppm / sizeof *ppm; i++) {
		ranks[i] = (nr * ppm[i] + 999999) / 1000000;
		ranks[i] += !ranks[i];
	}
	return i;
}

static void ranks_are_those_of_the_sorted_column(void **state)
{
	static const size_t sizes[] = {1, 2, 31, 1000, 70000, 300000};
	struct selection *s = selection_new();
	struct histogram known;

	(void)state;
	histogram_init(&known, HISTOGRAM_BITS);
	for (int kind = 0; kind < NR_COLUMN_KINDS; kind++) {
		for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
			struct column c = column_make(kind, sizes[n]);
			uint64_t ranks[SELECTION_RANKS];
			unsigned int nr = usual_ranks(c.nr, ranks), passes;

			selection_restart(s);
			feed(s, &c, selection_scan);
			histogram_clear(&known);
			histogram_merge(&known, selection_histogram(s));
			passes = answer(s, &c, ranks, nr);
			check_ranks(s, &c, ranks, nr);
			assert_true(passes <= 2);

			selection_restart(s);
			selection_know(s, &known);
			passes = answer(s, &c, ranks, nr); /* nothing was sampled */
			check_ranks(s, &c, ranks, nr);
			assert_true(passes <= 3);
			column_free(&c);
		}
	}
	histogram_fini(&known);
	selection_free(s);
}

static void every_rank_of_short_columns(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 90; n++) {
		for (int kind = 0; kind < NR_COLUMN_KINDS; kind++) {
			struct column c = column_make(kind, n);
			uint64_t ranks[SELECTION_RANKS], values[SELECTION_RANKS];

			for (size_t from = 0; from < n; from += SELECTION_RANKS) {
				unsigned int nr = 0;

				for (; nr < SELECTION_RANKS && from + nr < n; nr++)
					ranks[nr] = from + nr + 1;
				selection_of(c.values, n, ranks, nr, values);
				assert_memory_equal(values, c.sorted + from, nr * sizeof *values);
			}
			column_free(&c);
		}
	}
}

/* A histogram that promises more values than come must not be believed. */
static void missing_values_are_told(void **state)
{
	struct selection *s = selection_new();

	(void)state;
	for (int kind = 0; kind < NR_COLUMN_KINDS; kind++) {
		struct column c = column_make(kind, 200000);
		uint64_t ranks[SELECTION_RANKS];
		unsigned int nr = usual_ranks(c.nr, ranks), passes = 0;

		selection_restart(s);
		selection_scan(s, c.values, c.nr);
		for (unsigned int i = 0; i < nr; i++)
			selection_ask(s, ranks[i]);
		for (; selection_again(s); passes++)
			selection_pass(s, c.values, kind % 2 ? 0 : c.nr / 2);
		assert_true(passes < 200);
		for (unsigned int i = 0; i < nr; i++) {
			bool is_exact;
			uint64_t value = selection_value(s, i, &is_exact);

			assert_true(value <= c.sorted[ranks[i] - 1]);
			if (is_exact) /* a bucket of one value needs no pass */
				assert_true(value == c.sorted[ranks[i] - 1]);
			else
				assert_true(value >= 1 << HISTOGRAM_BITS);
		}
		column_free(&c);
	}
	selection_free(s);
}

/* Blocks that cannot hold an answer are not asked for. */
static void only_candidate_blocks_are_wanted(void **state)
{
	struct selection *s = selection_new();
	uint64_t values[2000];

	(void)state;
	for (size_t i = 0; i < 2000; i++)
		values[i] = 1000000 + i * 100;
	selection_scan(s, values, 2000);
	selection_ask(s, 1000);
	assert_true(selection_again(s));
	assert_true(selection_wants(s, 1090000, 1105000));
	assert_false(selection_wants(s, 1000000, 1090000));
	assert_false(selection_wants(s, 1105000, UINT64_MAX));
	selection_pass(s, values, 2000);
	assert_false(selection_again(s));
	assert_int_equal(selection_value(s, 0, NULL), values[999]);
	selection_free(s);
}

static void candidates_are_selected_without_sorting(void **state)
{
	(void)state;
	for (int kind = 0; kind < NR_COLUMN_KINDS; kind++) {
		struct column c = column_make(kind, 5000);
		uint64_t *values = xcalloc(c.nr + FILTER_SLACK, sizeof *values);

		for (uint64_t rank = 1; rank <= c.nr; rank += 499) {
			memcpy(values, c.values, c.nr * sizeof *values);
			assert_true(candidates_select(values, c.nr, rank,
						      (struct span){0, UINT64_MAX}) ==
				    c.sorted[rank - 1]);
		}
		free(values);
		column_free(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bucket_has_its_bounds),
		cmocka_unit_test(kernels_count_into_the_bucket_of_the_index),
		cmocka_unit_test(histograms_merge_in_any_order),
		cmocka_unit_test(ranks_are_those_of_the_sorted_column),
		cmocka_unit_test(every_rank_of_short_columns),
		cmocka_unit_test(missing_values_are_told),
		cmocka_unit_test(only_candidate_blocks_are_wanted),
		cmocka_unit_test(candidates_are_selected_without_sorting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

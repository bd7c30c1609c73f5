// SPDX-License-Identifier: MIT
/* The system call table: exact where all rows are there, and honest where some are not. */
#include "profile/syscall_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "loglinear.h"
#include "profile/facts.h"
#include "stats/quantiles.h"
#include "tests/unit/made_recording.h"

enum { NR_READ = 0, NR_WRITE = 1, NR_OPEN = 2, NR_CLOSE = 3, NR_EXIT_GROUP = 231 };

static const struct syscall_row *row_of(const struct syscall_table *table, uint32_t key)
{
	vec_each (&table->rows, row) {
		if (row->key == key)
			return row;
	}
	fail_msg("no row of key %u", key);
	return NULL;
}

static void make_calls(struct maker *m, uint64_t nr, unsigned int calls, uint64_t duration_ns,
		       int64_t result)
{
	while (calls--)
		MAKE_SYSCALL(
			m, [SYSCALL_NR] = nr, [SYSCALL_TASK] = 1,
			[SYSCALL_DURATION_NS] = duration_ns, [SYSCALL_RESULT] = (uint64_t)result);
}

static void counts_errors_and_times(void **state)
{
	struct syscall_table table;
	const struct syscall_row *row;
	struct recording *r;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	make_calls(&m, NR_OPEN, 3, 100, -2);
	make_calls(&m, NR_OPEN, 2, 50, -11);
	make_calls(&m, NR_OPEN, 5, 200, 7);
	make_calls(&m, NR_CLOSE, 1, 40, 0);
	r = maker_open(&m, true);
	syscall_table_build(r, &table);
	assert_int_equal(table.calls, 11);
	assert_int_equal(table.errors, 5);
	assert_int_equal(table.total_ns, 1440);
	assert_false(table.approximate);
	row = row_of(&table, NR_OPEN);
	assert_int_equal(row->calls, 10);
	assert_int_equal(row->errors, 5);
	assert_int_equal(row->errnos.size, 2);
	assert_int_equal(row->errnos.items[0].index, 2);
	assert_int_equal(row->errnos.items[0].count, 3);
	assert_int_equal(row->errnos.items[1].index, 11);
	assert_int_equal(row->errnos.items[1].count, 2);
	assert_int_equal(row->min_ns, 50);
	assert_int_equal(row->max_ns, 200);
	assert_int_equal(syscall_row_mean_ns(row), 140);
	assert_int_equal(row->quantile_ns[P50], 100);
	assert_int_equal(row->quantile_ns[P90], 200);
	syscall_table_fini(&table);
	recording_close(r);
}

/* Rows of many blocks, of three calls with very different durations. */
static void quantiles_over_blocks_equal_those_of_sorted_durations(void **state)
{
	enum { NR = 100000, CALLS = 3 };
	uint64_t *values[CALLS], seed = 99;
	size_t nr[CALLS] = {0};
	struct syscall_table table;
	struct recording *r;
	struct maker m;

	(void)state;
	for (int call = 0; call < CALLS; call++)
		values[call] = xcalloc(NR, sizeof **values);
	maker_start(&m);
	make_root(&m, "x", 0);
	for (int i = 0; i < NR; i++) {
		uint64_t call = random_next(&seed) % CALLS;
		uint64_t value = call == 0   ? random_next(&seed) % 900
				 : call == 1 ? 5000000 + random_next(&seed) % 1000
					     : random_next(&seed) >> random_next(&seed) % 40;

		value >>= call == 2 ? 24 : 0;
		values[call][nr[call]++] = value;
		make_calls(&m, call, 1, value, 0);
	}
	r = maker_open(&m, true);
	assert_true(r->blocks.size > 2);
	syscall_table_build(r, &table);
	for (uint32_t call = 0; call < CALLS; call++) {
		const struct syscall_row *row = row_of(&table, call);

		qsort(values[call], nr[call], sizeof **values, compare_u64);
		assert_int_equal(row->calls, nr[call]);
		for (int q = 0; q < NR_QUANTILES; q++) {
			uint64_t rank = quantile_rank(nr[call], quantile_percent[q]);

			assert_int_equal(row->quantile_ns[q], values[call][rank - 1]);
		}
		assert_int_equal(row->min_ns, values[call][0]);
		assert_int_equal(row->max_ns, values[call][nr[call] - 1]);
		assert_false(row->approximate);
		free(values[call]);
	}
	syscall_table_fini(&table);
	recording_close(r);
}

/* More system calls than one batch of questions takes. */
static void many_calls_are_asked_in_batches(void **state)
{
	enum { NR = 400 };
	struct syscall_table table;
	struct recording *r;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	for (uint64_t nr = 0; nr < NR; nr++) {
		make_calls(&m, nr, 1, 100000 + nr, 0);
		make_calls(&m, nr, 1, 300000 + nr, 0);
	}
	r = maker_open(&m, true);
	syscall_table_build(r, &table);
	assert_int_equal(table.rows.size, NR);
	vec_each (&table.rows, row) {
		assert_int_equal(row->quantile_ns[P50], 100000 + row->key);
		assert_int_equal(row->quantile_ns[P99], 300000 + row->key);
	}
	syscall_table_fini(&table);
	recording_close(r);
}

static void unfinished_calls_count_but_have_no_time(void **state)
{
	struct syscall_table table;
	const struct syscall_row *row;
	struct recording *r;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_EXIT_GROUP, [SYSCALL_TASK] = 1,
		     [SYSCALL_FLAGS] = SYSCALL_UNFINISHED);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_OPEN, [SYSCALL_TASK] = 1, [SYSCALL_RESULT] = -1ULL,
		     [SYSCALL_FLAGS] = SYSCALL_BLOCKED);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_OPEN, [SYSCALL_TASK] = 1, [SYSCALL_RESULT] = 3,
		     [SYSCALL_DURATION_NS] = 71, [SYSCALL_FLAGS] = SYSCALL_ATTACHED);
	make_calls(&m, NR_OPEN, 1, 70, 3);
	r = maker_open(&m, true);
	syscall_table_build(r, &table);
	row = row_of(&table, NR_EXIT_GROUP);
	assert_int_equal(row->calls, 1);
	assert_int_equal(row->timed, 0);
	assert_int_equal(syscall_row_mean_ns(row), 0);
	row = row_of(&table, NR_OPEN);
	assert_int_equal(row->calls, 3);
	assert_int_equal(row->errors, 1);
	assert_int_equal(row->timed, 1);
	assert_int_equal(row->min_ns, 70);
	assert_int_equal(row->max_ns, 70);
	assert_int_equal(row->quantile_ns[P99], 70);
	syscall_table_fini(&table);
	recording_close(r);
}

static void calls_of_the_32_bit_table_stand_apart(void **state)
{
	struct syscall_table table;
	struct recording *r;
	struct maker m;
	char buffer[32];

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	make_calls(&m, NR_CLOSE, 1, 5000, 0);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = 3, [SYSCALL_TASK] = 1, [SYSCALL_DURATION_NS] = 9000,
		     [SYSCALL_FLAGS] = SYSCALL_COMPAT);
	r = maker_open(&m, true);
	syscall_table_build(r, &table);
	assert_int_equal(table.rows.size, 2);
	assert_int_equal(row_of(&table, NR_CLOSE)->quantile_ns[P50], 5000);
	assert_int_equal(row_of(&table, KEY_COMPAT | 3)->quantile_ns[P50], 9000);
	assert_string_equal(call_label(KEY_COMPAT | 3, buffer), "compat_3");
	assert_string_equal(call_label(NR_CLOSE, buffer), "close");
	syscall_table_fini(&table);
	recording_close(r);
}

/* 4 calls in the stream, 10 by the kernel's own count; `lost` says whether the stream dropped any.
 */
static void build_with_totals(uint64_t lost, struct syscall_table *table)
{
	struct bucket buckets[] = {
		{loglinear_index(100, KERNEL_TOTAL_BITS), 9},
		{loglinear_index(1000000, KERNEL_TOTAL_BITS), 1},
	};
	const struct syscall_total total = {
		.nr = NR_WRITE,
		.calls = 10,
		.errors = 2,
		.duration_ns = 1000900,
		.max_ns = 1000000,
		.nr_buckets = 2,
		.buckets = buckets,
	};
	const struct syscall_total unseen = {
		.nr = NR_OPEN,
		.calls = 1,
		.duration_ns = 100,
		.max_ns = 100,
		.nr_buckets = 1,
		.buckets = buckets,
	};
	struct recording *r;
	struct maker m;

	maker_start(&m);
	make_root(&m, "x", 0);
	make_calls(&m, NR_WRITE, 4, 100, 0);
	make_calls(&m, NR_CLOSE, 4, 100, 0);
	writer_syscall_total(m.w, &total);
	writer_syscall_total(m.w, &unseen);
	writer_counter(m.w, "lost.syscalls.ring_full", lost);
	writer_counter(m.w, "lost.faults.ring_full", 5); /* no matter here */
	r = maker_open(&m, true);
	syscall_table_build(r, table);
	recording_close(r);
}

static void kernel_totals_stand_in_for_lost_rows(void **state)
{
	struct syscall_table table;
	const struct syscall_row *row;

	(void)state;
	build_with_totals(6, &table);
	row = row_of(&table, NR_WRITE);
	assert_true(row->approximate && table.approximate);
	assert_int_equal(row->calls, 10);
	assert_int_equal(row->errors, 2);
	assert_int_equal(row->total_ns, 1000900);
	assert_int_equal(row->max_ns, 1000000);
	assert_in_range(row->quantile_ns[P50], 96, 104); /* within a bucket of an eighth */
	assert_in_range(row->quantile_ns[P99], 900000, 1000000);
	assert_int_equal(row_of(&table, NR_OPEN)->calls, 1);
	assert_false(row_of(&table, NR_CLOSE)->approximate); /* of it nothing was lost */
	assert_int_equal(row_of(&table, NR_CLOSE)->quantile_ns[P99], 100);
	assert_int_equal(table.calls, 15);
	syscall_table_fini(&table);
}

static void kernel_totals_are_not_used_when_nothing_was_lost(void **state)
{
	struct syscall_table table;

	(void)state;
	build_with_totals(0, &table);
	assert_int_equal(row_of(&table, NR_WRITE)->calls, 4);
	assert_int_equal(table.rows.size, 2);
	assert_false(table.approximate);
	syscall_table_fini(&table);
}

static void assert_order(struct syscall_table *table, enum syscall_sort by,
			 const char *const *names)
{
	char buffer[32];

	syscall_table_sort(table, by);
	vec_each (&table->rows, row)
		assert_string_equal(call_label(row->key, buffer), *names++);
}

static void rows_sort_by_every_key(void **state)
{
	struct syscall_table table;
	struct recording *r;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	make_calls(&m, NR_READ, 1, 900, 0);
	make_calls(&m, NR_WRITE, 4, 100, 0);
	make_calls(&m, NR_WRITE, 1, 200, -4);
	make_calls(&m, NR_OPEN, 1, 600, 0);
	make_calls(&m, NR_CLOSE, 1, 600, 0);
	r = maker_open(&m, true);
	syscall_table_build(r, &table);
	assert_order(&table, SORT_TIME, NAMES("read", "close", "open", "write"));
	assert_order(&table, SORT_CALLS, NAMES("write", "close", "open", "read"));
	assert_order(&table, SORT_ERRORS, NAMES("write", "close", "open", "read"));
	assert_order(&table, SORT_AVG, NAMES("read", "close", "open", "write"));
	assert_order(&table, SORT_P50, NAMES("read", "close", "open", "write"));
	assert_order(&table, SORT_NAME, NAMES("close", "open", "read", "write"));
	assert_string_equal(syscall_sort_names[SORT_P99], "p99");
	assert_string_equal(syscall_sort_names[SORT_NAME], "name");
	assert_null(syscall_sort_names[NR_SYSCALL_SORTS]);
	syscall_table_fini(&table);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_errors_and_times),
		cmocka_unit_test(quantiles_over_blocks_equal_those_of_sorted_durations),
		cmocka_unit_test(many_calls_are_asked_in_batches),
		cmocka_unit_test(unfinished_calls_count_but_have_no_time),
		cmocka_unit_test(calls_of_the_32_bit_table_stand_apart),
		cmocka_unit_test(kernel_totals_stand_in_for_lost_rows),
		cmocka_unit_test(kernel_totals_are_not_used_when_nothing_was_lost),
		cmocka_unit_test(rows_sort_by_every_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

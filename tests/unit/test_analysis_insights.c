// SPDX-License-Identifier: MIT
/* What dominates and what comes first: said where it is so, and not where it is not. */
#include "analysis/insights.h"
#include "analysis/priority.h"
#include "output/insights_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "decode/syscalls.h"
#include "tests/unit/made_recording.h"

/* `nr` calls of a name, each so long. */
static void make_calls(struct maker *m, const char *name, uint64_t nr, uint64_t duration_ns,
		       int64_t result)
{
	for (uint64_t i = 0; i < nr; i++)
		MAKE_SYSCALL(m, [SYSCALL_NR] = (uint64_t)syscall_number(name), [SYSCALL_TASK] = 1,
			     [SYSCALL_START_NS] = 2000 + i, [SYSCALL_DURATION_NS] = duration_ns,
			     [SYSCALL_RESULT] = (uint64_t)result);
}

static void start(struct maker *m, uint64_t wall_ns)
{
	maker_start(m);
	make_root(m, "x", 0);
	if (wall_ns)
		writer_counter(m->w, "wall_ns", wall_ns);
}

/* ---- Insights ---- */

static void names_what_dominates(void **state)
{
	struct insights insights;
	struct recording *r;
	struct maker m;
	char *sentence;

	(void)state;
	start(&m, 0);
	make_calls(&m, "read", 300, 7000, 1);
	make_calls(&m, "write", 100, 9000, 1);
	r = maker_open(&m, true);
	insights_build(r, &insights);
	assert_int_equal(insights.by_time.row->key, syscall_number("read"));
	assert_int_equal(insights.by_time.part, 2100000);
	assert_int_equal(insights.by_time.whole, 3000000);
	assert_int_equal(insights.by_calls.part, 300);
	sentence = insight_of_time(&insights);
	assert_string_equal(sentence, "read dominates: 70.0% of the time of system calls (2.10 ms "
				      "of 3.00 ms), in 75.0% of all system calls (300 of 400)");
	assert_null(insight_of_number(&insights));
	free(sentence);
	insights_fini(&insights);
	recording_close(r);
}

/* One takes the time, another one makes up the number. */
static void names_both(void **state)
{
	struct insights insights;
	struct recording *r;
	struct maker m;
	char *sentence;

	(void)state;
	start(&m, 0);
	make_calls(&m, "getppid", 9999, 100, 1);
	make_calls(&m, "fsync", 1, 99000100, 0);
	r = maker_open(&m, true);
	insights_build(r, &insights);
	sentence = insight_of_time(&insights);
	assert_string_equal(sentence, "fsync dominates: 99.0% of the time of system calls (99.0 ms "
				      "of 100 ms), in <0.1% of all system calls (1 of 10,000)");
	free(sentence);
	sentence = insight_of_number(&insights);
	assert_string_equal(sentence,
			    "getppid dominates by number: 99.9% of all system calls "
			    "(9,999 of 10,000), but 1.0% of the time of system calls (1.00 "
			    "ms of 100 ms)");
	free(sentence);
	insights_fini(&insights);
	recording_close(r);
}

/* More than half, but hardly more than the next; or the most, but not half. */
static void says_nothing_where_nothing_dominates(void **state)
{
	struct insights insights;
	struct recording *r;
	struct maker m;

	(void)state;
	for (int even = 0; even < 2; even++) {
		start(&m, 0);
		make_calls(&m, "read", even ? 40 : 53, 1000, 1);
		make_calls(&m, "write", even ? 24 : 47, 1000, 1);
		make_calls(&m, "lseek", even ? 20 : 0, 1000, 1);
		r = maker_open(&m, true);
		insights_build(r, &insights);
		assert_null(insights.by_time.row);
		assert_null(insights.by_calls.row);
		assert_null(insight_of_time(&insights));
		assert_null(insight_of_number(&insights));
		assert_null(insight_of_clean_up(&insights.clean_ups[CLEAN_UP_MAPPINGS]));
		insights_fini(&insights);
		recording_close(r);
	}
}

static void counts_what_is_cleaned_up(void **state)
{
	struct insights insights;
	struct recording *r;
	struct maker m;
	char *sentence;

	(void)state;
	start(&m, 0);
	make_calls(&m, "mmap", 9, 1000, 0x7000);
	make_calls(&m, "mmap", 2, 1000, -12);
	make_calls(&m, "munmap", 4, 1000, 0);
	make_calls(&m, "openat", 5, 1000, 3);
	make_calls(&m, "openat", 7, 1000, -2);
	make_calls(&m, "pipe2", 3, 1000, 0);
	make_calls(&m, "close", 10, 1000, 0);
	make_calls(&m, "close", 1, 1000, -9);
	r = maker_open(&m, true);
	insights_build(r, &insights);
	sentence = insight_of_clean_up(&insights.clean_ups[CLEAN_UP_MAPPINGS]);
	assert_string_equal(sentence, "clean-up of mappings: 4 munmap against 9 made by 9 mmap");
	free(sentence);
	sentence = insight_of_clean_up(&insights.clean_ups[CLEAN_UP_DESCRIPTORS]);
	assert_string_equal(
		sentence,
		"clean-up of descriptors: 10 close against 11 made by 3 pipe2 + 5 openat");
	free(sentence);
	insights_fini(&insights);
	recording_close(r);
}

static void nothing_recorded(void **state)
{
	struct priorities priorities;
	struct insights insights;
	struct recording *r;
	struct maker m;

	(void)state;
	start(&m, 0);
	r = maker_open(&m, true);
	insights_build(r, &insights);
	assert_null(insight_of_time(&insights));
	priorities_build(r, &priorities);
	assert_int_equal(priorities.items.size, 0);
	priorities_fini(&priorities);
	insights_fini(&insights);
	recording_close(r);
}

/* ---- Priorities ---- */

static const struct prioritized *item_of(const struct priorities *p, const char *name)
{
	vec_each (&p->items, item) {
		if (item->row->key == (uint32_t)syscall_number(name))
			return item;
	}
	return NULL;
}

static void one_long_call_comes_before_many_cheap_ones(void **state)
{
	const struct prioritized *item;
	struct priorities p;
	struct recording *r;
	struct maker m;
	char *why;

	(void)state;
	start(&m, 6000000000);
	make_calls(&m, "getppid", 100000, 200, 1);
	make_calls(&m, "connect", 1, 5000000000, 0);
	make_calls(&m, "nanosleep", 1, 5900000000, 0);
	make_calls(&m, "fsync", 100, 4000000, 0);
	r = maker_open(&m, true);
	priorities_build(r, &p);
	assert_int_equal(p.items.size, 4);
	item = &p.items.items[0];
	assert_int_equal(item->row->key, syscall_number("connect"));
	assert_int_equal(item->priority, PRIORITY_HIGH);
	assert_int_equal(item->reason, REASON_ONE_IS_LONG);
	assert_int_equal(item->longest.task, 1);
	why = priority_reason_text(item, p.run_ns);
	assert_string_equal(why, "one call took 5.00 s");
	free(why);
	item = item_of(&p, "fsync"); /* 400 ms of 6 s */
	assert_int_equal(item->priority, PRIORITY_MEDIUM);
	assert_int_equal(item->reason, REASON_SLOW);
	item = item_of(&p, "getppid");
	assert_int_equal(item->priority, PRIORITY_LOW);
	assert_int_equal(item->reason, REASON_MANY_CHEAP);
	why = priority_reason_text(item, p.run_ns);
	assert_string_equal(why, "100,000 cheap calls, 200 ns each: without all of them the run "
				 "would be 0.3% shorter");
	free(why);
	item = &p.items.items[3];
	assert_int_equal(item->row->key, syscall_number("nanosleep"));
	assert_int_equal(item->priority, PRIORITY_LOW);
	assert_int_equal(item->reason, REASON_WAITS);
	priorities_fini(&p);
	recording_close(r);
}

static void so_many_that_they_are_the_run(void **state)
{
	struct priorities p;
	struct recording *r;
	struct maker m;

	(void)state;
	start(&m, 100000000);
	make_calls(&m, "write", 100000, 600, 1);
	make_calls(&m, "pread64", 100, 300000, 1);
	r = maker_open(&m, true);
	priorities_build(r, &p);
	assert_int_equal(item_of(&p, "write")->priority, PRIORITY_MEDIUM);
	assert_int_equal(item_of(&p, "write")->reason, REASON_MANY);
	assert_int_equal(item_of(&p, "pread64")->priority, PRIORITY_HIGH);
	assert_int_equal(item_of(&p, "pread64")->reason, REASON_SLOW);
	priorities_fini(&p);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_dominates),
		cmocka_unit_test(names_both),
		cmocka_unit_test(says_nothing_where_nothing_dominates),
		cmocka_unit_test(counts_what_is_cleaned_up),
		cmocka_unit_test(nothing_recorded),
		cmocka_unit_test(one_long_call_comes_before_many_cheap_ones),
		cmocka_unit_test(so_many_that_they_are_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

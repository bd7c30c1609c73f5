// SPDX-License-Identifier: MIT
/* Groups of calls: their counts, exact quantiles and events, against sorted columns. */
#include "analysis/call_groups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "stats/quantiles.h"
#include "tests/unit/made_recording.h"

enum { NR_READ = 0, NR_WRITE = 1, NR_EXIT_GROUP = 231 };

static const enum aspect by_syscall[] = {ASPECT_SYSCALL};
static const enum aspect by_both[] = {ASPECT_SYSCALL, ASPECT_ERRNO};

static uint32_t group_of(const struct call_groups *groups, const char *first, const char *second)
{
	for (uint32_t i = 0; i < groups->groups.size; i++) {
		scoped_free char *a = grouping_label(&groups->grouping, i, 0);
		scoped_free char *b = second ? grouping_label(&groups->grouping, i, 1) : NULL;

		if (!strcmp(a, first) && (!second || !strcmp(b, second)))
			return i;
	}
	fail_msg("no group %s %s", first, second ? second : "");
	return 0;
}

static void counts_and_tells_apart(void **state)
{
	struct call_groups groups;
	struct recording *r;
	struct maker m;
	const struct call_group *group;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	for (int i = 0; i < 5; i++)
		MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_READ, [SYSCALL_TASK] = 1,
			     [SYSCALL_DURATION_NS] = 100, [SYSCALL_RESULT] = 7);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_READ, [SYSCALL_TASK] = 1, [SYSCALL_DURATION_NS] = 5,
		     [SYSCALL_RESULT] = (uint64_t)-9);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_EXIT_GROUP, [SYSCALL_TASK] = 1,
		     [SYSCALL_FLAGS] = SYSCALL_UNFINISHED);
	r = maker_open(&m, true);
	call_groups_build(r, by_both, 2, 0, &groups);
	assert_int_equal(groups.groups.size, 3);
	group = &groups.groups.items[group_of(&groups, "read", "ok")];
	assert_int_equal(group->calls, 5);
	assert_int_equal(group->errors, 0);
	assert_int_equal(group->bytes, 35);
	assert_int_equal(group->quantiles[QUANTILE_P99].value_ns, 100);
	group = &groups.groups.items[group_of(&groups, "read", "EBADF")];
	assert_int_equal(group->calls, 1);
	assert_int_equal(group->errors, 1);
	group = &groups.groups.items[group_of(&groups, "exit_group", "ok")];
	assert_int_equal(group->calls, 1);
	assert_int_equal(group->times.count, 0);
	assert_int_equal(groups.all.calls, 7);
	assert_int_equal((uint64_t)groups.all.times.sum, 505);
	call_groups_fini(&groups);
	recording_close(r);
}

static void tells_nothing_of_few(void **state)
{
	(void)state;
	assert_false(call_quantile_is_told(2, QUANTILE_P50));
	assert_true(call_quantile_is_told(3, QUANTILE_P50));
	assert_false(call_quantile_is_told(9, QUANTILE_P90));
	assert_true(call_quantile_is_told(10, QUANTILE_P90));
	assert_false(call_quantile_is_told(99, QUANTILE_P99));
	assert_true(call_quantile_is_told(100, QUANTILE_P99));
	assert_false(call_quantile_is_told(9999, QUANTILE_P9999));
	assert_true(call_quantile_is_told(10000, QUANTILE_P9999));
}

#define ROWS  80000
#define CALLS 2

/* Whatever fits in memory at a time. */
static void check_quantiles(struct recording *r, uint64_t *const sorted[CALLS],
			    const size_t nr[CALLS], uint64_t batch_rows)
{
	static const char *const names[CALLS] = {"read", "write"};
	struct call_groups groups;

	call_groups_build(r, by_syscall, 1, batch_rows, &groups);
	assert_int_equal(groups.groups.size, CALLS);
	for (int call = 0; call < CALLS; call++) {
		const struct call_group *group =
			&groups.groups.items[group_of(&groups, names[call], NULL)];

		assert_int_equal(group->times.count, nr[call]);
		for (int q = 0; q < NR_CALL_QUANTILES; q++) {
			const struct call_quantile *quantile = &group->quantiles[q];
			uint64_t rank = quantile_rank_ppm(nr[call], call_quantile_ppm[q]);
			uint64_t low, high;

			assert_true(quantile->is_exact);
			assert_int_equal(quantile->value_ns, sorted[call][rank - 1]);
			assert_int_equal(
				quantile->has_interval,
				quantile_interval(nr[call], call_quantile_ppm[q], &low, &high));
			if (quantile->has_interval) {
				assert_int_equal(quantile->low_ns, sorted[call][low - 1]);
				assert_int_equal(quantile->high_ns, sorted[call][high - 1]);
			}
			/* Each call began at twice its duration and 10. */
			assert_int_equal(quantile->start_ns, 2 * quantile->value_ns + 10);
			assert_int_equal(quantile->task, 1);
		}
	}
	call_groups_fini(&groups);
}

static void quantiles_equal_those_of_sorted_columns(void **state)
{
	uint64_t *sorted[CALLS], seed = 7;
	size_t nr[CALLS] = {0};
	struct recording *r;
	struct maker m;

	(void)state;
	for (int call = 0; call < CALLS; call++)
		sorted[call] = xcalloc(ROWS, sizeof *sorted[call]);
	maker_start(&m);
	make_root(&m, "x", 0);
	for (int i = 0; i < ROWS; i++) {
		int call = random_next(&seed) % 8 == 0;
		uint64_t duration_ns = random_next(&seed) >> (20 + random_next(&seed) % 40);

		sorted[call][nr[call]++] = duration_ns;
		MAKE_SYSCALL(&m, [SYSCALL_NR] = (uint64_t)call, [SYSCALL_TASK] = 1,
			     [SYSCALL_DURATION_NS] = duration_ns,
			     [SYSCALL_START_NS] = 2 * duration_ns + 10);
	}
	r = maker_open(&m, true);
	for (int call = 0; call < CALLS; call++)
		qsort(sorted[call], nr[call], sizeof *sorted[call], compare_u64);
	check_quantiles(r, sorted, nr, 0);
	check_quantiles(r, sorted, nr, 20000); /* one group alone is more than that */
	check_quantiles(r, sorted, nr, 1);
	recording_close(r);
	for (int call = 0; call < CALLS; call++)
		free(sorted[call]);
}

static void durations_of_all_bits(void **state)
{
	struct call_groups groups;
	struct recording *r;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	for (int i = 0; i < 3; i++)
		MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_DURATION_NS] = UINT64_MAX);
	r = maker_open(&m, true);
	for (uint64_t batch_rows = 0; batch_rows < 3; batch_rows++) {
		call_groups_build(r, by_syscall, 1, batch_rows, &groups);
		assert_true(groups.groups.items[0].quantiles[QUANTILE_P50].value_ns == UINT64_MAX);
		assert_true(groups.groups.items[0].times.max == UINT64_MAX);
		call_groups_fini(&groups);
	}
	recording_close(r);
}

static void nothing_at_all(void **state)
{
	struct call_groups groups;
	struct recording *r;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	r = maker_open(&m, true);
	call_groups_build(r, by_both, 2, 0, &groups);
	assert_int_equal(groups.groups.size, 0);
	assert_int_equal(groups.all.calls, 0);
	call_groups_fini(&groups);
	recording_close(r);
}

static void aspects_as_users_write_them(void **state)
{
	enum aspect aspects[MAX_ASPECTS];
	unsigned int nr;

	(void)state;
	assert_int_equal(aspects_parse("thread,errno,class", aspects, &nr), 0);
	assert_int_equal(nr, 3);
	assert_int_equal(aspects[0], ASPECT_THREAD);
	assert_int_equal(aspects[2], ASPECT_CLASS);
	assert_true(aspects_parse("", aspects, &nr) < 0);
	assert_true(aspects_parse("thread,", aspects, &nr) < 0);
	assert_true(aspects_parse("threads", aspects, &nr) < 0);
	assert_true(aspects_parse("site,site", aspects, &nr) < 0);
	assert_true(aspects_parse("site,errno,class,thread", aspects, &nr) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_and_tells_apart),
		cmocka_unit_test(tells_nothing_of_few),
		cmocka_unit_test(quantiles_equal_those_of_sorted_columns),
		cmocka_unit_test(durations_of_all_bits),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(aspects_as_users_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

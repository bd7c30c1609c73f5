// SPDX-License-Identifier: MIT
/* What a file says of all its system calls at its end, and answers that need no more than that. */
#include "recording/call_sum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <cmocka.h>

#include "analysis/call_groups.h"
#include "recording/format.h"
#include "tests/unit/made_recording.h"
#include "tests/unit/stats_data.h"

#define CALLS (2 * BLOCK_ROWS + 1000)

/* Reads and writes by turns, each fifth one failed, each hundredth without a time. */
static void make_calls(struct maker *m, uint64_t nr)
{
	maker_start(m);
	make_root(m, "calls", 0);
	for (uint64_t i = 0; i < nr; i++)
		MAKE_SYSCALL(m, [SYSCALL_START_NS] = 2000 + i, [SYSCALL_TASK] = 1,
			     [SYSCALL_NR] = i % 2 ? SYS_write : SYS_read,
			     [SYSCALL_DURATION_NS] = i % 100 ? mixed_latency(i) : 0,
			     [SYSCALL_RESULT] = i % 5 ? 0 : (uint64_t) - (int64_t)(1 + i % 3),
			     [SYSCALL_FLAGS] = i % 100 ? 0 : SYSCALL_UNTIMED);
}

/* Closes the file and leaves it at m->path. */
static void finish(struct maker *m, bool is_whole)
{
	assert_int_equal(is_whole ? writer_finish(m->w) : writer_flush(m->w), 0);
	writer_free(m->w);
}

static void the_sum_is_that_of_the_blocks(void **state)
{
	struct recording *brief, *whole;
	struct maker m;

	(void)state;
	make_calls(&m, CALLS);
	finish(&m, true);
	assert_int_equal(recording_open(m.path, &whole), 0);
	assert_int_equal(recording_open_brief(m.path, &brief), 0);
	assert_int_equal(whole->blocks.size, 3);
	assert_int_equal(brief->blocks.size, 0);
	assert_int_equal(brief->nr_call_keys, 2);
	for (uint32_t k = 0; k < 2; k++) {
		const struct key_summary *sum = &brief->call_keys[k];
		uint64_t events = 0, timed = 0, ns = 0, min = UINT64_MAX, max = 0, failed = 0;

		vec_each (&whole->blocks, block) {
			events += block->keys[k].events;
			timed += block->keys[k].timed;
			ns += block->keys[k].duration_ns;
			min = block->keys[k].min_ns < min ? block->keys[k].min_ns : min;
			max = block->keys[k].max_ns > max ? block->keys[k].max_ns : max;
			assert_int_equal(block->keys[k].key, sum->key);
		}
		for (uint32_t e = 0; e < sum->nr_errnos; e++)
			failed += sum->errnos[e].count;
		assert_int_equal(sum->events, events);
		assert_int_equal(sum->timed, timed);
		assert_int_equal(sum->duration_ns, ns);
		assert_int_equal(sum->min_ns, min);
		assert_int_equal(sum->max_ns, max);
		assert_int_equal(sum->nr_errnos, 3);
		assert_in_range(failed, CALLS / 10 - 1, CALLS / 10 + 1);
		for (uint32_t b = 1; b < sum->nr_buckets; b++)
			assert_true(sum->buckets[b - 1].index < sum->buckets[b].index);
	}
	recording_close(brief);
	recording_close(whole);
	unlink(m.path);
}

/* The same numbers whether the file is whole, or its blocks have to be added up. */
static void quick_answers_are_within_their_bound(void **state)
{
	static const enum aspect by_syscall[] = {ASPECT_SYSCALL};

	(void)state;
	for (int is_whole = 0; is_whole < 2; is_whole++) {
		struct call_groups brief, exact;
		struct recording *r, *whole;
		struct maker m;

		make_calls(&m, CALLS);
		finish(&m, is_whole);
		assert_int_equal(recording_open_brief(m.path, &r), 0);
		assert_int_equal(recording_open(m.path, &whole), 0);
		assert_int_equal(!!r->call_keys, is_whole);
		call_groups_brief(r, &brief);
		call_groups_build(whole, by_syscall, 1, 0, &exact);
		assert_int_equal(brief.groups.size, 2);
		for (uint32_t g = 0; g < 2; g++) {
			const struct call_group *a = &brief.groups.items[g];
			const struct call_group *b = &exact.groups.items[g];

			assert_int_equal(a->calls, b->calls);
			assert_int_equal(a->errors, b->errors);
			assert_int_equal(a->times.count, b->times.count);
			assert_true(a->times.sum == b->times.sum);
			assert_int_equal(a->times.min, b->times.min);
			assert_int_equal(a->times.max, b->times.max);
			for (int q = 0; q < NR_CALL_QUANTILES; q++) {
				const double found = (double)a->quantiles[q].value_ns;
				const double wanted = (double)b->quantiles[q].value_ns;

				assert_true(fabs(found - wanted) <= wanted * CALL_BRIEF_PPM / 1e6);
				assert_int_equal(a->quantiles[q].has_interval,
						 b->quantiles[q].has_interval);
				assert_false(a->quantiles[q].is_exact);
			}
		}
		call_groups_fini(&brief);
		call_groups_fini(&exact);
		recording_close(r);
		recording_close(whole);
		unlink(m.path);
	}
}

/* Nothing but the summary is read, so whatever becomes of the rows, it answers. */
static void rows_are_not_read(void **state)
{
	struct recording *r;
	struct maker m;
	uint64_t offset;
	int fd;

	(void)state;
	make_calls(&m, CALLS);
	finish(&m, true);
	assert_int_equal(recording_open(m.path, &r), 0);
	offset = r->blocks.items[0].file_offset;
	recording_close(r);
	fd = open(m.path, O_WRONLY);
	assert_int_equal(pwrite(fd, "spoilt", 6, (off_t)offset + CHUNK_HEADER_BYTES + 8), 6);
	close(fd);
	assert_int_equal(recording_open_brief(m.path, &r), 0);
	assert_int_equal(r->call_keys[0].events + r->call_keys[1].events, CALLS);
	assert_int_equal(r->integrity.damaged_chunks, 0);
	recording_close(r);
	unlink(m.path);
}

static void without_calls_there_is_none(void **state)
{
	struct call_groups groups;
	struct recording *r;
	struct maker m;

	(void)state;
	make_calls(&m, 0);
	finish(&m, true);
	assert_int_equal(recording_open_brief(m.path, &r), 0);
	assert_null(r->call_keys);
	call_groups_brief(r, &groups);
	assert_int_equal(groups.groups.size, 0);
	call_groups_fini(&groups);
	recording_close(r);
	unlink(m.path);
}

static bool takes(const uint8_t *payload, size_t size)
{
	struct cursor in = cursor_over(payload, size);
	struct arena arena = {0};
	struct key_summary *keys;
	uint32_t nr;
	bool is_sound = call_sum_take(&in, &arena, &keys, &nr);

	arena_fini(&arena);
	return is_sound;
}

static void hostile_sums_are_refused(void **state)
{
	/* one key, 7: 2 calls, 1 with a time, 5 ns; a bucket; an error of number 9 */
	static const uint8_t sound[] = {1, 7, 2, 1, 5, 5, 0, 1, 5, 1, 1, 9, 1};
	uint8_t bad[sizeof sound];

	(void)state;
	assert_true(takes(sound, sizeof sound));
	for (size_t size = 0; size < sizeof sound; size++)
		assert_false(takes(sound, size));
	memcpy(bad, sound, sizeof bad);
	bad[3] = 2; /* more times than in buckets */
	assert_false(takes(bad, sizeof bad));
	bad[3] = 1;
	bad[12] = 3; /* more errors than calls */
	assert_false(takes(bad, sizeof bad));
	assert_false(takes((const uint8_t[]){0xff, 0xff, 0xff, 0x1f}, 4));
}

/* A program that makes up numbers of calls must not fill the recorder's memory. */
static void sums_do_not_grow_without_end(void **state)
{
	struct recording *r;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "calls", 0);
	for (uint64_t i = 0; i <= CALL_SUM_KEYS; i++)
		MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 2000 + i, [SYSCALL_TASK] = 1,
			     [SYSCALL_NR] = 1000 + i);
	finish(&m, true);
	assert_int_equal(recording_open_brief(m.path, &r), 0);
	assert_null(r->call_keys);
	assert_int_equal(r->blocks.size, 1);
	recording_close(r);
	unlink(m.path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sum_is_that_of_the_blocks),
		cmocka_unit_test(quick_answers_are_within_their_bound),
		cmocka_unit_test(rows_are_not_read),
		cmocka_unit_test(without_calls_there_is_none),
		cmocka_unit_test(hostile_sums_are_refused),
		cmocka_unit_test(sums_do_not_grow_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* From a recording to its diagnoses: what stacks say, sites, tables, and how a trial is judged. */
#include "profile/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <cmocka.h>

#include "profile/memory_tables.h"
#include "profile/stack_reading.h"
#include "tests/unit/made_recording.h"

#define MIB  (1ULL << 20)
#define BASE 0x7f0000000000ULL

enum { MADE = 1, GIVEN, TOUCHED, CONTEXT, BARE, LAST_STACK };

/* main > encode > block_new > xmalloc > malloc > mmap, and what else is on stacks. */
static void make_stacks(struct maker *m)
{
	uint32_t app = make_module(m, "/bin/app"), libc = make_module(m, "/lib/libc.so.6");
	uint32_t libz = make_module(m, "/lib/libz.so.1");
	uint32_t start = make_frame(m, 0, app, 1, NAMES("_start"));
	uint32_t encode =
		make_frame(m, make_frame(m, start, app, 2, NAMES("main")), app, 3, NAMES("encode"));
	/* xmalloc was inlined into block_new. */
	uint32_t block = make_frame(m, encode, app, 4, NAMES("xmalloc", "block_new"));
	uint32_t allocates = make_frame(m, make_frame(m, block, libc, 1, NAMES("__libc_malloc")),
					libc, 2, NAMES("sysmalloc"));
	uint32_t gives = make_frame(m, make_frame(m, encode, app, 5, NAMES("block_free")), libc, 3,
				    NAMES("__libc_free"));
	uint32_t init = make_frame(m, encode, libz, 1, NAMES("deflateInit_"));
	uint32_t init2 = make_frame(m, init, libz, 2, NAMES("deflateInit2_"));

	make_stack(m, MADE, make_frame(m, allocates, libc, 4, NAMES("__mmap")));
	make_stack(m, GIVEN, make_frame(m, gives, libc, 5, NAMES("__munmap")));
	make_stack(m, TOUCHED,
		   make_frame(m, encode, libc, 6, NAMES("__memset_avx512_unaligned_erms")));
	make_stack(m, CONTEXT, make_frame(m, make_frame(m, init2, libz, 3, NULL), libc, 1, NULL));
	make_stack(m, BARE, start);
}

#define BLOCK_BYTES (12 * MIB)
#define BLOCKS      20

/* Blocks that are mapped, filled and unmapped, one after the other, or all kept. */
static struct recording *tell(uint32_t blocks, bool keep)
{
	struct maker m;

	maker_start(&m);
	writer_meta_text(m.w, "events", "faults,syscalls");
	make_stacks(&m);
	make_root(&m, "app", 0);
	for (uint64_t i = 0; i < blocks; i++) {
		uint64_t now = 10000 * (i + 1), at = BASE + (keep ? i * BLOCK_BYTES : 0);

		MAKE_SYSCALL(&m, [SYSCALL_START_NS] = now, [SYSCALL_DURATION_NS] = 100,
			     [SYSCALL_RESULT] = at, [SYSCALL_NR] = SYS_mmap, [SYSCALL_TASK] = 1,
			     [SYSCALL_STACK] = MADE, [SYSCALL_ARG1] = BLOCK_BYTES,
			     [SYSCALL_ARG2] = PROT_READ | PROT_WRITE,
			     [SYSCALL_ARG3] = MAP_PRIVATE | MAP_ANONYMOUS);
		MAKE_FAULT(&m, [FAULT_START_NS] = now + 200, [FAULT_SPAN_NS] = 3071,
			   [FAULT_COUNT] = 3072, [FAULT_SERVICE_NS] = 3072 * 2,
			   [FAULT_ADDRESS] = at, [FAULT_STRIDE_BYTES] = 4096, [FAULT_TASK] = 1,
			   [FAULT_STACK] = TOUCHED, [FAULT_ERROR_CODE] = 6);
		if (!keep)
			MAKE_SYSCALL(&m, [SYSCALL_START_NS] = now + 5000,
				     [SYSCALL_DURATION_NS] = 100, [SYSCALL_NR] = SYS_munmap,
				     [SYSCALL_TASK] = 1, [SYSCALL_STACK] = GIVEN,
				     [SYSCALL_ARG0] = at, [SYSCALL_ARG1] = BLOCK_BYTES);
	}
	writer_counter(m.w, "system_ns", 3072 * 2 * BLOCKS);
	writer_counter(m.w, "wall_ns", 1000000);
	writer_counter(m.w, "exit_status", 0);
	return maker_open(&m, true);
}

static void stacks_tell_allocator_caller_and_toucher(void **state)
{
	struct recording *r = tell(1, false);
	struct names names = {0};
	struct stack_reading made = stack_read(r, MADE, &names);
	struct stack_reading given = stack_read(r, GIVEN, &names);
	struct stack_reading touched = stack_read(r, TOUCHED, &names);
	struct stack_reading none = stack_read(r, 0, &names);

	(void)state;
	assert_int_equal(made.allocator, ALLOCATOR_GLIBC);
	assert_string_equal(names_text(&names, made.entry), "malloc");
	assert_string_equal(names_text(&names, made.function), "block_new");
	assert_string_equal(names_text(&names, made.caller), "encode");
	assert_int_equal(made.maker, 0);
	assert_string_equal(names_text(&names, given.entry), "free");
	assert_string_equal(names_text(&names, given.function), "block_free");
	assert_int_equal(touched.allocator, ALLOCATOR_NONE);
	assert_string_equal(names_text(&names, touched.leaf), "memset");
	assert_string_equal(names_text(&names, touched.function), "encode");
	assert_string_equal(names_text(&names, touched.caller), "main");
	assert_int_equal(none.function, 0);
	assert_int_equal(stack_read(r, 12345, &names).function, 0);
	assert_int_equal(stack_read(r, BARE, &names).function, 0);
	names_fini(&names);
	recording_close(r);
}

static void the_maker_of_a_context_is_the_outermost_one(void **state)
{
	struct recording *r = tell(1, false);
	struct names names = {0};
	struct stack_reading context = stack_read(r, CONTEXT, &names);

	(void)state;
	assert_string_equal(names_text(&names, context.maker), "deflateInit_");
	assert_string_equal(names_text(&names, context.function), "encode");
	assert_string_equal(names_text(&names, context.caller), "main");
	names_fini(&names);
	recording_close(r);
}

static void churn_is_diagnosed_from_a_recording(void **state)
{
	struct recording *r = tell(BLOCKS, false);
	struct report *report = report_new(r, 0);
	const struct diagnoses *found = &report->advice.diagnoses;
	const struct diagnosis *d = &found->items.items[0];

	(void)state;
	assert_int_equal(found->items.size, 1);
	assert_string_equal(d->id, "mmap-threshold-frozen");
	assert_int_equal(d->faults, 3072 * BLOCKS);
	assert_int_equal(d->saved_faults, 3072 * (BLOCKS - 1));
	assert_int_equal(d->service_ns, 3072 * 2 * BLOCKS);
	assert_int_equal(d->regions, BLOCKS);
	assert_string_equal(report->advice.situation.sites.items[d->owner].function, "block_new");
	assert_string_equal(report->advice.situation.sites.items[d->returner].function,
			    "block_free");
	assert_string_equal(d->toucher, "memset");
	report_free(report);
	recording_close(r);
}

static void tables_add_up(void **state)
{
	struct recording *r = tell(BLOCKS, false);
	struct report *report = report_new(r, 0);
	const struct situation *s = &report->advice.situation;
	struct memory_tables tables;
	const struct region_row *row;

	(void)state;
	memory_tables_build(&report->advice, &tables);
	assert_int_equal(tables.regions.size, 1);
	row = &tables.regions.items[0];
	assert_int_equal(row->regions, BLOCKS);
	assert_int_equal(row->bytes, BLOCKS * BLOCK_BYTES);
	assert_int_equal(row->least_bytes, BLOCK_BYTES);
	assert_in_range(row->median_ns, 4300, 5000);
	assert_string_equal(s->sites.items[row->returner].function, "block_free");
	assert_int_equal(tables.growth.size, 1);
	assert_int_equal(s->sites.items[tables.growth.items[0]].totals.added_bytes,
			 BLOCKS * BLOCK_BYTES);
	assert_int_equal(s->sites.items[tables.growth.items[0]].totals.kept_bytes, 0);
	memory_tables_fini(&tables);
	report_free(report);
	recording_close(r);
}

/* Against a run of as many blocks as `after`. */
static struct trial judge_trial(uint32_t after, const char *remedy)
{
	struct recording *r[2] = {tell(BLOCKS, false), tell(after, false)};
	struct report *reports[2] = {report_new(r[0], 0), report_new(r[1], 0)};
	struct trial trial, copy;

	trial_judge(remedy_find(remedy), reports[0], reports[1], &trial);
	copy = trial;
	trial_fini(&trial);
	for (int i = 0; i < 2; i++) {
		report_free(reports[i]);
		recording_close(r[i]);
	}
	return copy;
}

static void a_trial_helps_from_half_of_the_prediction_on(void **state)
{
	struct trial trial = judge_trial(11, "glibc-keep");

	(void)state;
	assert_int_equal(trial.predicted_faults, 3072 * (BLOCKS - 1));
	assert_int_equal(trial.measured_faults, 3072 * (BLOCKS - 11));
	assert_false(trial.helped); /* 9 of 19 */
	assert_true(judge_trial(10, "glibc-keep").helped);
	assert_false(judge_trial(BLOCKS, "glibc-keep").helped);
	trial = judge_trial(BLOCKS + 1, "glibc-keep");
	assert_int_equal(trial.measured_faults, -3072);
	assert_false(trial.helped);
}

static void a_remedy_that_nothing_names_must_save_a_tenth(void **state)
{
	(void)state;
	assert_int_equal(judge_trial(18, "tcmalloc-keep").predicted_faults, 0);
	assert_true(judge_trial(18, "tcmalloc-keep").helped);
	assert_false(judge_trial(19, "tcmalloc-keep").helped);
}

static void kept_blocks_are_no_churn(void **state)
{
	struct recording *r = tell(8, true);
	struct report *report = report_new(r, 0);

	(void)state;
	assert_int_equal(report->advice.diagnoses.items.size, 1);
	assert_string_equal(report->advice.diagnoses.items.items[0].id, "first-touch-pass");
	report_free(report);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks_tell_allocator_caller_and_toucher),
		cmocka_unit_test(the_maker_of_a_context_is_the_outermost_one),
		cmocka_unit_test(churn_is_diagnosed_from_a_recording),
		cmocka_unit_test(tables_add_up),
		cmocka_unit_test(a_trial_helps_from_half_of_the_prediction_on),
		cmocka_unit_test(a_remedy_that_nothing_names_must_save_a_tenth),
		cmocka_unit_test(kept_blocks_are_no_churn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

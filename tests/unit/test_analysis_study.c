// SPDX-License-Identifier: MIT
/* Studies of calls: planted causes are named first, and nothing is told of none. */
#include "analysis/study.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "stats/random.h"
#include "tests/unit/made_recording.h"

enum { NR_READ = 0, NR_LSEEK = 8, NR_FSYNC = 74 };
enum { CALLS = 20000 };

/* One call of which everything but the time is given. */
struct planted {
	uint64_t nr, descriptor, size, task;
	int64_t result;
	double median_ns;
};

static void make_planted(struct maker *m, uint64_t i, const struct planted *p)
{
	double u = random_unit(5, 2 * i) + 0x1p-54, v = random_unit(5, 2 * i + 1);
	double z = sqrt(-2 * log(u)) * cos(6.283185307179586 * v);

	MAKE_SYSCALL(
		m, [SYSCALL_NR] = p->nr, [SYSCALL_TASK] = p->task, [SYSCALL_ARG0] = p->descriptor,
		[SYSCALL_ARG2] = p->size, [SYSCALL_RESULT] = (uint64_t)p->result,
		[SYSCALL_START_NS] = 2000 + i * 1000000,
		[SYSCALL_DURATION_NS] = (uint64_t)(p->median_ns * exp(0.2 * z)));
}

static void start(struct maker *m)
{
	maker_start(m);
	make_root(m, "x", 0);
	MAKE_EVENT(m, .time_ns = 1001, .task = 1, .other = 2, .type = TASK_FORK,
		   .value = {1, 100, 101}, .text = (char *)"worker");
}

static const struct finding *finding_of(const struct part *part, enum attribute attribute)
{
	for (unsigned int i = 0; i < part->nr_findings; i++) {
		if (part->findings[i].trait.attribute == attribute)
			return &part->findings[i];
	}
	return NULL;
}

/* Reads of descriptor 9 take half a millisecond, all others two microseconds. */
static void names_what_tells_modes_apart(void **state)
{
	const struct call_study *call;
	const struct finding *finding;
	struct recording *r;
	struct study study;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t i = 0; i < CALLS; i++) {
		bool is_slow = random_below(77, i, 10) == 0;

		make_planted(&m, i,
			     &(struct planted){NR_READ, is_slow ? 9 : 3 + random_below(78, i, 3),
					       4096, 1 + random_below(79, i, 2), 4096,
					       is_slow ? 500000 : 2000});
	}
	r = maker_open(&m, true);
	study_build(r, &study);
	assert_int_equal(study.calls.size, 1);
	call = &study.calls.items[0];
	assert_int_equal(call->timed, CALLS);
	assert_int_equal(call->nr_modes, 2);
	assert_int_equal(call->modes[0].count + call->modes[1].count, CALLS);
	assert_in_range(call->modes[1].count, CALLS / 11, CALLS / 9);
	assert_in_range(call->modes[1].middle_ns, 480000, 520000);
	assert_int_equal(call->modes[1].nr_findings, 1);
	finding = finding_of(&call->modes[1], ATTRIBUTE_DESCRIPTOR);
	assert_non_null(finding);
	assert_int_equal(study.attributes.descriptors.pairs.items[finding->trait.value].a, 9);
	assert_true(finding->support == 1);
	assert_true(isinf(finding->risk_ratio));
	assert_int_equal(call->modes[1].example.task != 0, 1);
	assert_in_range(call->modes[1].example.duration_ns, 480000, 520000);
	assert_int_equal(study.anomalies, 0);
	study_fini(&study);
	recording_close(r);
}

/* Of one kind of read, those after fsync are slower, though no mode of their own. */
static void names_what_the_slowest_have_in_common(void **state)
{
	const struct finding *finding;
	struct recording *r;
	struct study study;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t i = 0; i < CALLS; i++) {
		bool is_slow = random_below(77, i, 80) == 0;

		make_planted(&m, 2 * i,
			     &(struct planted){is_slow ? NR_FSYNC : NR_LSEEK, 3, 0, 1, 0, 10});
		make_planted(&m, 2 * i + 1,
			     &(struct planted){NR_READ, 3, 4096, 1, 4096, is_slow ? 4600 : 2000});
	}
	r = maker_open(&m, true);
	study_build(r, &study);
	assert_int_equal(study.calls.items[0].key, NR_READ);
	assert_in_range(study.calls.items[0].slowest.count, CALLS / 100, CALLS / 90);
	finding = finding_of(&study.calls.items[0].slowest, ATTRIBUTE_BEFORE);
	assert_non_null(finding);
	assert_int_equal(finding->trait.value, NR_FSYNC);
	assert_true(finding->support > 0.9);
	assert_true(finding->risk_ratio > 20);
	assert_int_equal(study.calls.items[0].slowest.nr_findings, 1);
	study_fini(&study);
	recording_close(r);
}

/* The same call, at the same place, is slow where one function has called, and for a while. */
static void names_the_caller_and_the_time(void **state)
{
	const struct finding *finding;
	uint32_t module, root;
	struct recording *r;
	struct study study;
	struct maker m;

	(void)state;
	start(&m);
	module = make_module(&m, "/bin/x");
	root = make_frame(&m, 0, module, 100, NAMES("main"));
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t caller = make_frame(&m, root, module, 200 + i,
					     i ? NAMES("slow_path") : NAMES("quick_path"));

		make_stack(&m, 1 + i, make_frame(&m, caller, module, 400, NAMES("wait_for_it")));
	}
	for (uint64_t i = 0; i < CALLS; i++) {
		bool is_slow = i >= CALLS / 2 && i < CALLS / 2 + CALLS / 80;

		MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_READ, [SYSCALL_TASK] = 1,
			     [SYSCALL_STACK] = 1 + is_slow, [SYSCALL_START_NS] = 2000 + i * 1000000,
			     [SYSCALL_DURATION_NS] = (is_slow ? 500000 : 2000) + i % 100);
	}
	r = maker_open(&m, true);
	study_build(r, &study);
	finding = finding_of(&study.calls.items[0].slowest, ATTRIBUTE_CALLER);
	assert_non_null(finding);
	assert_string_equal(caller_name(&study.attributes.callers, (uint32_t)finding->trait.value),
			    "slow_path");
	assert_true(finding->support == 1);
	finding = finding_of(&study.calls.items[0].slowest, ATTRIBUTE_TIME);
	assert_non_null(finding);
	assert_int_equal(finding->trait.value, TIME_SPAN(32, 32));
	study_fini(&study);
	recording_close(r);
}

static void tells_nothing_of_nothing(void **state)
{
	struct recording *r;
	struct study study;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t i = 0; i < CALLS; i++)
		make_planted(&m, i,
			     &(struct planted){NR_READ, 3 + random_below(78, i, 5),
					       1 + random_below(80, i, 9000),
					       1 + random_below(79, i, 2),
					       random_below(81, i, 9) ? 100 : -11, 2000});
	r = maker_open(&m, true);
	study_build(r, &study);
	assert_int_equal(study.calls.size, 1);
	assert_int_equal(study.calls.items[0].nr_modes, 1);
	assert_int_equal(study.calls.items[0].slowest.nr_findings, 0);
	assert_int_equal(study.anomalies, 0);
	study_fini(&study);
	recording_close(r);
}

static void finds_the_planted_anomaly(void **state)
{
	struct recording *r;
	struct study study;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t i = 0; i < 2000; i++)
		make_planted(&m, i,
			     &(struct planted){NR_READ, 3, 4096, 1, 4096, i == 1234 ? 9e7 : 2000});
	r = maker_open(&m, true);
	study_build(r, &study);
	assert_int_equal(study.anomalies, 1);
	assert_int_equal(study.by_severity[SEVERITY_HIGH], 1);
	assert_int_equal(study.nr_worst, 1);
	assert_int_equal(study.worst[0].key, NR_READ);
	assert_int_equal(study.worst[0].event.start_ns, 2000 + 1234 * 1000000UL);
	assert_in_range(study.worst[0].baseline_ns, 1900, 2100);
	study_fini(&study);
	recording_close(r);
}

/* All alike, the greatest of numbers, and none. */
static void degenerate_durations(void **state)
{
	struct recording *r;
	struct study study;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t i = 0; i < 200; i++)
		MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_READ, [SYSCALL_TASK] = 1,
			     [SYSCALL_DURATION_NS] = 1000);
	for (uint64_t i = 0; i < 200; i++)
		MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_LSEEK, [SYSCALL_TASK] = 1,
			     [SYSCALL_DURATION_NS] = i % 2 ? UINT64_MAX / 1000 : 0);
	r = maker_open(&m, true);
	study_build(r, &study);
	vec_each (&study.calls, call) {
		assert_int_equal(call->slowest.count, 0);
		assert_in_range(call->nr_modes, 1, 2);
	}
	assert_int_equal(study.anomalies, 0);
	study_fini(&study);
	recording_close(r);
	start(&m);
	r = maker_open(&m, true);
	study_build(r, &study);
	assert_int_equal(study.calls.size, 0);
	study_fini(&study);
	recording_close(r);
}

/* Of two calls that took equally long, one had no processor for most of it: no fault of its own. */
static void calls_without_a_processor_are_none(void **state)
{
	struct recording *r;
	struct study study;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t i = 0; i < CALLS; i++) {
		bool is_kept = i % 97 == 5;

		MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_READ, [SYSCALL_TASK] = 1,
			     [SYSCALL_START_NS] = 2000 + i * 1000000,
			     [SYSCALL_DURATION_NS] = is_kept     ? 4001000 + i % 20
						     : i == 9999 ? 4000000
								 : 1000 + i % 20,
			     [SYSCALL_READY_NS] = is_kept ? 4000000 : 0);
	}
	r = maker_open(&m, true);
	study_build(r, &study);
	assert_int_equal(study.anomalies, 1);
	assert_int_equal(study.worst[0].event.start_ns, 2000 + 9999UL * 1000000);
	assert_int_equal(study.worst[0].own_ns, 4000000);
	assert_int_equal(study.calls.items[0].ready_ns, 4000000UL * ((CALLS - 6) / 97 + 1));
	assert_int_equal(study.calls.items[0].nr_modes, 1);
	study_fini(&study);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_tells_modes_apart),
		cmocka_unit_test(names_what_the_slowest_have_in_common),
		cmocka_unit_test(names_the_caller_and_the_time),
		cmocka_unit_test(tells_nothing_of_nothing),
		cmocka_unit_test(finds_the_planted_anomaly),
		cmocka_unit_test(degenerate_durations),
		cmocka_unit_test(calls_without_a_processor_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

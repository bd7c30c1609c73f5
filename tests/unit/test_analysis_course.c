// SPDX-License-Identifier: MIT
/* Windows of time: planted changes, phases and relations are found, and none where there are none.
 */
#include "analysis/course.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "analysis/heat.h"
#include "stats/random.h"
#include "tests/unit/made_recording.h"

enum { NR_READ = 0, NR_WRITE = 1, NR_LSEEK = 8, NR_FSYNC = 74 };

#define SECONDS  200
#define SECOND   1000000000UL
#define START_NS 2000UL

static double noise(uint64_t key, uint64_t i)
{
	double u = random_unit(key, 2 * i) + 0x1p-54, v = random_unit(key, 2 * i + 1);

	return exp(0.15 * sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
}

/* About `calls` calls within one second, of about that duration. */
static void make_second(struct maker *m, uint64_t second, uint64_t nr, unsigned int calls,
			double duration_ns)
{
	unsigned int made = (unsigned int)(calls * noise(nr + 10, second));

	for (unsigned int i = 0; i < made; i++)
		MAKE_SYSCALL(m, [SYSCALL_NR] = nr, [SYSCALL_TASK] = 1,
			     [SYSCALL_START_NS] =
				     START_NS + second * SECOND + i * (SECOND / (made + 1)),
			     [SYSCALL_DURATION_NS] =
				     (uint64_t)(duration_ns * noise(nr, second * 1000 + i)));
}

static struct recording *finish(struct maker *m)
{
	return maker_open(m, true);
}

static void start(struct maker *m)
{
	maker_start(m);
	make_root(m, "x", 0);
}

static double second_of(const struct course *course, uint32_t window)
{
	return (double)course->windows.width_ns * window / (double)SECOND;
}

static const struct change *change_of(const struct course *course, enum series_kind kind,
				      uint32_t key)
{
	vec_each (&course->changes, change) {
		const struct series *s = &course->windows.series[change->series];

		if (s->kind == kind && s->key == key)
			return change;
	}
	return NULL;
}

static void finds_a_change_of_latency(void **state)
{
	const struct change *change;
	struct course course;
	struct recording *r;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t second = 0; second < SECONDS; second++) {
		make_second(&m, second, NR_READ, 40, second < 120 ? 2000 : 8000);
		make_second(&m, second, NR_WRITE, 40, 3000);
	}
	r = finish(&m);
	course_build(r, &course);
	assert_true(course.windows.nr > 100);
	assert_int_equal(course.changes.size, 1);
	change = change_of(&course, SERIES_LATENCY_OF, NR_READ);
	assert_non_null(change);
	assert_in_range((int)second_of(&course, change->at), 117, 122);
	assert_true(change->factor > 3.7 && change->factor < 4.3);
	course_fini(&course);
	recording_close(r);
}

/* Every fourth second is one of checkpoints: many fsyncs, few reads. */
static void tells_phases(void **state)
{
	uint32_t checkpoints = 0;
	struct course course;
	struct recording *r;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t second = 0; second < SECONDS; second++) {
		bool is_checkpoint = second / 5 % 4 == 3;

		make_second(&m, second, NR_READ, is_checkpoint ? 6 : 60, 2000);
		make_second(&m, second, NR_FSYNC, is_checkpoint ? 60 : 3, 90000);
	}
	r = finish(&m);
	course_build(r, &course);
	assert_int_equal(course.nr_phases, 2);
	assert_true(course.silhouette > 0.5);
	checkpoints = course.phases[1].windows;
	assert_in_range(checkpoints, course.windows.nr / 5, course.windows.nr * 3 / 10);
	assert_true(course.phases[1].nr_traits > 0);
	assert_int_equal(course.windows.series[course.phases[1].traits[0].series].key, NR_FSYNC);
	assert_true(course.phases[1].traits[0].factor > 5);
	course_fini(&course);
	recording_close(r);
}

/* Reading, writing and syncing take turns of ten seconds. */
static void tells_three_phases(void **state)
{
	uint32_t windows = 0, seen = 0;
	struct course course;
	struct recording *r;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t second = 0; second < SECONDS; second++) {
		uint64_t turn = second / 10 % 3;

		make_second(&m, second,
			    turn == 0   ? NR_READ
			    : turn == 1 ? NR_WRITE
					: NR_FSYNC,
			    60, turn == 2 ? 90000 : 2000);
	}
	r = finish(&m);
	course_build(r, &course);
	assert_int_equal(course.nr_phases, 3);
	for (unsigned int i = 0; i < 3; i++) {
		const struct phase *phase = &course.phases[i];

		windows += phase->windows;
		assert_in_range(phase->windows, course.windows.nr / 4, course.windows.nr / 2);
		for (unsigned int k = 0; k < phase->nr_traits; k++) {
			const struct series *s = &course.windows.series[phase->traits[k].series];

			if (s->kind == SERIES_CALLS_OF && phase->traits[k].factor > 10)
				seen |= 1U << (s->key == NR_READ ? 0 : s->key == NR_WRITE ? 1 : 2);
		}
	}
	assert_int_equal(windows, course.windows.nr);
	assert_int_equal(seen, 7);
	course_fini(&course);
	recording_close(r);
}

static const struct relation *relation_of(const struct course *course, uint32_t x, uint32_t y)
{
	vec_each (&course->relations, relation) {
		const struct series *a = &course->windows.series[relation->x];
		const struct series *b = &course->windows.series[relation->y];

		if (a->kind == SERIES_CALLS_OF && b->kind == SERIES_CALLS_OF &&
		    ((a->key == x && b->key == y) || (a->key == y && b->key == x)))
			return relation;
	}
	return NULL;
}

static void finds_what_goes_together(void **state)
{
	const struct relation *relation;
	struct course course;
	struct recording *r;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t second = 0; second < SECONDS; second++) {
		unsigned int load = 10 + (unsigned int)random_below(3, second, 90);

		make_second(&m, second, NR_READ, load, 2000);
		make_second(&m, second, NR_WRITE, load, 3000);
		make_second(&m, second, NR_FSYNC, 10 + (unsigned int)random_below(4, second, 90),
			    5000);
	}
	r = finish(&m);
	course_build(r, &course);
	relation = relation_of(&course, NR_READ, NR_WRITE);
	assert_non_null(relation);
	assert_true(relation->correlation.r > 0.8);
	assert_null(relation_of(&course, NR_READ, NR_FSYNC));
	assert_null(relation_of(&course, NR_WRITE, NR_FSYNC));
	course_fini(&course);
	recording_close(r);
}

/* Each call is made independently of the others, but all of them only when the program runs. */
static void activity_is_no_relation(void **state)
{
	struct course course;
	struct recording *r;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t second = 0; second < SECONDS; second++) {
		unsigned int share = 2 + (unsigned int)random_below(3, second, 18);

		make_second(&m, second, NR_READ, 5 * share, 2000);
		make_second(&m, second, NR_WRITE, 4 * share, 2000);
		make_second(&m, second, NR_FSYNC, 3 * share, 2000);
		make_second(&m, second, NR_LSEEK, 6 * share, 2000);
	}
	r = finish(&m);
	course_build(r, &course);
	assert_null(relation_of(&course, NR_READ, NR_WRITE));
	assert_null(relation_of(&course, NR_READ, NR_FSYNC));
	assert_null(relation_of(&course, NR_LSEEK, NR_WRITE));
	course_fini(&course);
	recording_close(r);
}

static void says_nothing_of_noise(void **state)
{
	struct course course;
	struct recording *r;
	struct maker m;

	(void)state;
	start(&m);
	for (uint64_t second = 0; second < SECONDS; second++) {
		make_second(&m, second, NR_READ, 50, 2000);
		make_second(&m, second, NR_WRITE, 50, 3000);
	}
	r = finish(&m);
	course_build(r, &course);
	assert_int_equal(course.changes.size, 0);
	assert_int_equal(course.nr_phases, 1);
	assert_null(relation_of(&course, NR_READ, NR_WRITE));
	course_fini(&course);
	recording_close(r);
}

static void too_little_happened(void **state)
{
	struct course course;
	struct recording *r;
	struct maker m;

	(void)state;
	start(&m);
	make_second(&m, 0, NR_READ, 50, 2000);
	r = finish(&m);
	course_build(r, &course);
	assert_int_equal(course.windows.nr, 0);
	course_fini(&course);
	recording_close(r);
	start(&m);
	r = finish(&m);
	course_build(r, &course);
	assert_int_equal(course.windows.nr, 0);
	course_fini(&course);
	recording_close(r);
}

static void heat_has_every_call_once(void **state)
{
	static const uint64_t durations_ns[] = {0,    1,    1000,       1000,
						1023, 1024, 5000000000, UINT64_MAX};
	uint64_t sum = 0;
	struct recording *r;
	struct heat heat;
	struct maker m;

	(void)state;
	start(&m);
	for (size_t i = 0; i < sizeof durations_ns / sizeof *durations_ns; i++)
		MAKE_SYSCALL(
			&m, [SYSCALL_NR] = NR_READ, [SYSCALL_TASK] = 1,
			[SYSCALL_START_NS] = START_NS + i, [SYSCALL_DURATION_NS] = durations_ns[i]);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = NR_WRITE, [SYSCALL_TASK] = 1, [SYSCALL_START_NS] = START_NS,
		     [SYSCALL_DURATION_NS] = 7);
	r = finish(&m);
	heat_build(r, NR_READ, &heat);
	assert_int_equal(heat.calls, 8);
	for (uint32_t row = 0; row < heat.nr_rows; row++) {
		for (uint32_t column = 0; column < HEAT_COLUMNS; column++)
			sum += heat_at(&heat, row, column);
	}
	assert_int_equal(sum, 8);
	assert_int_equal(heat_row_ns(&heat, 0), 0);
	heat_fini(&heat);
	heat_build(r, NR_FSYNC, &heat);
	assert_int_equal(heat.nr_rows, 0);
	heat_fini(&heat);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_change_of_latency),
		cmocka_unit_test(tells_phases),
		cmocka_unit_test(tells_three_phases),
		cmocka_unit_test(finds_what_goes_together),
		cmocka_unit_test(activity_is_no_relation),
		cmocka_unit_test(says_nothing_of_noise),
		cmocka_unit_test(too_little_happened),
		cmocka_unit_test(heat_has_every_call_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

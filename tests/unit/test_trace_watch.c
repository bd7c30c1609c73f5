// SPDX-License-Identifier: MIT
/* The live watch: planted calls are told, even ones hardly ever. */
#include "trace/watch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "stats/random.h"

enum { NR_READ = 0, NR_WRITE = 1 };

static bool take(struct watch *w, uint32_t nr, double duration_ns, uint32_t flags,
		 struct alarm *out)
{
	const struct syscall_event event = {
		.head.flags = (uint8_t)flags,
		.nr = nr,
		.duration_ns = (uint64_t)duration_ns,
	};

	return watch_take(w, &event, out);
}

static double even(uint64_t key, uint64_t i)
{
	double u = random_unit(key, 2 * i) + 0x1p-54, v = random_unit(key, 2 * i + 1);

	return 3e6 * exp(0.4 * sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
}

static void even_calls_hardly_ever(void **state)
{
	struct watch w;
	struct alarm alarm;

	(void)state;
	watch_init(&w, &(struct watch_options){.anomalies = true});
	for (uint64_t i = 0; i < 1000000; i++)
		take(&w, NR_READ, even(1, i), 0, &alarm);
	assert_in_range(w.alarms, 0, 10);
	watch_fini(&w);
}

static void a_planted_call_within_its_window(void **state)
{
	struct watch w;
	struct alarm alarm;

	(void)state;
	watch_init(&w, &(struct watch_options){.anomalies = true});
	for (uint64_t i = 0; i < 50; i++) {
		assert_false(take(&w, NR_READ, even(2, i), 0, &alarm));
		assert_false(take(&w, NR_WRITE, 100 * even(3, i), 0, &alarm));
	}
	assert_true(take(&w, NR_READ, 3e9, 0, &alarm));
	assert_int_equal(alarm.key, NR_READ);
	assert_int_equal(alarm.duration_ns, 3000000000);
	assert_in_range(alarm.baseline_ns, 2500000, 3500000);
	assert_true(alarm.score > 5);
	assert_false(take(&w, NR_WRITE, 3e8, 0, &alarm));
	assert_int_equal(w.alarms, 1);
	assert_int_equal(w.by_severity[SEVERITY_HIGH], 1);
	watch_fini(&w);
}

static void steady_calls_and_what_has_no_time(void **state)
{
	const struct syscall_event without_processor = {
		.nr = NR_READ, .duration_ns = 9000000, .ready_ns = 8999000, /* others had it */
	};
	struct watch w;
	struct alarm alarm;

	(void)state;
	watch_init(&w, &(struct watch_options){.anomalies = true, .window = 10});
	for (int i = 0; i < 20; i++)
		assert_false(take(&w, NR_READ, 200, 0, &alarm));
	assert_false(take(&w, NR_READ, 390, 0, &alarm));
	assert_true(take(&w, NR_READ, 900000, 0, &alarm));
	for (int i = 0; i < 20; i++)
		assert_false(take(&w, NR_READ, 200, 0, &alarm));
	assert_false(take(&w, NR_READ, 400000, 0, &alarm)); /* an interrupt may do that */
	assert_false(watch_take(&w, &without_processor, &alarm));
	assert_false(take(&w, NR_READ, 9e9, WIRE_UNFINISHED, &alarm));
	assert_false(take(&w, NR_READ, 9e9, WIRE_BLOCKED, &alarm));
	assert_false(take(&w, NR_READ, 9e9, WIRE_ATTACHED, &alarm));
	/* The same number of a 32-bit entry is another call. */
	assert_false(take(&w, NR_READ, 9e9, WIRE_COMPAT, &alarm));
	watch_fini(&w);
}

static void the_worst_come_first(void **state)
{
	struct watch w;
	struct alarm alarm;

	(void)state;
	watch_init(&w, &(struct watch_options){.anomalies = true, .window = 1000});
	for (uint64_t i = 0; i < 1000; i++)
		take(&w, NR_READ, even(4, i), 0, &alarm);
	for (int i = 0; i < 30; i++)
		take(&w, NR_READ, 1e9 * (1 + i * 7 % 30), 0, &alarm);
	assert_in_range(w.alarms, 25, 30); /* those before widen the window */
	assert_int_equal(w.nr_worst, MOST_ALARMS);
	for (unsigned int i = 1; i < w.nr_worst; i++)
		assert_true(w.worst[i - 1].score >= w.worst[i].score);
	watch_fini(&w);
}

static void extremes(void **state)
{
	struct watch w;
	struct alarm alarm;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	watch_init(&w, &(struct watch_options){.anomalies = true, .extended = true});
	for (int i = 0; i < 40; i++)
		take(&w, NR_READ, i % 2 ? 0 : 1.8e19, 0, &alarm);
	take(&w, NR_WRITE, 5, WIRE_UNFINISHED, &alarm);
	watch_write(&w, out);
	fclose(out);
	assert_non_null(strstr(text, "read (40 calls):"));
	assert_non_null(strstr(text, "write (1 calls):\n  none of them has returned"));
	free(text);
	watch_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(even_calls_hardly_ever),
		cmocka_unit_test(a_planted_call_within_its_window),
		cmocka_unit_test(steady_calls_and_what_has_no_time),
		cmocka_unit_test(the_worst_come_first),
		cmocka_unit_test(extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

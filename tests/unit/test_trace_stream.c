// SPDX-License-Identifier: MIT
/* The stream of a live trace: order of time over CPUs, and what happens to what is too much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/stream.h"

#include <cmocka.h>

#define CPUS 4
#define MS   1000000ULL

static struct stream *stream(size_t max_bytes)
{
	return stream_new(&(struct stream_options){.nr_cpus = CPUS, .max_bytes = max_bytes});
}

/* A fault that was over at `moment_ns`; its task number tells it from others. */
static void push_fault(struct stream *s, uint32_t cpu, uint32_t task, uint64_t moment_ns,
		       uint64_t service_ns)
{
	struct fault_event event = {
		.head = {.size_bytes = sizeof event,
			 .type = EVENT_FAULT,
			 .task = task,
			 .time_ns = moment_ns - service_ns},
		.service_ns = service_ns,
	};

	stream_push(s, cpu, &event.head);
}

static void push_comm(struct stream *s, uint32_t cpu, uint32_t task, uint64_t time_ns)
{
	struct comm_event event = {.head = {.size_bytes = sizeof event,
					    .type = EVENT_COMM,
					    .task = task,
					    .time_ns = time_ns}};

	stream_push(s, cpu, &event.head);
}

/* The tasks of the events that come next, one letter each (1 is 'a'); "-N" for N lost ones. */
static const char *come(struct stream *s)
{
	static char text[4096];
	struct stream_event at;
	size_t size = 0;

	text[0] = '\0';
	while (stream_next(s, &at)) {
		const struct loss_event *loss = (const void *)at.event;

		if (at.event->type == STREAM_LOSS)
			size += snprintf(text + size, sizeof text - size, "-%d", (int)loss->count);
		else
			size += snprintf(text + size, sizeof text - size, "%c",
					 'a' + at.event->task - 1);
	}
	return text;
}

static const char *take(struct stream *s)
{
	return stream_take(s, 0) == STREAM_EVENTS ? come(s) : "(end)";
}

static void cpus_are_merged_in_order_of_time(void **state)
{
	struct stream *s = stream(1 << 20);

	(void)state;
	push_fault(s, 0, 1, 10 * MS, 0);
	push_fault(s, 0, 4, 13 * MS, 0);
	push_fault(s, 0, 5, 14 * MS, 0);
	push_fault(s, 2, 3, 12 * MS, 0);
	push_fault(s, 2, 6, 15 * MS, 0);
	push_fault(s, 3, 2, 11 * MS, 0);
	stream_end(s);
	assert_string_equal(take(s), "abcdef");
	assert_string_equal(take(s), "(end)");
	stream_free(s);
}

static void what_counts_is_when_it_was_over(void **state)
{
	struct stream *s = stream(1 << 20);

	(void)state;
	push_fault(s, 0, 2, 20 * MS, 15 * MS); /* began first */
	push_fault(s, 1, 1, 10 * MS, 1 * MS);
	stream_end(s);
	assert_string_equal(take(s), "ab");
	stream_free(s);
}

static void events_are_held_for_the_window(void **state)
{
	struct stream *s = stream(1 << 20);

	(void)state;
	push_fault(s, 0, 1, 100 * MS, 0);
	push_fault(s, 0, 3, 110 * MS, 0);
	stream_round(s, 105 * MS + STREAM_WINDOW_NS);
	assert_string_equal(take(s), "a");
	push_fault(s, 1, 2, 106 * MS, 0); /* read a round later than a later one */
	stream_round(s, 110 * MS + STREAM_WINDOW_NS);
	assert_string_equal(take(s), "b"); /* exactly the window is not older than it */
	stream_round(s, 110 * MS + STREAM_WINDOW_NS + 1);
	assert_string_equal(take(s), "c");
	stream_free(s);
}

static void what_comes_too_late_comes_at_once(void **state)
{
	struct stream *s = stream(1 << 20);

	(void)state;
	push_fault(s, 0, 1, 100 * MS, 0);
	stream_round(s, 200 * MS);
	push_fault(s, 1, 2, 50 * MS, 0);
	push_fault(s, 0, 3, 150 * MS, 0);
	stream_round(s, 201 * MS);
	assert_string_equal(take(s), "abc");
	stream_free(s);
}

/* A failed fault has no service time, so it seems to be older than what its CPU brought before. */
static void a_cpus_own_order_is_kept(void **state)
{
	struct stream *s = stream(1 << 20);
	struct stream_event at;

	(void)state;
	push_fault(s, 0, 1, 10 * MS, 0);
	push_fault(s, 0, 2, 8 * MS, 0);
	push_fault(s, 1, 3, 11 * MS, 0);
	stream_end(s);
	assert_int_equal(stream_take(s, 0), STREAM_EVENTS);
	assert_true(stream_next(s, &at));
	assert_true(stream_next(s, &at));
	assert_int_equal(at.event->task, 2);
	assert_int_equal(at.moment_ns, 10 * MS);
	assert_string_equal(come(s), "c");
	stream_free(s);
}

static void random_events_come_sorted(void **state)
{
	struct stream *s = stream(64 << 20);
	uint64_t clock_ns[CPUS] = {0}, pushed = 0, came = 0, last_ns = 0, round_ns = 0;

	(void)state;
	srand(1);
	for (int round = 0; round < 500; round++) {
		struct stream_event at;

		for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
			/* no CPU is a window behind the round */
			while (clock_ns[cpu] < round_ns + 5 * MS) {
				clock_ns[cpu] += (uint64_t)rand() % (2 * MS);
				push_fault(s, cpu, 1, clock_ns[cpu], 0);
				pushed++;
			}
		}
		round_ns += 3 * MS;
		stream_round(s, round_ns);
		if (round % 7 || round_ns < 2 * STREAM_WINDOW_NS ||
		    stream_take(s, 0) != STREAM_EVENTS)
			continue;
		for (; stream_next(s, &at); came++) {
			assert_true(at.moment_ns >= last_ns);
			last_ns = at.moment_ns;
		}
	}
	stream_end(s);
	while (stream_take(s, 0) == STREAM_EVENTS)
		came += strlen(come(s));
	assert_int_equal(came, pushed);
	stream_free(s);
}

static void silence_is_told_from_the_end(void **state)
{
	struct stream *s = stream(1 << 20);

	(void)state;
	assert_int_equal(stream_take(s, 1), STREAM_SILENT);
	push_fault(s, 0, 1, 10 * MS, 0);
	assert_int_equal(stream_take(s, 1), STREAM_SILENT); /* it is held */
	stream_round(s, 11 * MS + STREAM_WINDOW_NS);
	assert_int_equal(stream_take(s, 1), STREAM_EVENTS);
	stream_end(s);
	assert_int_equal(stream_take(s, 1000000), STREAM_OVER);
	stream_free(s);
}

/* What was read after a call has the time of its enter, which another CPU may have brought. */
static void what_returns_comes_behind_its_enter(void **state)
{
	struct stream *s = stream(1 << 20);
	struct capture_event event = {.head = {.size_bytes = sizeof event,
					       .type = EVENT_RETURN,
					       .task = 2,
					       .time_ns = 10 * MS}};

	(void)state;
	stream_push(s, 0, &event.head);
	event.head.type = EVENT_ENTER;
	event.head.task = 1;
	stream_push(s, 3, &event.head);
	stream_end(s);
	assert_string_equal(take(s), "ab");
	stream_free(s);
}

static void returns_are_found_ahead(void **state)
{
	struct stream *s = stream(1 << 20);
	struct capture_event event = {.head = {.size_bytes = sizeof event,
					       .type = EVENT_RETURN,
					       .task = 2,
					       .time_ns = 10 * MS}};
	const struct capture_event *found;
	struct stream_event at;

	(void)state;
	push_fault(s, 0, 1, 9 * MS, 0);
	stream_push(s, 0, &event.head);
	push_fault(s, 0, 3, 100 * MS, 0);
	stream_round(s, 11 * MS + STREAM_WINDOW_NS);
	assert_int_equal(stream_take(s, 0), STREAM_EVENTS);
	assert_true(stream_next(s, &at));
	found = stream_find_return(s, 2, 10 * MS);
	assert_non_null(found);
	assert_int_equal(found->head.task, 2);
	assert_null(stream_find_return(s, 2, 11 * MS));
	assert_null(stream_find_return(s, 3, 10 * MS));
	event.head.time_ns = 200 * MS;
	stream_push(s, 0, &event.head);
	stream_end(s);
	assert_null(stream_find_return(s, 2, 200 * MS));
	stream_take_more(s, 0);
	assert_non_null(stream_find_return(s, 2, 200 * MS));
	assert_string_equal(come(s), "bcb"); /* nothing is taken away by that */
	stream_free(s);
}

static void who_has_closed_gets_no_more(void **state)
{
	struct stream *s = stream(1 << 20);

	(void)state;
	stream_close(s);
	assert_true(stream_is_sated(s));
	push_fault(s, 0, 1, 10 * MS, 0);
	stream_end(s);
	assert_string_equal(take(s), "(end)");
	stream_free(s);
}

static void losses_come_behind_the_line_read_last(void **state)
{
	struct stream *s = stream(1 << 20);

	(void)state;
	push_fault(s, 0, 1, 10 * MS, 0);
	push_fault(s, 1, 2, 11 * MS, 0);
	push_comm(s, 1, 26, 11 * MS + 1); /* had room in a ring that had none for lines */
	stream_lose(s, 1, 77);
	push_fault(s, 0, 3, 12 * MS, 0);
	push_fault(s, 1, 4, 13 * MS, 0);
	stream_end(s);
	assert_string_equal(take(s), "ab-77zcd");
	stream_free(s);
}

static void losses_behind_a_line_that_is_gone_come_next(void **state)
{
	struct stream *s = stream(1 << 20);

	(void)state;
	push_fault(s, 1, 1, 10 * MS, 0);
	push_comm(s, 1, 25, 11 * MS);
	stream_round(s, 11 * MS + STREAM_WINDOW_NS); /* all but the last */
	stream_lose(s, 1, 5);
	push_fault(s, 1, 2, 12 * MS, 0);
	stream_lose(s, 1, 6);
	stream_lose(s, 2, 7); /* nothing else ever came of this CPU */
	stream_end(s);
	assert_string_equal(take(s), "a-7-5yb-6");
	stream_free(s);
}

/* Room for four faults beyond what makes it too much. */
static void what_is_not_taken_in_time_is_dropped_and_told(void **state)
{
	struct stream *s = stream(4 * (sizeof(struct fault_event) + 8) - 1);

	(void)state;
	for (uint32_t i = 1; i <= 9; i++)
		push_fault(s, 0, i, i * MS, 0);
	push_comm(s, 0, 26, 10 * MS); /* others may rely on it */
	stream_round(s, 10 * MS + STREAM_WINDOW_NS + 1);
	assert_int_equal(stream_dropped(s), 5);
	assert_string_equal(take(s), "abcd-5z");
	push_fault(s, 0, 10, 11 * MS, 0);
	stream_end(s);
	assert_string_equal(take(s), "j");
	assert_int_equal(stream_dropped(s), 5);
	stream_free(s);
}

static void drops_at_the_very_end_are_told(void **state)
{
	struct stream *s = stream(1);

	(void)state;
	push_fault(s, 0, 1, 1 * MS, 0);
	push_fault(s, 0, 2, 2 * MS, 0);
	stream_end(s);
	assert_string_equal(take(s), "a-1");
	stream_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpus_are_merged_in_order_of_time),
		cmocka_unit_test(what_counts_is_when_it_was_over),
		cmocka_unit_test(events_are_held_for_the_window),
		cmocka_unit_test(what_comes_too_late_comes_at_once),
		cmocka_unit_test(a_cpus_own_order_is_kept),
		cmocka_unit_test(random_events_come_sorted),
		cmocka_unit_test(silence_is_told_from_the_end),
		cmocka_unit_test(what_returns_comes_behind_its_enter),
		cmocka_unit_test(returns_are_found_ahead),
		cmocka_unit_test(who_has_closed_gets_no_more),
		cmocka_unit_test(losses_come_behind_the_line_read_last),
		cmocka_unit_test(losses_behind_a_line_that_is_gone_come_next),
		cmocka_unit_test(what_is_not_taken_in_time_is_dropped_and_told),
		cmocka_unit_test(drops_at_the_very_end_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

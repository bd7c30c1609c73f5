// SPDX-License-Identifier: MIT
#include "trace/stream.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/bytes.h"

/* One after the other in memory: a moment, then the event itself. */
struct held {
	uint64_t moment_ns;
	struct event event;
};
#define HELD_HEAD_BYTES offsetof(struct held, event)

/* What one CPU has brought and is still held. */
struct lane {
	struct bytes held;
	size_t at;
	uint64_t last_ns; /* the moment of the last one */
	size_t line_end;  /* behind the last line; before `at` when that has been passed on */
	uint64_t line_ns;
};

struct stream {
	struct stream_options options;
	struct lane *lanes; /* by CPU */
	uint64_t dropped, dropped_untold;
	uint64_t passed_ns; /* the moment of the last one passed on */

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	struct bytes passed;
	bool ended, closed;

	struct bytes taken; /* the printer's own */
	size_t taken_at;
};

struct stream *stream_new(const struct stream_options *options)
{
	struct stream *s = xnew(struct stream);

	s->options = *options;
	s->lanes = xcalloc(options->nr_cpus, sizeof *s->lanes);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	return s;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	for (uint32_t cpu = 0; cpu < s->options.nr_cpus; cpu++)
		bytes_fini(&s->lanes[cpu].held);
	free(s->lanes);
	bytes_fini(&s->passed);
	bytes_fini(&s->taken);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* When it was over. A fault that failed has no time of its own, so it may seem to come before the
 * one that its CPU brought first. */
static uint64_t moment_of(const struct event *event, uint64_t not_before_ns)
{
	uint64_t ns = event->time_ns;

	if (event->type == EVENT_FAULT)
		ns += ((const struct fault_event *)event)->service_ns;
	if (event->type == EVENT_SYSCALL)
		ns += ((const struct syscall_event *)event)->duration_ns;
	if (event->type == EVENT_RETURN || event->type == EVENT_DESCRIPTOR)
		ns++;
	return ns < not_before_ns ? not_before_ns : ns;
}

static void put(struct bytes *to, uint64_t moment_ns, const struct event *event)
{
	bytes_append(to, &moment_ns, sizeof moment_ns);
	bytes_append(to, event, event->size_bytes);
}

static const struct held *held_at(const struct bytes *bytes, size_t at)
{
	return at < bytes->size ? (const void *)(bytes->data + at) : NULL;
}

static size_t held_bytes(const struct held *held)
{
	return HELD_HEAD_BYTES + held->event.size_bytes;
}

static bool is_line(const struct event *event)
{
	return event->type == EVENT_FAULT || event->type == EVENT_SYSCALL ||
	       event->type == EVENT_ENTER || event->type == EVENT_RETURN;
}

void stream_push(struct stream *s, uint32_t cpu, const struct event *event)
{
	struct lane *lane = &s->lanes[cpu];

	lane->last_ns = moment_of(event, lane->last_ns);
	put(&lane->held, lane->last_ns, event);
	if (!is_line(event))
		return;
	lane->line_end = lane->held.size;
	lane->line_ns = lane->last_ns;
}

static struct loss_event loss(uint64_t count)
{
	return (struct loss_event){
		.head = {.size_bytes = sizeof(struct loss_event), .type = STREAM_LOSS},
		.count = count};
}

void stream_lose(struct stream *s, uint32_t cpu, uint64_t count)
{
	struct lane *lane = &s->lanes[cpu];
	struct loss_event event = loss(count);
	size_t at = lane->line_end > lane->at ? lane->line_end : lane->at;
	size_t rest = lane->held.size - at, size = HELD_HEAD_BYTES + sizeof event;
	struct held *held;

	bytes_extend(&lane->held, size);
	held = (void *)(lane->held.data + at);
	memmove((char *)held + size, held, rest);
	held->moment_ns = lane->line_ns;
	memcpy(&held->event, &event, sizeof event);
}

static void tell_dropped(struct stream *s)
{
	struct loss_event event = loss(s->dropped_untold);

	if (s->dropped_untold)
		put(&s->passed, s->passed_ns, &event.head);
	s->dropped_untold = 0;
}

static void pass(struct stream *s, const struct held *held)
{
	if (s->closed)
		return;
	if (s->passed.size > s->options.max_bytes * (is_line(&held->event) ? 1 : 2)) {
		s->dropped++;
		s->dropped_untold++;
		return;
	}
	tell_dropped(s);
	put(&s->passed, held->moment_ns, &held->event);
	s->passed_ns = held->moment_ns;
}

static const struct held *first_of(const struct lane *lane)
{
	return held_at(&lane->held, lane->at);
}

/* The CPU with the earliest event before `horizon_ns`, or NULL; *limit_ns: up to where it stays so.
 */
static struct lane *earliest(struct stream *s, uint64_t horizon_ns, uint64_t *limit_ns)
{
	struct lane *first = NULL;
	uint64_t first_ns = horizon_ns;

	*limit_ns = horizon_ns;
	for (uint32_t cpu = 0; cpu < s->options.nr_cpus; cpu++) {
		const struct held *held = first_of(&s->lanes[cpu]);

		if (!held || held->moment_ns >= *limit_ns)
			continue;
		if (first && held->moment_ns >= first_ns) {
			*limit_ns = held->moment_ns;
			continue;
		}
		*limit_ns = first_ns;
		first = &s->lanes[cpu];
		first_ns = held->moment_ns;
	}
	return first;
}

/* Moving what is left to the front costs less than what has been passed on since the last time. */
static void lane_compact(struct lane *lane)
{
	size_t left = lane->held.size - lane->at;

	if (lane->at < left)
		return;
	if (left)
		memmove(lane->held.data, lane->held.data + lane->at, left);
	lane->held.size = left;
	lane->line_end = lane->line_end > lane->at ? lane->line_end - lane->at : 0;
	lane->at = 0;
}

static void pass_until(struct stream *s, uint64_t horizon_ns)
{
	struct lane *lane;
	uint64_t limit_ns;

	while ((lane = earliest(s, horizon_ns, &limit_ns))) {
		const struct held *held = first_of(lane);

		do {
			pass(s, held);
			lane->at += held_bytes(held);
			held = first_of(lane);
		} while (held && held->moment_ns < limit_ns);
	}
	for (uint32_t cpu = 0; cpu < s->options.nr_cpus; cpu++)
		lane_compact(&s->lanes[cpu]);
}

void stream_round(struct stream *s, uint64_t began_ns)
{
	pthread_mutex_lock(&s->lock);
	pass_until(s, began_ns > STREAM_WINDOW_NS ? began_ns - STREAM_WINDOW_NS : 0);
	if (s->passed.size)
		pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void stream_end(struct stream *s)
{
	pthread_mutex_lock(&s->lock);
	pass_until(s, UINT64_MAX);
	tell_dropped(s);
	s->ended = true;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

bool stream_is_sated(struct stream *s)
{
	bool sated;

	pthread_mutex_lock(&s->lock);
	sated = s->closed;
	pthread_mutex_unlock(&s->lock);
	return sated;
}

uint64_t stream_dropped(const struct stream *s)
{
	return s->dropped;
}

static struct timespec after_ms(unsigned int ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_nsec += (long)ms * 1000000;
	at.tv_sec += at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	return at;
}

/* With the lock held. */
static void await_passed(struct stream *s, unsigned int patience_ms)
{
	struct timespec until = after_ms(patience_ms);

	while (!s->passed.size && !s->ended && !s->closed)
		if (pthread_cond_clockwait(&s->changed, &s->lock, CLOCK_MONOTONIC, &until))
			break;
}

enum stream_state stream_take(struct stream *s, unsigned int patience_ms)
{
	struct bytes empty;
	bool over;

	bytes_reset(&s->taken);
	pthread_mutex_lock(&s->lock);
	await_passed(s, patience_ms);
	over = s->ended || s->closed;
	empty = s->taken;
	s->taken = s->passed;
	s->passed = empty;
	pthread_mutex_unlock(&s->lock);
	s->taken_at = 0;
	return s->taken.size ? STREAM_EVENTS : over ? STREAM_OVER : STREAM_SILENT;
}

void stream_take_more(struct stream *s, unsigned int patience_ms)
{
	pthread_mutex_lock(&s->lock);
	await_passed(s, patience_ms);
	bytes_append(&s->taken, s->passed.data, s->passed.size);
	bytes_reset(&s->passed);
	pthread_mutex_unlock(&s->lock);
}

bool stream_next(struct stream *s, struct stream_event *out)
{
	const struct held *held = held_at(&s->taken, s->taken_at);

	if (!held)
		return false;
	s->taken_at += held_bytes(held);
	*out = (struct stream_event){.moment_ns = held->moment_ns, .event = &held->event};
	return true;
}

const struct capture_event *stream_find_return(const struct stream *s, uint32_t task,
					       uint64_t entered_ns)
{
	const struct held *held;

	for (size_t at = s->taken_at; (held = held_at(&s->taken, at)); at += held_bytes(held))
		if (held->event.type == EVENT_RETURN && held->event.task == task &&
		    held->event.time_ns == entered_ns)
			return (const void *)&held->event;
	return NULL;
}

void stream_close(struct stream *s)
{
	pthread_mutex_lock(&s->lock);
	s->closed = true;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

// SPDX-License-Identifier: MIT
#include "ptrace/deep_calls.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "decode/plan.h"
#include "ptrace/stopped_memory.h"

/* How long the end of a call may take to get from the kernel's tracepoint to the thread's stop. */
#define PATIENCE_NS 1000000000ULL
#define PAUSE_NS    20000

/* The programs read the clock without a lock: when its rate is adjusted, what they read may lie
 * beside it for a moment, by microseconds. */
#define CLOCK_SLIP_NS 50000

/* Events wait for the birth of their thread for so many rounds of the rings at most. */
#define MAX_ROUNDS 3

/* One call that a thread stopped at. */
struct stop {
	uint64_t let_go_ns; /* from its begin */
	uint64_t nr, args[6];
	struct capture_event *before, *after; /* NULL: nothing, or not yet */
	bool is_over;                         /* there is nothing more to come */
	bool is_told;                         /* that it began, where that is watched live */
	bool is_joined;
	uint32_t passed_round; /* a later one was joined then; 0: none was */
};

/* The stops of one thread, in its order, from `first` on. */
struct thread {
	pid_t tid;
	uint32_t task;        /* its serial number; 0: not known yet */
	bool is_seen;         /* by the tracer */
	uint32_t ended_round; /* 0: it has not ended */
	VEC(struct stop) stops;
	size_t first;
};

/* An event that waits for the birth of its thread. */
struct waiting {
	uint32_t rounds;
	struct event *event;
};

struct deep_calls {
	struct capture_options options;
	struct syscall_set set;
	uint32_t nr_cpus;
	event_handler *handle;
	void *arg;
	struct tracer *tracer;
	pid_t root;
	bool is_over;
	struct stopped_memory memory;
	VEC(struct thread *) threads; /* whose stops may still be asked for */
	VEC(struct thread *) by_task;
	VEC(struct waiting) waiting;
	uint32_t round;
	struct deep_counts counts;
};

/* ---- Threads ---- */

/* Either side may meet a thread first. Numbers come again: the one that this side has not met. */
static struct thread *thread_meet(struct deep_calls *d, pid_t tid, bool by_tracer)
{
	struct thread *thread;

	vec_each (&d->threads, it)
		if ((*it)->tid == tid && !(by_tracer ? (*it)->is_seen : (*it)->task))
			return *it;
	thread = xnew(struct thread);
	thread->tid = tid;
	*vec_push(&d->threads) = thread;
	return thread;
}

static struct thread *thread_of(const struct deep_calls *d, uint32_t task)
{
	return task < d->by_task.size ? d->by_task.items[task] : NULL;
}

static void thread_name(struct deep_calls *d, uint32_t tid, uint32_t task)
{
	struct thread *thread = thread_meet(d, (pid_t)tid, false);

	thread->task = task;
	vec_extend(&d->by_task, (size_t)task + 1);
	d->by_task.items[task] = thread;
}

static void stop_fini(struct stop *stop)
{
	free(stop->before);
	free(stop->after);
	stop->before = stop->after = NULL;
}

static void thread_free(struct thread *thread)
{
	vec_each (&thread->stops, stop)
		stop_fini(stop);
	vec_free(&thread->stops);
	free(thread);
}

/* ---- Stops ---- */

static struct capture_event *event_copy(const struct capture_event *event)
{
	struct capture_event *copy = xcalloc(1, event->head.size_bytes);

	memcpy(copy, event, event->head.size_bytes);
	return copy;
}

static struct thread *thread_at(struct deep_calls *d, struct tracee *t)
{
	struct thread *thread = t->own;

	if (!thread) {
		thread = t->own = thread_meet(d, t->tid, true);
		thread->is_seen = true;
	}
	return thread;
}

/* Whether anything of it is only there when it is over. */
static bool has_results(const struct deep_calls *d, uint64_t nr)
{
	struct capture_plan plan;

	capture_plan_of((uint32_t)nr, d->options.string_bytes, &plan);
	for (uint32_t i = 0; i < plan.nr_ops; i++)
		if (plan.ops[i].when & CAPTURE_EXIT)
			return true;
	return false;
}

static bool on_entered(void *arg, struct tracee *t)
{
	struct deep_calls *d = arg;
	bool wants_exit = has_results(d, t->call.nr);
	struct thread *thread;
	struct stop *stop;

	if (d->is_over || (d->options.command_alone && t->tid != d->root))
		return false;
	thread = thread_at(d, t);
	stop = vec_push(&thread->stops);
	d->counts.stops++;
	stop->nr = t->call.nr;
	memcpy(stop->args, t->call.args, sizeof stop->args);
	stop->before = event_copy(stopped_memory_before(&d->memory, t));
	stop->is_over = !wants_exit;
	stop->let_go_ns = now_ns();
	return wants_exit;
}

static void on_returned(void *arg, struct tracee *t, int64_t result, uint64_t at_ns)
{
	struct deep_calls *d = arg;
	struct thread *thread = thread_at(d, t);
	struct stop *stop;

	(void)at_ns;
	if (d->is_over || thread->stops.size == thread->first)
		return;
	stop = &thread->stops.items[thread->stops.size - 1];
	if (!stop->is_over)
		stop->after = event_copy(stopped_memory_after(&d->memory, t, stop->before, result));
	stop->is_over = true;
}

static void on_started(void *arg, struct tracee *t)
{
	thread_at(arg, t);
}

static void on_born(void *arg, struct tracee *parent, struct tracee *child,
		    const struct tracee_birth *birth)
{
	(void)parent;
	(void)birth;
	thread_at(arg, child);
}

static void on_ended(void *arg, struct tracee *t, int status)
{
	struct deep_calls *d = arg;
	struct thread *thread = thread_at(d, t);

	(void)status;
	thread->ended_round = d->round + 1;
	vec_each (&thread->stops, stop)
		stop->is_over = true;
	t->own = NULL;
}

static void on_executed(void *arg, struct tracee *t, struct tracee *former)
{
	if (former)
		on_ended(arg, t, 0);
}

static void on_signalled(void *arg, struct tracee *t, const siginfo_t *info)
{
	(void)arg;
	(void)t;
	(void)info;
}

static const struct tracer_watcher watcher = {
	.started = on_started,
	.entered = on_entered,
	.returned = on_returned,
	.born = on_born,
	.executed = on_executed,
	.signalled = on_signalled,
	.ended = on_ended,
};

/* ---- Joining ---- */

/* The last stop before the call began. */
static struct stop *stop_at(struct thread *thread, uint64_t entered_ns)
{
	for (size_t i = thread->stops.size; i-- > thread->first;)
		if (thread->stops.items[i].let_go_ns <= entered_ns)
			return &thread->stops.items[i];
	return NULL;
}

static bool is_stop_of(const struct stop *stop, uint32_t nr, const __u64 args[6])
{
	return stop->nr == nr && !memcmp(stop->args, args, sizeof stop->args);
}

/* The call seems to have begun just before it was let go. */
static struct stop *stop_behind(struct thread *thread, const struct stop *before,
				uint64_t entered_ns)
{
	size_t next = before ? (size_t)(before - thread->stops.items) + 1 : thread->first;
	struct stop *stop = next < thread->stops.size ? &thread->stops.items[next] : NULL;

	return stop && stop->let_go_ns - entered_ns < CLOCK_SLIP_NS ? stop : NULL;
}

static struct stop *stop_of(struct deep_calls *d, struct thread *thread, uint64_t entered_ns,
			    uint32_t nr, const __u64 args[6])
{
	struct stop *stop = stop_at(thread, entered_ns);

	if (!stop || stop->is_joined)
		stop = stop_behind(thread, stop, entered_ns);
	if (!stop) {
		d->counts.unmatched++;
		return NULL;
	}
	if (!is_stop_of(stop, nr, args)) {
		d->counts.mismatches++;
		return NULL;
	}
	return stop;
}

static void send_capture(struct deep_calls *d, uint32_t cpu, struct capture_event *event,
			 const struct event *of)
{
	event->head.task = of->task;
	event->head.time_ns = of->time_ns;
	d->handle(d->arg, cpu, &event->head);
}

/* The kernel has told of the call's end, so the thread is on its way to the stop, or to its own.
 * Stops may move meanwhile: returns where this one is. */
static struct stop *await_end(struct deep_calls *d, struct thread *thread, const struct stop *stop)
{
	const struct timespec pause = {.tv_nsec = PAUSE_NS};
	uint64_t until_ns = now_ns() + PATIENCE_NS;
	size_t at = (size_t)(stop - thread->stops.items);

	while (!thread->stops.items[at].is_over && now_ns() < until_ns)
		if (!tracer_serve(d->tracer))
			nanosleep(&pause, NULL);
	return &thread->stops.items[at];
}

/* What is older than a joined one and has not been joined two rounds later never will be. */
static void pass_older(struct deep_calls *d, struct thread *thread, const struct stop *joined)
{
	for (size_t i = thread->first; &thread->stops.items[i] < joined; i++)
		if (!thread->stops.items[i].passed_round)
			thread->stops.items[i].passed_round = d->round + 1;
}

static void join_end(struct deep_calls *d, struct thread *thread, uint32_t cpu,
		     const struct syscall_event *event)
{
	struct syscall_event joined = *event;
	struct stop *stop = stop_of(d, thread, event->head.time_ns, event->nr, event->args);

	if (!stop)
		return d->handle(d->arg, cpu, &event->head);
	if (!(event->head.flags & WIRE_UNFINISHED))
		stop = await_end(d, thread, stop);
	d->counts.joined++;
	if (!d->options.enter_events && stop->before->snippets_bytes) {
		send_capture(d, cpu, stop->before, &event->head);
		joined.captured |= CAPTURED_ENTER;
	}
	if (stop->after && stop->after->snippets_bytes)
		send_capture(d, cpu, stop->after, &event->head);
	if ((stop->before->head.flags | (stop->after ? stop->after->head.flags : 0)) & WIRE_CUT)
		joined.captured |= CAPTURED_LOST;
	stop->is_joined = true;
	pass_older(d, thread, stop);
	if (stop->is_told || !d->options.enter_events)
		stop_fini(stop);
	d->handle(d->arg, cpu, &joined.head);
}

/* Of a call that is watched live: what was read at the stop takes the place of nothing. When the
 * call has gone over to another CPU, its end may have been read before. */
static void join_begin(struct deep_calls *d, struct thread *thread, uint32_t cpu,
		       const struct capture_event *event)
{
	struct stop *stop = stop_at(thread, event->head.time_ns);

	if (!stop || stop->is_told)
		stop = stop_behind(thread, stop, event->head.time_ns);
	if (!stop || !stop->before || !is_stop_of(stop, event->nr, event->args))
		return d->handle(d->arg, cpu, &event->head);
	send_capture(d, cpu, stop->before, &event->head);
	stop->is_told = true;
	if (stop->is_joined)
		stop_fini(stop);
}

static bool is_deep(const struct deep_calls *d, const struct event *event)
{
	const struct syscall_event *call = (const void *)event;
	const struct capture_event *entered = (const void *)event;

	if (event->flags & WIRE_COMPAT)
		return false;
	if (event->type == EVENT_SYSCALL)
		return !(event->flags & WIRE_BLOCKED) && syscall_set_has(&d->set, call->nr);
	return event->type == EVENT_ENTER && syscall_set_has(&d->set, entered->nr);
}

static void pass_on(struct deep_calls *d, uint32_t cpu, const struct event *event)
{
	struct thread *thread = thread_of(d, event->task);

	if (!is_deep(d, event))
		d->handle(d->arg, cpu, event);
	else if (!thread) {
		d->counts.unmatched += event->type == EVENT_SYSCALL;
		d->handle(d->arg, cpu, event);
	} else if (event->type == EVENT_SYSCALL)
		join_end(d, thread, cpu, (const void *)event);
	else
		join_begin(d, thread, cpu, (const void *)event);
}

/* ---- Events ---- */

static bool is_awaited(const struct deep_calls *d, uint32_t task)
{
	vec_each (&d->waiting, it)
		if (it->event->task == task)
			return true;
	return false;
}

static void await_birth(struct deep_calls *d, const struct event *event)
{
	struct event *copy = xcalloc(1, event->size_bytes);

	memcpy(copy, event, event->size_bytes);
	vec_push(&d->waiting)->event = copy;
}

static void note_birth(struct deep_calls *d, const struct event *event)
{
	const struct start_event *start = (const void *)event;
	const struct fork_event *fork = (const void *)event;

	if (event->type == EVENT_START)
		thread_name(d, start->tid, event->task);
	else if (event->type == EVENT_FORK)
		thread_name(d, fork->tid, fork->child);
}

void deep_calls_join(struct deep_calls *d, uint32_t cpu, const struct event *event)
{
	bool is_unknown = !thread_of(d, event->task) && is_deep(d, event);

	note_birth(d, event);
	if (is_unknown || (d->waiting.size && is_awaited(d, event->task)))
		await_birth(d, event);
	else
		pass_on(d, cpu, event);
}

/* When it was over: as it comes from one CPU. */
static uint64_t moment_of(const struct event *event)
{
	const struct syscall_event *call = (const void *)event;

	return event->time_ns + (event->type == EVENT_SYSCALL ? call->duration_ns : 0);
}

static int compare_moments(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;
	uint64_t first = moment_of(x->event), second = moment_of(y->event);

	if (first != second)
		return first < second ? -1 : 1;
	return (x->event->type == EVENT_SYSCALL) - (y->event->type == EVENT_SYSCALL);
}

/* Those whose threads are known by now, and in the end all; as if one CPU had brought them. */
static void pass_waiting(struct deep_calls *d, bool all)
{
	size_t kept = 0;

	if (d->waiting.size)
		qsort(d->waiting.items, d->waiting.size, sizeof *d->waiting.items, compare_moments);
	for (size_t i = 0; i < d->waiting.size; i++) {
		struct waiting waiting = d->waiting.items[i];

		if (!all && !thread_of(d, waiting.event->task) && ++waiting.rounds < MAX_ROUNDS) {
			d->waiting.items[kept++] = waiting;
			continue;
		}
		pass_on(d, d->nr_cpus, waiting.event);
		free(waiting.event);
	}
	d->waiting.size = kept;
}

static bool is_done_with(const struct deep_calls *d, const struct stop *stop)
{
	bool is_complete = stop->is_joined && !stop->before;

	return is_complete || (stop->passed_round && d->round > stop->passed_round + 1);
}

static void forget_old(struct deep_calls *d, struct thread *thread)
{
	size_t left;

	while (thread->first < thread->stops.size &&
	       is_done_with(d, &thread->stops.items[thread->first]))
		stop_fini(&thread->stops.items[thread->first++]);
	left = thread->stops.size - thread->first;
	if (thread->first <= left)
		return;
	memmove(thread->stops.items, thread->stops.items + thread->first,
		left * sizeof *thread->stops.items);
	thread->stops.size = left;
	thread->first = 0;
}

/* All of its events have been read by now. */
static bool is_gone(const struct deep_calls *d, const struct thread *thread)
{
	return thread->ended_round && d->round > thread->ended_round + MAX_ROUNDS;
}

void deep_calls_round(struct deep_calls *d)
{
	size_t kept = 0;

	d->round++;
	pass_waiting(d, false);
	vec_each (&d->threads, it) {
		struct thread *thread = *it;

		forget_old(d, thread);
		if (!is_gone(d, thread)) {
			d->threads.items[kept++] = thread;
			continue;
		}
		if (thread->task)
			d->by_task.items[thread->task] = NULL;
		thread_free(thread);
	}
	d->threads.size = kept;
}

void deep_calls_end(struct deep_calls *d)
{
	pass_waiting(d, true);
	d->is_over = true;
}

const struct deep_counts *deep_calls_counts(const struct deep_calls *d)
{
	return &d->counts;
}

struct deep_calls *deep_calls_new(const struct capture_options *options,
				  const struct syscall_set *set, uint32_t nr_cpus,
				  event_handler *handle, void *arg)
{
	struct deep_calls *d = xnew(struct deep_calls);

	d->options = *options;
	d->set = *set;
	d->nr_cpus = nr_cpus;
	d->handle = handle;
	d->arg = arg;
	stopped_memory_init(&d->memory, options->string_bytes);
	return d;
}

int deep_calls_follow(struct deep_calls *d, pid_t pid)
{
	const struct tracer_options options = {.follow = true, .watcher = &watcher, .arg = d};

	d->root = pid;
	d->tracer = tracer_new(&options);
	return tracer_seize(d->tracer, pid);
}

struct tracer *deep_calls_tracer(struct deep_calls *d)
{
	return d->tracer;
}

void deep_calls_free(struct deep_calls *d)
{
	if (!d)
		return;
	tracer_free(d->tracer);
	vec_each (&d->threads, thread)
		thread_free(*thread);
	vec_free(&d->threads);
	vec_free(&d->by_task);
	vec_each (&d->waiting, waiting)
		free(waiting->event);
	vec_free(&d->waiting);
	stopped_memory_fini(&d->memory);
	free(d);
}

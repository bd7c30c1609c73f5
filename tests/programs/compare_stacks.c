// SPDX-License-Identifier: MIT
/*
 * compare_stacks RECORDING FILE: holds prof's stacks against those that dwfl_stacks wrote.
 *
 * Calls are joined by thread and order: each must have the same number and result, and then the
 * same frames. One side may end before the other when it says why: libdwfl knows no more than the
 * file's call-frame information, and prof's stack carries a reason. Whatever else differs is a
 * disagreement, and shown. The answer is one JSON object.
 */
#include "program.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

#include "profile/frame_label.h"
#include "profile/stack_quality.h"
#include "profile/timeline.h"

#define MAX_FRAMES 1100
#define MAX_SHOWN  3

enum outcome { SAME, DWFL_SHORTER, PROF_SHORTER, DIFFERENT, NR_OUTCOMES };

static const char *const outcome_names[NR_OUTCOMES] = {
	"same",
	"dwfl_shorter",
	"prof_shorter",
	"different",
};

struct position {
	uint32_t module;
	uint64_t offset;
};

/* An event of the other side. */
struct other {
	uint64_t nr; /* of system calls alone, as the next two */
	int64_t result;
	bool returned;
	const char *stack; /* `END FRAME...` */
};

struct thread {
	uint32_t tid;
	VEC(struct other) events;
	size_t next;
	bool in_step; /* prof's events from before the first one have passed */
	bool lost;    /* out of step since */
};

struct comparison {
	struct recording *recording;
	enum event_kind kind;
	VEC(uint32_t) modules; /* by the other side's file id */
	VEC(struct thread) threads;
	/* Events: with stacks on both sides; that did not match; that prof has no stack for. */
	uint64_t events, unmatched, absent, lost;
	/* Of `events`. */
	uint64_t outcomes[NR_OUTCOMES], verdicts[NR_STACK_VERDICTS];
	uint64_t frames; /* that both sides have */
};

/* ---- The other side's file ---- */

static uint32_t find_module(const struct recording *r, const char *path)
{
	for (uint32_t i = 0; i < r->modules.size; i++)
		if (!strcmp(r->modules.items[i].path, path))
			return i;
	return MODULE_UNKNOWN;
}

static struct thread *find_thread(const struct comparison *c, uint32_t tid)
{
	vec_each (&c->threads, thread)
		if (thread->tid == tid)
			return thread;
	return NULL;
}

static void add_other(struct comparison *c, uint32_t tid, const struct other *other)
{
	struct thread *thread = find_thread(c, tid);

	if (!thread) {
		thread = vec_push(&c->threads);
		thread->tid = tid;
		thread->in_step = c->threads.size > 1;
	}
	*vec_push(&thread->events) = *other;
}

static void take_line(struct comparison *c, const char *line)
{
	struct other other = {0};
	char result[32];
	uint32_t id, faults;
	int at;

	if (sscanf(line, "F %x %n", &id, &at) == 1) {
		vec_extend(&c->modules, (size_t)id + 1);
		c->modules.items[id] = find_module(c->recording, line + at);
	} else if (sscanf(line, "P %u %u %n", &id, &faults, &at) == 2) {
		c->kind = EVENT_FAULT;
		other.stack = line + at;
		while (faults--)
			add_other(c, id, &other);
	} else if (sscanf(line, "C %u %" SCNu64 " %31s %n", &id, &other.nr, result, &at) == 3) {
		other.returned = *result != '?';
		other.result = strtoll(result, NULL, 10);
		other.stack = line + at;
		add_other(c, id, &other);
	} else {
		errx(1, "what is this? %s", line);
	}
}

static void read_other(struct comparison *c, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t size;

	if (!file)
		err(1, "%s", path);
	while ((size = getline(&line, &room, file)) > 0) {
		line[size - 1] = '\0';
		take_line(c, line);
		line = NULL; /* kept */
		room = 0;
	}
	fclose(file);
}

static size_t other_frames(const struct comparison *c, const struct other *event,
			   struct position *out, bool *whole)
{
	const char *at = strchr(event->stack, ' ');
	size_t count = 0;
	uint32_t id;
	int size;

	*whole = event->stack[0] == 'w';
	while (at && count < MAX_FRAMES &&
	       sscanf(at, " %x:%" SCNx64 "%n", &id, &out[count].offset, &size) == 2) {
		out[count++].module = id < c->modules.size ? c->modules.items[id] : MODULE_UNKNOWN;
		at += size;
	}
	return count;
}

/* ---- Comparison ---- */

static size_t own_frames(const struct recording *r, const struct stack *stack, struct position *out)
{
	size_t count = 0;

	for (uint32_t node = stack->frame; node && count < MAX_FRAMES;) {
		const struct frame *frame = &r->frames.items[node];

		out[count++] = (struct position){frame->module, frame->offset};
		node = frame->parent;
	}
	return count;
}

static void show_frames(const struct recording *r, const char *whose, const struct position *places,
			size_t count)
{
	fprintf(stderr, "  %s:\n", whose);
	for (size_t i = 0; i < count; i++) {
		scoped_free char *label = frame_label(r, places[i].module, places[i].offset, 0);

		fprintf(stderr, "    %s+%" PRIx64 " %s\n", module_label(r, places[i].module),
			places[i].offset, label);
	}
}

/* A file's code and its data are different modules of one path. */
static bool is_same_place(const struct recording *r, const struct position *a,
			  const struct position *b)
{
	return a->offset == b->offset &&
	       !strcmp(r->modules.items[a->module].path, r->modules.items[b->module].path);
}

/* Places, the innermost one first, that both have. */
static size_t count_common(const struct recording *r, const struct position *a, size_t nr_a,
			   const struct position *b, size_t nr_b)
{
	size_t i = 0;

	while (i < nr_a && i < nr_b && is_same_place(r, &a[i], &b[i]))
		i++;
	return i;
}

static void compare(struct comparison *c, const struct stack *stack, const struct other *event)
{
	static struct position own[MAX_FRAMES], other[MAX_FRAMES];
	bool whole;
	size_t nr_own = own_frames(c->recording, stack, own);
	size_t nr_other = other_frames(c, event, other, &whole);
	size_t common = count_common(c->recording, own, nr_own, other, nr_other);

	enum outcome outcome = common == nr_own && common == nr_other                 ? SAME
			       : common == nr_other && !whole                         ? DWFL_SHORTER
			       : common == nr_own && !(stack->flags & STACK_COMPLETE) ? PROF_SHORTER
										      : DIFFERENT;

	c->events++;
	c->frames += common;
	c->verdicts[stack_verdict_of(stack)]++;
	if (c->outcomes[outcome]++ >= MAX_SHOWN || outcome == SAME)
		return;
	fprintf(stderr, "%s: system call %" PRIu64 " = %" PRId64 ", flags %x, libdwfl %s\n",
		outcome_names[outcome], event->nr, event->result, stack->flags,
		whole ? "whole" : "not whole");
	show_frames(c->recording, "prof", own, nr_own);
	show_frames(c->recording, "libdwfl", other, nr_other);
}

static bool is_event(const struct other *other, const struct event *event)
{
	return event->kind == EVENT_FAULT ||
	       (other->nr == event->row[SYSCALL_NR] &&
		(!other->returned || other->result == (int64_t)event->row[SYSCALL_RESULT]));
}

/* Of a call in which its thread was killed only prof has a row, the last one. */
static void match(struct comparison *c, struct thread *thread, const struct event *event)
{
	bool is_call = event->kind == EVENT_SYSCALL;
	const struct other *other = &thread->events.items[thread->next];
	uint64_t stack = event->row[is_call ? (int)SYSCALL_STACK : (int)FAULT_STACK];
	uint64_t flags = event->row[is_call ? (int)SYSCALL_FLAGS : (int)FAULT_FLAGS];

	if (thread->next == thread->events.size)
		return;
	thread->lost = !is_event(other, event);
	if (thread->lost)
		return;
	thread->next++;
	if (flags & (is_call ? (int)SYSCALL_STACK_LOST : (int)FAULT_STACK_LOST))
		c->lost++;
	else if (!stack)
		c->absent++;
	else
		compare(c, &c->recording->stacks.items[stack], other);
}

/* The first thread was launched by the other side's program: what counts begins with its exec. */
static void take_event(struct comparison *c, const struct event *event)
{
	struct thread *thread = find_thread(c, c->recording->tasks.items[event->task].tid);

	if (!thread || thread->lost)
		return;
	if (event->kind == EVENT_TASK)
		thread->in_step |= event->task_event->type == TASK_EXEC;
	else if (event->kind == EVENT_SYSCALL)
		thread->in_step |= event->row[SYSCALL_NR] == SYS_execve;
	if (event->kind != c->kind || !thread->in_step)
		return;
	if (event->kind == EVENT_SYSCALL || !(event->row[FAULT_FLAGS] & FAULT_KERNEL))
		match(c, thread, event);
}

static void print_answer(const struct comparison *c)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{"threads", c->threads.size}, {"events", c->events}, {"frames", c->frames},
		{"unmatched", c->unmatched},  {"absent", c->absent}, {"lost", c->lost},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		printf("%s\"%s\": %" PRIu64, i ? ", " : "{", rows[i].name, rows[i].value);
	for (int i = 0; i < NR_OUTCOMES; i++)
		printf(", \"%s\": %" PRIu64, outcome_names[i], c->outcomes[i]);
	printf(", \"complete\": %" PRIu64, c->verdicts[STACK_PROVEN]);
	for (int i = STACK_PROVEN + 1; i < NR_STACK_VERDICTS; i++)
		if (c->verdicts[i])
			printf(", \"%s\": %" PRIu64, stack_verdict_words[i].key, c->verdicts[i]);
	puts("}");
}

int main(int argc, char **argv)
{
	struct comparison c = {.kind = EVENT_SYSCALL};
	struct timeline *timeline;
	struct event event;

	if (argc != 3)
		errx(2, "usage: compare_stacks RECORDING FILE");
	if (recording_open(argv[1], &c.recording))
		return 1;
	read_other(&c, argv[2]);
	timeline = timeline_new(c.recording, 1U << EVENT_TASK | 1U << c.kind);
	while (timeline_next(timeline, &event))
		take_event(&c, &event);
	vec_each (&c.threads, thread)
		c.unmatched += thread->events.size - thread->next;
	print_answer(&c);
	return 0;
}

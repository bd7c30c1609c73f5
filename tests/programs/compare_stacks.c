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
#define MAX_SHOWN  5

struct position {
	uint32_t module;
	uint64_t offset;
};

/* A line of the other side. */
struct call {
	uint64_t nr;
	int64_t result;
	bool returned;
	char *stack; /* `END FRAME...`, in the memory of the whole file */
};

struct thread {
	uint32_t tid;
	VEC(struct call) calls;
	size_t next;
	bool in_step; /* prof's calls from before the first one have passed */
	bool lost;    /* out of step since */
};

struct comparison {
	struct recording *recording;
	VEC(uint32_t) modules; /* by the other side's file id */
	VEC(struct thread) threads;
	/* Calls: with stacks on both sides; that did not match; that prof has no stack for. */
	uint64_t calls, unmatched, absent, lost;
	/* Of `calls`. */
	uint64_t same, dwfl_shorter, prof_shorter, different;
	uint64_t frames, verdicts[NR_STACK_VERDICTS];
};

/* ---- The other side's file ---- */

static uint32_t find_module(const struct recording *r, const char *path)
{
	for (uint32_t i = 0; i < r->modules.size; i++)
		if (!strcmp(r->modules.items[i].path, path))
			return i;
	return MODULE_UNKNOWN;
}

static struct thread *find_thread(struct comparison *c, uint32_t tid)
{
	vec_each (&c->threads, thread)
		if (thread->tid == tid)
			return thread;
	return NULL;
}

static void take_line(struct comparison *c, char *line)
{
	struct thread *thread;
	struct call call;
	char result[32];
	uint32_t id;
	int at;

	if (sscanf(line, "F %x %n", &id, &at) == 1) {
		vec_extend(&c->modules, (size_t)id + 1);
		c->modules.items[id] = find_module(c->recording, line + at);
		return;
	}
	if (sscanf(line, "C %u %" SCNu64 " %31s %n", &id, &call.nr, result, &at) != 3)
		errx(1, "what is this? %s", line);
	call.returned = *result != '?';
	call.result = strtoll(result, NULL, 10);
	call.stack = line + at;
	thread = find_thread(c, id);
	if (!thread) {
		thread = vec_push(&c->threads);
		thread->tid = id;
		thread->in_step = c->threads.size > 1;
	}
	*vec_push(&thread->calls) = call;
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

static size_t other_frames(const struct comparison *c, const struct call *call,
			   struct position *out, bool *whole)
{
	const char *at = strchr(call->stack, ' ');
	size_t count = 0;
	uint32_t id;
	int size;

	*whole = call->stack[0] == 'w';
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

/* Places, the innermost one first, that both have. */
static size_t count_common(const struct position *a, size_t nr_a, const struct position *b,
			   size_t nr_b)
{
	size_t i = 0;

	while (i < nr_a && i < nr_b && a[i].module == b[i].module && a[i].offset == b[i].offset)
		i++;
	return i;
}

static void compare(struct comparison *c, const struct stack *stack, const struct call *call)
{
	static struct position own[MAX_FRAMES], other[MAX_FRAMES];
	bool whole;
	size_t nr_own = own_frames(c->recording, stack, own);
	size_t nr_other = other_frames(c, call, other, &whole);
	size_t common = count_common(own, nr_own, other, nr_other);

	c->calls++;
	c->frames += common;
	c->verdicts[stack_verdict_of(stack->flags)]++;
	if (common == nr_own && common == nr_other) {
		c->same++;
	} else if (common == nr_other && !whole) {
		c->dwfl_shorter++;
	} else if (common == nr_own && !(stack->flags & STACK_COMPLETE)) {
		c->prof_shorter++;
	} else if (c->different++ < MAX_SHOWN) {
		fprintf(stderr, "call %" PRIu64 " = %" PRId64 ": flags %x, libdwfl %s\n", call->nr,
			call->result, stack->flags, whole ? "whole" : "not whole");
		show_frames(c->recording, "prof", own, nr_own);
		show_frames(c->recording, "libdwfl", other, nr_other);
	}
}

static bool is_row(const struct call *call, const uint64_t *row)
{
	return call->nr == row[SYSCALL_NR] &&
	       (!call->returned || call->result == (int64_t)row[SYSCALL_RESULT]);
}

/* Of a call in which its thread was killed only prof has a row, the last one. */
static void take_call(struct comparison *c, struct thread *thread, const uint64_t *row)
{
	struct call *call = &thread->calls.items[thread->next];

	if (thread->next == thread->calls.size)
		return;
	if (!is_row(call, row)) {
		thread->lost = true;
		return;
	}
	thread->next++;
	if (row[SYSCALL_FLAGS] & SYSCALL_STACK_LOST)
		c->lost++;
	else if (!row[SYSCALL_STACK])
		c->absent++;
	else
		compare(c, &c->recording->stacks.items[row[SYSCALL_STACK]], call);
}

static void take_event(struct comparison *c, const struct event *event)
{
	struct thread *thread = find_thread(c, c->recording->tasks.items[event->task].tid);

	if (!thread || thread->lost)
		return;
	thread->in_step |= event->row[SYSCALL_NR] == SYS_execve;
	if (thread->in_step)
		take_call(c, thread, event->row);
}

static void print_answer(const struct comparison *c)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{"threads", c->threads.size},
		{"calls", c->calls},
		{"frames", c->frames},
		{"same", c->same},
		{"dwfl_shorter", c->dwfl_shorter},
		{"prof_shorter", c->prof_shorter},
		{"different", c->different},
		{"unmatched", c->unmatched},
		{"absent", c->absent},
		{"lost", c->lost},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		printf("%s\"%s\": %" PRIu64, i ? ", " : "{", rows[i].name, rows[i].value);
	printf(", \"complete\": %" PRIu64, c->verdicts[STACK_PROVEN]);
	for (int i = STACK_PROVEN + 1; i < NR_STACK_VERDICTS; i++)
		if (c->verdicts[i])
			printf(", \"%s\": %" PRIu64, stack_verdict_words[i].key, c->verdicts[i]);
	puts("}");
}

int main(int argc, char **argv)
{
	struct comparison c = {0};
	struct timeline *timeline;
	struct event event;

	if (argc != 3)
		errx(2, "usage: compare_stacks RECORDING FILE");
	if (recording_open(argv[1], &c.recording))
		return 1;
	read_other(&c, argv[2]);
	timeline = timeline_new(c.recording, 1U << EVENT_SYSCALL);
	while (timeline_next(timeline, &event))
		take_event(&c, &event);
	vec_each (&c.threads, thread)
		c.unmatched += thread->calls.size - thread->next;
	print_answer(&c);
	return 0;
}

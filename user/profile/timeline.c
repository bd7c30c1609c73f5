// SPDX-License-Identifier: MIT
#include "profile/timeline.h"

#include "profile/slice.h"

/* Something that yields events in order; the heap keeps the one with the earliest next event on
 * top. */
struct source {
	uint64_t time_ns;
	uint32_t task;
	enum event_kind kind;
	uint32_t block, row; /* settle what is equal so far */
	enum { SOURCE_TASKS, SOURCE_BLOCK, SOURCE_RUN } type;
	size_t task_event;              /* SOURCE_TASKS: the next one */
	struct slice slice;             /* SOURCE_BLOCK */
	uint64_t run[NR_FAULT_COLUMNS]; /* SOURCE_RUN: its row */
	uint64_t fault;                 /* SOURCE_RUN: the next one of it */
};

struct timeline {
	struct recording *r;
	unsigned int kinds;
	bool with_pieces;
	size_t next_block;
	VEC(struct source *) heap;
	struct source *current; /* whose event was given out last; not in the heap */
};

/* ---- The heap ---- */

static bool comes_before(const struct source *a, const struct source *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	if (a->task != b->task)
		return a->task < b->task;
	if (a->kind != b->kind)
		return a->kind < b->kind;
	if (a->block != b->block)
		return a->block < b->block;
	return a->row < b->row;
}

static void heap_push(struct timeline *t, struct source *source)
{
	size_t at = t->heap.size;

	vec_push(&t->heap);
	for (; at && comes_before(source, t->heap.items[(at - 1) / 2]); at = (at - 1) / 2)
		t->heap.items[at] = t->heap.items[(at - 1) / 2];
	t->heap.items[at] = source;
}

static struct source *heap_pop(struct timeline *t)
{
	struct source *top = t->heap.items[0], *last = t->heap.items[--t->heap.size];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < t->heap.size) {
		if (child + 1 < t->heap.size &&
		    comes_before(t->heap.items[child + 1], t->heap.items[child]))
			child++;
		if (!comes_before(t->heap.items[child], last))
			break;
		t->heap.items[at] = t->heap.items[child];
		at = child;
	}
	if (t->heap.size)
		t->heap.items[at] = last;
	return top;
}

/* ---- Sources ---- */

static void source_free(struct source *source)
{
	slice_fini(&source->slice);
	free(source);
}

/* The time of a run's i-th fault: its start and, evenly spread, its span. */
static uint64_t fault_time(const uint64_t *row, uint64_t i)
{
	if (!i)
		return row[FAULT_START_NS];
	return row[FAULT_START_NS] +
	       (uint64_t)((__uint128_t)i * row[FAULT_SPAN_NS] / (row[FAULT_COUNT] - 1));
}

static bool advance_tasks(struct source *source, const struct recording *r)
{
	const struct task_event *event;

	do {
		if (++source->task_event > r->task_events.size)
			return false;
		event = &r->task_events.items[source->task_event - 1];
	} while (event->type == TASK_TIMES); /* nothing that happened then */
	source->time_ns = event->time_ns;
	source->task = event->task;
	return true;
}

static bool advance_block(struct source *source, struct recording *r)
{
	const uint64_t *row;

	if (!slice_next(&source->slice, r))
		return false;
	row = slice_row(&source->slice);
	source->time_ns = row[0];
	source->task =
		(uint32_t)row[source->kind == EVENT_SYSCALL ? (int)SYSCALL_TASK : (int)FAULT_TASK];
	source->row = slice_row_number(&source->slice);
	return true;
}

static bool advance_run(struct source *source)
{
	if (++source->fault >= source->run[FAULT_COUNT])
		return false;
	source->time_ns = fault_time(source->run, source->fault);
	return true;
}

/* Moves on to the source's next event and files it under its time, or ends it. */
static void source_advance(struct timeline *t, struct source *source)
{
	bool more = source->type == SOURCE_TASKS   ? advance_tasks(source, t->r)
		    : source->type == SOURCE_BLOCK ? advance_block(source, t->r)
						   : advance_run(source);

	if (more)
		heap_push(t, source);
	else
		source_free(source);
}

static bool is_wanted(const struct timeline *t, enum event_kind kind)
{
	return t->kinds >> kind & 1;
}

static const enum event_kind kind_of_block[NR_BLOCK_KINDS] = {
	[BLOCK_SYSCALLS] = EVENT_SYSCALL,
	[BLOCK_FAULTS] = EVENT_FAULT,
	[BLOCK_MEMORY_CALLS] = EVENT_UNCHOSEN,
};

static void open_block(struct timeline *t, uint32_t index)
{
	const struct block *block = &t->r->blocks.items[index];
	struct source *source;

	if (block->kind == BLOCK_ALLOCATIONS || !is_wanted(t, kind_of_block[block->kind]))
		return;
	source = xnew(struct source);
	source->type = SOURCE_BLOCK;
	source->kind = block->kind == BLOCK_FAULTS ? EVENT_FAULT : EVENT_SYSCALL;
	source->block = index;
	slice_init(&source->slice, block, t->with_pieces);
	source_advance(t, source);
}

/* Opens what may begin before the earliest event known so far. */
static void open_blocks(struct timeline *t)
{
	while (t->next_block < t->r->blocks.size &&
	       (!t->heap.size ||
		t->r->blocks.items[t->next_block].start_min_ns <= t->heap.items[0]->time_ns))
		open_block(t, (uint32_t)t->next_block++);
}

/* The first fault of a run is its row's; the others come from a source of their own. */
static void start_run(struct timeline *t, const struct source *block, const uint64_t *row)
{
	struct source *run = xnew(struct source);

	run->type = SOURCE_RUN;
	run->kind = EVENT_FAULT;
	run->task = block->task;
	run->block = block->block;
	run->row = block->row;
	memcpy(run->run, row, sizeof run->run);
	source_advance(t, run);
}

static void give_out(struct timeline *t, const struct source *source, struct event *out)
{
	*out = (struct event){
		.kind = source->kind,
		.time_ns = source->time_ns,
		.task = source->task,
		.fault = source->fault,
	};
	if (source->type == SOURCE_TASKS) {
		out->task_event = &t->r->task_events.items[source->task_event - 1];
		return;
	}
	out->row = source->type == SOURCE_RUN ? source->run : slice_row(&source->slice);
	if (source->kind == EVENT_SYSCALL)
		out->pieces = slice_pieces(&source->slice, &out->nr_pieces);
	if (source->kind == EVENT_FAULT)
		out->address =
			out->row[FAULT_ADDRESS] + source->fault * out->row[FAULT_STRIDE_BYTES];
}

/* ---- The timeline ---- */

struct timeline *timeline_new(struct recording *r, unsigned int kinds)
{
	struct timeline *t = xnew(struct timeline);

	t->r = r;
	t->kinds = kinds;
	if (is_wanted(t, EVENT_TASK))
		source_advance(t, xnew(struct source));
	return t;
}

void timeline_want_pieces(struct timeline *t)
{
	t->with_pieces = true;
}

void timeline_free(struct timeline *t)
{
	if (!t)
		return;
	vec_each (&t->heap, source)
		source_free(*source);
	if (t->current)
		source_free(t->current);
	vec_free(&t->heap);
	free(t);
}

bool timeline_next(struct timeline *t, struct event *out)
{
	if (t->current)
		source_advance(t, t->current);
	t->current = NULL;
	open_blocks(t);
	if (!t->heap.size)
		return false;
	t->current = heap_pop(t);
	give_out(t, t->current, out);
	if (out->kind == EVENT_FAULT && t->current->type == SOURCE_BLOCK &&
	    out->row[FAULT_COUNT] > 1)
		start_run(t, t->current, out->row);
	return true;
}

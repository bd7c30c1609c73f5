// SPDX-License-Identifier: MIT
#include "recording/merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/error.h"
#include "recording/schema.h"

#define FIRST_TASK 1

struct merging {
	struct writer *w;
	/* What is added to the ids of the recording that is being written. */
	uint32_t tasks, stacks, modules;
	uint64_t shift_ns;
	uint32_t *frames; /* by its ids, those in the file */
};

struct sums {
	VEC(struct counter) counters; /* names belong to the recordings */
	VEC(struct syscall_total) totals;
};

/* ---- Clocks ---- */

static uint64_t number_of(const struct recording *r, const char *key)
{
	const char *text = recording_meta(r, key);

	return text ? strtoull(text, NULL, 10) : 0;
}

static uint64_t shift_of(const struct recording *r)
{
	return number_of(r, "start_unix_ns") - number_of(r, "start_monotonic_ns");
}

static void write_start(struct recording *const *recordings, size_t nr, struct writer *w)
{
	uint64_t first = UINT64_MAX;
	char text[24];

	for (size_t i = 0; i < nr; i++) {
		uint64_t start = number_of(recordings[i], "start_unix_ns");

		first = start < first ? start : first;
	}
	snprintf(text, sizeof text, "%" PRIu64, first);
	writer_meta_text(w, "start_unix_ns", text);
	writer_meta_text(w, "start_monotonic_ns", text);
}

/* ---- Metadata ---- */

static bool is_own(const char *key)
{
	return strcmp(key, "start_unix_ns") && strcmp(key, "start_monotonic_ns") &&
	       strcmp(key, "merged") && strcmp(key, "root_task");
}

/* The command line of each recording that went into it. */
static void write_origin(const struct recording *r, struct writer *w)
{
	struct bytes command = {0};

	vec_each (&r->meta, meta) {
		if (!strcmp(meta->key, "merged"))
			writer_meta(w, "merged", meta->value, meta->size);
		if (strcmp(meta->key, "argv") != 0)
			continue;
		bytes_append(&command, " ", command.size > 0);
		bytes_append(&command, meta->value, meta->size);
	}
	if (!recording_meta(r, "merged"))
		writer_meta(w, "merged", command.data, command.size);
	bytes_fini(&command);
}

static void write_roots(const struct merging *m, const struct recording *r)
{
	char text[24];

	for (uint32_t id = FIRST_TASK; id < r->tasks.size; id++) {
		if (!recording_is_root(r, id))
			continue;
		snprintf(text, sizeof text, "%" PRIu32, id + m->tasks);
		writer_meta_text(m->w, "root_task", text);
	}
}

bool recording_is_root(const struct recording *r, uint32_t task)
{
	bool any = false;

	vec_each (&r->meta, meta) {
		if (strcmp(meta->key, "root_task") != 0)
			continue;
		if (strtoull((char *)meta->value, NULL, 10) == task)
			return true;
		any = true;
	}
	return !any && task == FIRST_TASK;
}

/* ---- Tables ---- */

static uint32_t module_in_file(const struct merging *m, uint32_t module)
{
	return module < FIRST_FILE_MODULE ? module : module + m->modules;
}

static void write_code(struct merging *m, const struct recording *r)
{
	for (size_t id = FIRST_FILE_MODULE; id < r->modules.size; id++)
		writer_module(m->w, &r->modules.items[id]);
	m->frames = xcalloc(r->frames.size + 1, sizeof *m->frames);
	for (size_t id = 1; id < r->frames.size; id++) {
		const struct frame *frame = &r->frames.items[id];

		m->frames[id] = writer_frame(m->w, m->frames[frame->parent],
					     module_in_file(m, frame->module), frame->offset);
	}
	for (size_t id = 1; id < r->stacks.size; id++) {
		struct stack stack = r->stacks.items[id];

		stack.frame = m->frames[stack.frame];
		writer_stack(m->w, (uint32_t)id + m->stacks, &stack);
	}
	vec_each (&r->locations, location) {
		struct location moved = *location;

		moved.module = module_in_file(m, location->module);
		writer_location(m->w, &moved);
	}
}

static void write_lives(const struct merging *m, const struct recording *r)
{
	vec_each (&r->task_events, event) {
		struct task_event e = *event;

		e.time_ns += m->shift_ns;
		e.task += m->tasks;
		if (e.other)
			e.other += m->tasks;
		if ((e.type == TASK_FORK || e.type == TASK_START) && e.value[0])
			e.value[0] += m->tasks;
		writer_task_event(m->w, &e);
	}
	vec_each (&r->mappings, mapping) {
		struct task_mapping moved = *mapping;

		moved.time_ns += m->shift_ns;
		moved.task += m->tasks;
		moved.module = module_in_file(m, mapping->module);
		writer_mapping(m->w, &moved);
	}
}

/* ---- Rows ---- */

_Static_assert(SYSCALL_START_NS == 0 && FAULT_START_NS == 0 && ALLOC_TIME_NS == 0,
	       "a row begins with its time");

static void move_row(const struct merging *m, const struct schema *schema, uint64_t *row)
{
	row[0] += m->shift_ns;
	for (uint32_t column = 0; column < schema->nr_columns; column++) {
		uint8_t check = schema->columns[column].check;

		if (row[column] && check == CELL_TASK)
			row[column] += m->tasks;
		if (row[column] && check == CELL_STACK)
			row[column] += m->stacks;
	}
}

static int write_block(const struct merging *m, struct recording *r, const struct block *block)
{
	const struct schema *schema = schema_of(block->kind);
	bool has_calls = block->kind == BLOCK_SYSCALLS || block->kind == BLOCK_MEMORY_CALLS;
	struct pieces pieces = {0};
	struct columns c;
	int err = block_columns(r, block, ALL_COLUMNS, &c);

	if (err)
		return err;
	if (has_calls)
		err = block_pieces(r, block, &c, &pieces);
	for (uint32_t i = 0; i < c.rows && !err; i++) {
		uint64_t row[MAX_COLUMNS] = {0};
		const struct piece *of_row = NULL;
		uint32_t nr = 0;

		for (uint32_t column = 0; column < schema->nr_columns; column++)
			row[column] = c.at[column][i];
		move_row(m, schema, row);
		if (has_calls)
			of_row = pieces_of_row(&pieces, i, &nr);
		if (nr)
			writer_call(m->w, block->kind, row, of_row, nr);
		else
			writer_row(m->w, block->kind, row);
	}
	pieces_fini(&pieces);
	columns_fini(&c);
	return err;
}

/* ---- Sums ---- */

static void add_counter(struct sums *sums, const struct counter *counter)
{
	vec_each (&sums->counters, sum) {
		if (strcmp(sum->name, counter->name) != 0)
			continue;
		if (strcmp(counter->name, "exit_status") != 0)
			sum->value += counter->value;
		else if (!sum->value)
			sum->value = counter->value;
		return;
	}
	*vec_push(&sums->counters) = *counter;
}

/* Both ascend by index; so does the result, which is newly allocated. */
static void add_buckets(struct syscall_total *sum, const struct syscall_total *more)
{
	struct bucket *all = xcalloc(sum->nr_buckets + more->nr_buckets + 1, sizeof *all);
	uint32_t nr = 0, i = 0, k = 0;

	while (i < sum->nr_buckets || k < more->nr_buckets) {
		const struct bucket *a = i < sum->nr_buckets ? &sum->buckets[i] : NULL;
		const struct bucket *b = k < more->nr_buckets ? &more->buckets[k] : NULL;
		bool take_a = a && (!b || a->index <= b->index);
		bool take_b = b && (!a || b->index <= a->index);

		all[nr].index = take_a ? a->index : b->index;
		all[nr++].count = (take_a ? a->count : 0) + (take_b ? b->count : 0);
		i += take_a;
		k += take_b;
	}
	free(sum->buckets);
	sum->buckets = all;
	sum->nr_buckets = nr;
}

static void add_total(struct sums *sums, const struct syscall_total *total)
{
	struct syscall_total *sum = NULL;

	vec_each (&sums->totals, it) {
		if (it->nr == total->nr)
			sum = it;
	}
	if (!sum) {
		sum = vec_push(&sums->totals);
		sum->nr = total->nr;
	}
	sum->calls += total->calls;
	sum->errors += total->errors;
	sum->duration_ns += total->duration_ns;
	sum->max_ns = sum->max_ns > total->max_ns ? sum->max_ns : total->max_ns;
	add_buckets(sum, total);
}

static void write_sums(struct recording *const *recordings, size_t nr, struct writer *w)
{
	struct sums sums = {0};

	for (size_t i = 0; i < nr; i++) {
		vec_each (&recordings[i]->counters, counter)
			add_counter(&sums, counter);
		vec_each (&recordings[i]->syscall_totals, total)
			add_total(&sums, total);
	}
	vec_each (&sums.counters, counter)
		writer_counter(w, counter->name, counter->value);
	vec_each (&sums.totals, total) {
		writer_syscall_total(w, total);
		free(total->buckets);
	}
	vec_free(&sums.counters);
	vec_free(&sums.totals);
}

/* ---- The whole ---- */

static int write_recording(struct merging *m, struct recording *r)
{
	int err = 0;

	m->shift_ns = shift_of(r);
	write_origin(r, m->w);
	write_roots(m, r);
	write_code(m, r);
	write_lives(m, r);
	vec_each (&r->blocks, block) {
		err = write_block(m, r, block);
		if (err)
			break;
	}
	free(m->frames);
	m->tasks += r->tasks.size ? (uint32_t)r->tasks.size - 1 : 0;
	m->stacks += r->stacks.size ? (uint32_t)r->stacks.size - 1 : 0;
	m->modules += r->modules.size > FIRST_FILE_MODULE
			      ? (uint32_t)r->modules.size - FIRST_FILE_MODULE
			      : 0;
	return err ? err : writer_error(m->w);
}

int recordings_merge(struct recording *const *recordings, size_t nr, struct writer *w)
{
	struct merging m = {.w = w};
	int err = 0;

	vec_each (&recordings[0]->meta, meta) {
		if (is_own(meta->key))
			writer_meta(w, meta->key, meta->value, meta->size);
	}
	write_start(recordings, nr, w);
	for (size_t i = 0; i < nr && !err; i++)
		err = write_recording(&m, recordings[i]);
	write_sums(recordings, nr, w);
	return err;
}

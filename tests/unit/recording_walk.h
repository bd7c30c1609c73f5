/* SPDX-License-Identifier: MIT */
/*
 * Reads all that a recording offers and aborts where the reader breaks a promise of reader.h: for
 * files that are damaged on purpose, by the tests and by the fuzzer.
 */
#ifndef PROF_TESTS_RECORDING_WALK_H
#define PROF_TESTS_RECORDING_WALK_H

#include <stdio.h>
#include <string.h>

#include "loglinear.h"
#include "recording/reader.h"

#define PROMISED(condition)                                                                        \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static size_t walk_text(const char *text)
{
	return text ? strlen(text) : 0;
}

static void walk_buckets(const struct bucket *buckets, uint32_t nr, uint32_t limit, uint64_t *total)
{
	*total = 0;
	for (uint32_t i = 0; i < nr; i++) {
		PROMISED(buckets[i].index < limit);
		PROMISED(!i || buckets[i].index > buckets[i - 1].index);
		PROMISED(buckets[i].count);
		*total += buckets[i].count;
	}
}

static void walk_tables(const struct recording *r)
{
	size_t bytes = 0;
	uint64_t total;

	vec_each (&r->meta, meta) {
		PROMISED(meta->key && meta->value && meta->value[meta->size] == 0);
		bytes += walk_text(recording_meta(r, meta->key));
	}
	vec_each (&r->counters, counter) {
		PROMISED(recording_counter(r, counter->name) == counter->value);
		PROMISED(counter == r->counters.items ||
			 strcmp(counter[-1].name, counter->name) < 0);
	}
	PROMISED(r->modules.size >= FIRST_FILE_MODULE && r->frames.size && r->stacks.size);
	vec_each (&r->modules, module) {
		PROMISED(module->path && module->build_id_size <= sizeof module->build_id);
		bytes += walk_text(module->path);
	}
	for (uint32_t id = 1; id < r->frames.size; id++) {
		PROMISED(r->frames.items[id].parent < id);
		PROMISED(r->frames.items[id].module < r->modules.size);
	}
	vec_each (&r->stacks, stack)
		PROMISED(stack->frame < r->frames.size);
	vec_each (&r->locations, location) {
		PROMISED(location->module < r->modules.size);
		PROMISED(recording_location(r, location->module, location->offset));
		for (uint32_t i = 0; i < location->nr_lines; i++)
			bytes += walk_text(location->lines[i].function) +
				 walk_text(location->lines[i].file);
	}
	vec_each (&r->syscall_totals, t) {
		PROMISED(t == r->syscall_totals.items || t[-1].nr < t->nr);
		walk_buckets(t->buckets, t->nr_buckets, LOGLINEAR_BUCKETS(KERNEL_TOTAL_BITS),
			     &total);
	}
	PROMISED(bytes < SIZE_MAX);
}

static void walk_tasks(const struct recording *r)
{
	vec_each (&r->task_events, e) {
		PROMISED(e->text && e->task < r->tasks.size && e->other < r->tasks.size);
		PROMISED(e == r->task_events.items || e[-1].time_ns <= e->time_ns);
	}
	vec_each (&r->mappings, m) {
		PROMISED(m->task < r->tasks.size && m->module < r->modules.size);
		PROMISED(m->start <= m->end);
		PROMISED(m == r->mappings.items || m[-1].time_ns <= m->time_ns);
	}
	PROMISED(r->tasks.size && r->tasks.items[0].comm);
	for (uint32_t id = 1; id < r->tasks.size; id++) {
		const struct task *task = &r->tasks.items[id];

		PROMISED(task->parent < id && task->comm);
		PROMISED(task->process && task->process <= id);
		PROMISED(r->tasks.items[task->process].process == task->process);
	}
}

static void walk_cells(const struct recording *r, const struct block *block,
		       const struct columns *c)
{
	bool faults = block->kind == BLOCK_FAULTS, allocs = block->kind == BLOCK_ALLOCATIONS;
	const uint64_t *tasks = c->at[allocs   ? (int)ALLOC_TASK
				      : faults ? FAULT_TASK
					       : SYSCALL_TASK];
	const uint64_t *stacks = c->at[allocs   ? (int)ALLOC_STACK
				       : faults ? FAULT_STACK
						: SYSCALL_STACK];
	const uint64_t *cpus = c->at[allocs ? (int)ALLOC_CPU : faults ? FAULT_CPU : SYSCALL_CPU];

	PROMISED(c->rows == block->rows && c->rows);
	for (uint32_t i = 0; i < c->rows; i++) {
		PROMISED(tasks[i] < r->tasks.size && stacks[i] < r->stacks.size);
		PROMISED(cpus[i] < MAX_CPUS);
		PROMISED(!faults ||
			 (c->at[FAULT_COUNT][i] && c->at[FAULT_COUNT][i] <= MAX_RUN_FAULTS));
		PROMISED(!faults || c->at[FAULT_KIND][i] < NR_FAULT_KINDS);
		PROMISED(!allocs || c->at[ALLOC_KIND][i] < NR_ALLOC_KINDS);
	}
}

static void walk_pieces(struct recording *r, const struct block *block, const struct columns *c)
{
	uint64_t sum = 0;
	struct pieces p;

	block_pieces(r, block, c, &p);
	for (uint32_t i = 0; i < p.nr_rows; i++) {
		uint32_t nr;
		const struct piece *pieces = pieces_of_row(&p, p.rows[i].row, &nr);

		PROMISED(p.rows[i].row < c->rows);
		PROMISED(!i || p.rows[i - 1].row < p.rows[i].row);
		PROMISED(nr == p.rows[i].nr && pieces == p.items + p.rows[i].first);
		for (uint32_t n = 0; n < nr; n++) {
			struct told_descriptor d;

			for (uint32_t at = 0; at < pieces[n].size_bytes; at++)
				sum += pieces[n].bytes[at];
			if (told_descriptor_take(&pieces[n], &d))
				sum += d.path_bytes ? (uint8_t)d.path[d.path_bytes - 1] : 0;
		}
	}
	PROMISED(sum < UINT64_MAX);
	pieces_fini(&p);
}

static void walk_summary(const struct block *block)
{
	for (uint32_t i = 0; i < block->nr_keys; i++) {
		const struct key_summary *key = &block->keys[i];
		uint64_t timed, errors;

		walk_buckets(key->buckets, key->nr_buckets, LOGLINEAR_BUCKETS(SUMMARY_BITS),
			     &timed);
		walk_buckets(key->errnos, key->nr_errnos, 4096, &errors);
		PROMISED(!i || key[-1].key < key->key);
		PROMISED(key->timed <= key->events && key->min_ns <= key->max_ns);
		PROMISED(errors <= key->events);
		if (block->kind == BLOCK_FAULTS)
			PROMISED(key->key < NR_FAULT_KINDS && !timed);
		else if (block->kind == BLOCK_ALLOCATIONS)
			PROMISED(key->key < NR_ALLOC_KINDS && !timed && !errors);
		else
			PROMISED(timed == key->timed);
	}
}

/* Returns the number of rows that could be read. */
static uint64_t walk_recording(struct recording *r)
{
	uint64_t rows = 0;

	walk_tables(r);
	walk_tasks(r);
	vec_each (&r->blocks, block) {
		struct columns c;

		PROMISED(block->kind > 0 && block->kind < NR_BLOCK_KINDS);
		PROMISED(block->start_min_ns <= block->end_max_ns && block->nr_keys);
		walk_summary(block);
		if (block_columns(r, block, ALL_COLUMNS, &c) == 0) {
			walk_cells(r, block, &c);
			if (block->kind != BLOCK_FAULTS)
				walk_pieces(r, block, &c);
			rows += c.rows;
		}
		columns_fini(&c);
	}
	return rows;
}

#endif

// SPDX-License-Identifier: MIT
#include "profile/event_paths.h"

#include "profile/call_row.h"
#include "profile/call_tail.h"
#include "profile/facts.h"
#include "profile/lost_paths.h"
#include "profile/memory_model.h"
#include "profile/memory_paths.h"

const struct path_choice path_choices[] = {
	{"faults", BLOCK_FAULTS, WEIGHT_COUNT, "page faults"},
	{"fault-ns", BLOCK_FAULTS, WEIGHT_NS, "time of page faults"},
	{"fault-bytes", BLOCK_FAULTS, WEIGHT_BYTES, "bytes of page faults"},
	{"syscalls", BLOCK_SYSCALLS, WEIGHT_COUNT, "system calls"},
	{"syscall-ns", BLOCK_SYSCALLS, WEIGHT_NS, "time of system calls"},
	{"alloc-blocks", BLOCK_ALLOCATIONS, WEIGHT_COUNT, "blocks of allocators"},
	{"alloc-bytes", BLOCK_ALLOCATIONS, WEIGHT_BYTES, "bytes of allocators"},
	{0},
};

const struct path_choice *path_choice_find(const char *name)
{
	for (const struct path_choice *choice = path_choices; choice->name; choice++) {
		if (!strcmp(choice->name, name))
			return choice;
	}
	return NULL;
}

/* What is collected from the rows of a recording. */
struct gathering {
	struct recording *r;
	const uint32_t *roots;                /* by id of a task; NULL: each task is its own */
	struct tally tallies[NR_FAULT_KINDS]; /* by kind; system calls are all in the first one */
	const struct call_tail *tail;         /* NULL: all system calls */
};

#define NAMED_CALL_COLUMNS (CALL_PLACE_COLUMNS | COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_TASK))

/* The first task of each name stands for all of that name, so that they share their paths. */
static uint32_t *name_tasks(const struct recording *r)
{
	uint32_t *roots = xcalloc(r->tasks.size, sizeof *roots), nr_names = 0;
	uint32_t *first = xcalloc(r->tasks.size + 1, sizeof *first);
	struct names names = {0};

	for (uint32_t id = 0; id < r->tasks.size; id++) {
		uint32_t name = names_intern(&names, task_comm(r, id));

		if (name >= nr_names) {
			first[name] = id;
			nr_names = name + 1;
		}
		roots[id] = first[name];
	}
	names_fini(&names);
	free(first);
	return roots;
}

static uint32_t root_of(const struct gathering *g, uint64_t task)
{
	return g->roots ? g->roots[task] : (uint32_t)task;
}

static void add_syscalls(struct gathering *g, const struct columns *c)
{
	for (uint32_t i = 0; i < c->rows; i++) {
		uint32_t key = syscall_key(c->at[SYSCALL_NR][i], c->at[SYSCALL_FLAGS][i]);

		call_row_add(c, i, root_of(g, c->at[SYSCALL_TASK][i]), 1ULL + key, g->tallies);
	}
}

/* The slowest calls of each name, by the time that they took beyond the others. */
static void add_tail(struct gathering *g, const struct columns *c)
{
	for (uint32_t i = 0; i < c->rows; i++) {
		uint64_t flags = c->at[SYSCALL_FLAGS][i];
		uint32_t key = syscall_key(c->at[SYSCALL_NR][i], flags);
		const struct place place = {
			.root = root_of(g, c->at[SYSCALL_TASK][i]),
			.stack = (uint32_t)c->at[SYSCALL_STACK][i],
			.leaf = 1ULL + key,
		};
		uint64_t weights[NR_WEIGHTS] = {[WEIGHT_COUNT] = 1};

		if (flags & SYSCALL_UNTIMED)
			continue;
		weights[WEIGHT_NS] =
			call_tail_excess_ns(g->tail, key, c->at[SYSCALL_DURATION_NS][i]);
		if (weights[WEIGHT_NS])
			tally_add(g->tallies, &place, weights);
	}
}

static void add_block(struct gathering *g, const struct block *block)
{
	struct columns c;

	if (block_columns(g->r, block, NAMED_CALL_COLUMNS, &c) < 0)
		return;
	if (g->tail)
		add_tail(g, &c);
	else
		add_syscalls(g, &c);
	columns_fini(&c);
}

/* What a fault brought only the model of memory knows. */
static void add_faults(struct gathering *g)
{
	struct memory *model = memory_model_of(g->r, NULL);

	memory_touches_add(model, g->roots, g->tallies);
	memory_free(model);
}

static void add_events(struct gathering *g, enum block_kind events)
{
	if (events == BLOCK_FAULTS)
		add_faults(g);
	if (events == BLOCK_ALLOCATIONS)
		memory_places_of_blocks(g->r, g->roots, &g->tallies[0]);
	vec_each (&g->r->blocks, block) {
		if (block->kind == events && events == BLOCK_SYSCALLS)
			add_block(g, block);
	}
}

static path_extend *leaf_of(const struct path_choice *choice, int kind, unsigned int detail)
{
	static path_extend *const by_kind[NR_FAULT_KINDS] = {path_extend_minor, path_extend_major,
							     path_extend_failed};

	if (choice->events == BLOCK_SYSCALLS)
		return path_extend_syscall;
	if (choice->events == BLOCK_ALLOCATIONS)
		return NULL;
	return detail & PATH_FAULT_KINDS ? by_kind[kind] : path_extend_kernel_flame;
}

static void add_lost(struct gathering *g, enum block_kind events, struct path_tree *tree)
{
	struct scan scan;

	if (events == BLOCK_SYSCALLS)
		lost_syscalls_add(tree, g->r, g->tallies);
	if (events != BLOCK_FAULTS)
		return;
	scan_recording(g->r, &scan);
	scan_add_lost_faults(&scan, g->r);
	lost_faults_add(tree, g->r, &scan);
	scan_fini(&scan);
}

static void build(struct gathering *g, const struct path_choice *choice, unsigned int detail,
		  struct path_tree *out)
{
	struct call_tail tail = {0};

	if (choice->tail_ppm) {
		call_tail_build(g->r, choice->tail_ppm, &tail);
		g->tail = &tail;
	}
	add_events(g, choice->events);
	path_tree_init(out);
	for (int kind = 0; kind < NR_FAULT_KINDS; kind++) {
		if (!choice->kinds || choice->kinds & 1U << kind)
			paths_add(out, g->r, &g->tallies[kind],
				  g->roots ? path_extend_comm : path_extend_task,
				  leaf_of(choice, kind, detail), detail | PATH_FLAMES);
	}
	if (g->roots && !choice->kinds && !choice->tail_ppm)
		add_lost(g, choice->events, out);
	path_tree_finish(out, choice->weight);
	for (int kind = 0; kind < NR_FAULT_KINDS; kind++)
		tally_fini(&g->tallies[kind]);
	call_tail_fini(&tail);
}

void event_paths_build(struct recording *r, const struct path_choice *choice, unsigned int detail,
		       struct path_tree *out)
{
	scoped_free uint32_t *roots = name_tasks(r);

	build(&(struct gathering){.r = r, .roots = roots}, choice, detail, out);
}

void event_paths_build_by_task(struct recording *r, const struct path_choice *choice,
			       unsigned int detail, struct path_tree *out)
{
	build(&(struct gathering){.r = r}, choice, detail, out);
}

// SPDX-License-Identifier: MIT
#include "profile/event_paths.h"

#include "profile/call_row.h"
#include "profile/facts.h"
#include "profile/fault_row.h"

const struct path_choice path_choices[] = {
	{"faults", BLOCK_FAULTS, WEIGHT_COUNT},      {"fault-ns", BLOCK_FAULTS, WEIGHT_NS},
	{"fault-bytes", BLOCK_FAULTS, WEIGHT_BYTES}, {"syscalls", BLOCK_SYSCALLS, WEIGHT_COUNT},
	{"syscall-ns", BLOCK_SYSCALLS, WEIGHT_NS},   {0},
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

static void add_syscalls(const struct columns *c, const uint32_t *roots, struct tally *tally)
{
	for (uint32_t i = 0; i < c->rows; i++) {
		uint32_t key = syscall_key(c->at[SYSCALL_NR][i], c->at[SYSCALL_FLAGS][i]);

		call_row_add(c, i, roots[c->at[SYSCALL_TASK][i]], 1ULL + key, tally);
	}
}

static void add_block(struct recording *r, const struct block *block, const uint32_t *roots,
		      struct tally *tally)
{
	uint32_t mask = block->kind == BLOCK_SYSCALLS ? NAMED_CALL_COLUMNS
						      : FAULT_PLACE_COLUMNS | COLUMN(FAULT_TASK);
	struct columns c;

	if (block_columns(r, block, mask, &c) < 0)
		return;
	if (block->kind == BLOCK_SYSCALLS) {
		add_syscalls(&c, roots, tally);
	} else {
		for (uint32_t i = 0; i < c.rows; i++)
			fault_row_add(&c, i, roots[c.at[FAULT_TASK][i]], recording_page_bytes(r),
				      tally);
	}
	columns_fini(&c);
}

void event_paths_build(struct recording *r, const struct path_choice *choice, unsigned int detail,
		       struct path_tree *out)
{
	uint32_t *roots = name_tasks(r);
	struct tally tally = {0};

	vec_each (&r->blocks, block) {
		if (block->kind == choice->events)
			add_block(r, block, roots, &tally);
	}
	path_tree_init(out);
	paths_add(out, r, &tally, path_extend_comm,
		  choice->events == BLOCK_SYSCALLS ? path_extend_syscall : path_extend_kernel,
		  detail);
	path_tree_finish(out, choice->weight);
	tally_fini(&tally);
	free(roots);
}

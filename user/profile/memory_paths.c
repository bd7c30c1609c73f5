// SPDX-License-Identifier: MIT
#include "profile/memory_paths.h"

#include "profile/block_table.h"
#include "profile/facts.h"
#include "profile/lost_paths.h"
#include "profile/memory_model.h"
#include "profile/paths.h"

const char *const path_side_names[NR_PATH_SIDES + 1] = {"touch", "owner", "return", NULL};

void memory_touches_add(const struct memory *model, const uint32_t *roots,
			struct tally tallies[NR_FAULT_KINDS])
{
	vec_each (&memory_causes(model)->rows, row) {
		uint32_t task = row->key.task;
		const struct place place = {
			.root = roots ? roots[task] : task,
			.stack = row->key.toucher,
			.leaf = row->key.kernel_ip,
		};
		const uint64_t weights[NR_WEIGHTS] = {
			[WEIGHT_COUNT] = cause_row_faults(row),
			[WEIGHT_NS] = row->service_ns,
			[WEIGHT_BYTES] = row->bytes,
		};

		if (weights[WEIGHT_COUNT])
			tally_add(&tallies[row->key.kind], &place, weights);
	}
}

#define NOBODY UINT64_MAX
#define BEFORE (1ULL + MEMORY_CALL_BEFORE)

static uint32_t extend_by_call(const struct recording *r, struct path_tree *tree, uint32_t node,
			       uint64_t what)
{
	const char *nobody = what == BEFORE ? "[before]" : "[nobody]";

	if (what != NOBODY && what != BEFORE)
		return path_extend_syscall(r, tree, node, what);
	return path_tree_child(tree, node, names_intern(&tree->names, nobody));
}

void memory_paths_add(struct path_tree *tree, const struct recording *r, const struct memory *model,
		      enum path_side side, unsigned int kinds, bool with_root, unsigned int detail)
{
	struct tally tally = {0};

	vec_each (&memory_causes(model)->rows, row) {
		uint32_t id = side == BY_OWNER ? row->key.owner : row->key.returner;
		const struct memory_call *call = memory_call_of(model, id);
		const struct place place = {
			.root = with_root ? row->key.task : 0,
			.stack = call->stack,
			.leaf = id ? 1ULL + call->nr : NOBODY,
		};
		const uint64_t weights[NR_WEIGHTS] = {
			[WEIGHT_COUNT] = cause_row_faults(row),
			[WEIGHT_NS] = row->service_ns,
			[WEIGHT_BYTES] = row->bytes,
		};

		if (weights[WEIGHT_COUNT] && (!kinds || kinds >> row->key.kind & 1))
			tally_add(&tally, &place, weights);
	}
	paths_add(tree, r, &tally, with_root ? path_extend_comm : NULL, extend_by_call, detail);
	tally_fini(&tally);
}

/* The cause in the low bits, above it the call as path_extend_syscall() wants it. */
static uint32_t extend_by_cause(const struct recording *r, struct path_tree *tree, uint32_t node,
				uint64_t what)
{
	enum fault_cause cause = (enum fault_cause)(what & 0xff);
	struct path_frame frame = {
		.name = names_intern(&tree->names, fault_cause_words[cause].text),
		.class = frame_class_of_cause(cause),
	};

	if (what >> 8)
		node = path_extend_syscall(r, tree, node, what >> 8);
	return path_tree_child_frame(tree, node, &frame);
}

static void cause_paths_add(struct path_tree *tree, const struct recording *r,
			    const struct memory *model, unsigned int kinds, unsigned int detail)
{
	struct tally tally = {0};

	vec_each (&memory_causes(model)->rows, row) {
		uint64_t faults = cause_row_faults(row);
		const struct place place = {
			.root = row->key.task,
			.stack = row->key.toucher,
			.leaf = (uint64_t)row->key.syscall << 8 | row->key.cause,
		};
		const uint64_t weights[NR_WEIGHTS] = {
			[WEIGHT_COUNT] = faults,
			[WEIGHT_NS] = row->service_ns,
			[WEIGHT_BYTES] = row->bytes,
		};

		if (faults && (!kinds || kinds >> row->key.kind & 1))
			tally_add(&tally, &place, weights);
	}
	paths_add(tree, r, &tally, path_extend_comm, extend_by_cause, detail);
	tally_fini(&tally);
}

void memory_paths_build(struct recording *r, enum path_side side, const struct path_choice *choice,
			unsigned int detail, struct path_tree *out)
{
	struct memory *model = memory_model_of(r, NULL);
	struct scan scan;

	scan_recording(r, &scan);
	scan_add_lost_faults(&scan, r);
	path_tree_init(out);
	if (side == BY_TOUCH)
		cause_paths_add(out, r, model, choice->kinds, detail | PATH_FLAMES);
	else
		memory_paths_add(out, r, model, side, choice->kinds, true, detail);
	if (!choice->kinds) /* of lost ones they are not known */
		lost_faults_add(out, r, &scan);
	path_tree_finish(out, choice->weight);
	scan_fini(&scan);
	memory_free(model);
}

static bool has_blocks(const struct recording *r)
{
	vec_each (&r->blocks, block)
		if (block->kind == BLOCK_ALLOCATIONS)
			return true;
	return false;
}

void memory_places_of_blocks(struct recording *r, const uint32_t *roots, struct tally *out)
{
	struct memory *model;

	if (!has_blocks(r))
		return;
	model = memory_model_of(r, NULL);
	block_places_add(model, roots, out);
	memory_free(model);
}

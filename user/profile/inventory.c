// SPDX-License-Identifier: MIT
#include "profile/inventory.h"

static void count_block(const struct block *block, struct inventory *out)
{
	if (block->kind >= NR_BLOCK_KINDS)
		return;
	out->blocks[block->kind]++;
	out->rows[block->kind] += block->rows;
	for (uint32_t i = 0; block->kind == BLOCK_FAULTS && i < block->nr_keys; i++)
		out->faults += block->keys[i].events;
}

static uint64_t count_seen(const struct recording *r)
{
	uint64_t seen = 0;

	vec_each (&r->tasks, task)
		seen += task->seen;
	return seen;
}

static uint64_t without_first(size_t size)
{
	return size ? size - 1 : 0;
}

void inventory_take(const struct recording *r, struct inventory *out)
{
	*out = (struct inventory){
		.tasks = count_seen(r),
		.task_events = r->task_events.size,
		.stacks = without_first(r->stacks.size),
		.frames = without_first(r->frames.size),
		.modules = r->modules.size > FIRST_FILE_MODULE ? r->modules.size - FIRST_FILE_MODULE
							       : 0,
		.locations = r->locations.size,
	};
	vec_each (&r->blocks, block)
		count_block(block, out);
}

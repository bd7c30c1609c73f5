// SPDX-License-Identifier: MIT
#include "profile/inventory.h"

/* Whether all columns of the block can be decoded. */
static bool block_is_sound(struct recording *r, const struct block *block)
{
	struct columns c;

	if (block_columns(r, block, ALL_COLUMNS, &c) < 0)
		return false;
	columns_fini(&c);
	return true;
}

static void count_block(struct recording *r, const struct block *block, struct inventory *out)
{
	if (block->kind >= NR_BLOCK_KINDS)
		return;
	out->blocks[block->kind]++;
	out->rows[block->kind] += block->rows;
	for (uint32_t i = 0; block->kind == BLOCK_FAULTS && i < block->nr_keys; i++)
		out->faults += block->keys[i].events;
	out->is_whole &= block_is_sound(r, block);
}

static uint64_t count_seen(const struct recording *r)
{
	uint64_t seen = 0;

	for (size_t id = 0; id < r->tasks.size; id++)
		seen += r->tasks.items[id].seen;
	return seen;
}

static uint64_t without_first(size_t size)
{
	return size ? size - 1 : 0;
}

void inventory_take(struct recording *r, struct inventory *out)
{
	*out = (struct inventory){
		.tasks = count_seen(r),
		.task_events = r->task_events.size,
		.stacks = without_first(r->stacks.size),
		.frames = without_first(r->frames.size),
		.modules = r->modules.size > FIRST_FILE_MODULE ? r->modules.size - FIRST_FILE_MODULE
							       : 0,
		.locations = r->locations.size,
		.is_whole = r->integrity.complete && !r->integrity.damaged_chunks &&
			    !r->integrity.lost_tail_bytes,
	};
	vec_each (&r->blocks, block)
		count_block(r, block, out);
}

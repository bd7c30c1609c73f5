// SPDX-License-Identifier: MIT
#include "memory/blocks.h"

#include <xxhash.h>

#include "memory/model.h"

#define MOST_DISPLACED 4096

void blocks_fini(struct blocks *blocks)
{
	vec_free(&blocks->sites);
	idmap_fini(&blocks->site_ids);
	vec_free(&blocks->changed);
}

static void space_blocks_fini(struct space_blocks *space)
{
	block_map_fini(&space->live);
	vec_free(&space->displaced);
}

/* ---- Sites ---- */

static bool is_site(const void *owner, uint32_t id, const void *wanted)
{
	const struct blocks *blocks = owner;
	const struct block_site *site = &blocks->sites.items[id - 1], *other = wanted;

	return site->task == other->task && site->stack == other->stack;
}

static uint32_t site_of(struct blocks *blocks, const uint64_t *row)
{
	const struct block_site wanted = {.task = (uint32_t)row[ALLOC_TASK],
					  .stack = (uint32_t)row[ALLOC_STACK]};
	const uint32_t key[2] = {wanted.task, wanted.stack};
	uint32_t new_id = (uint32_t)blocks->sites.size + 1;
	uint32_t id = idmap_intern(&blocks->site_ids, XXH3_64bits(key, sizeof key), is_site, blocks,
				   &wanted, new_id);

	if (id == new_id)
		*vec_push(&blocks->sites) = wanted;
	return id - 1;
}

static void note_peak(struct blocks *blocks, uint64_t time_ns)
{
	blocks->peak_bytes = blocks->live_bytes;
	blocks->peak_blocks = blocks->live_blocks;
	blocks->peak_ns = time_ns;
	vec_each (&blocks->changed, id) {
		struct block_site *site = &blocks->sites.items[*id];

		site->is_changed = false;
		site->totals.peak_bytes = site->totals.live_bytes;
		site->totals.peak_blocks = site->totals.live_blocks;
	}
	blocks->changed.size = 0;
}

/* The amounts that live change; a new peak is noted in all sites that have changed since the last
 * one, and in no others, which is why it costs no more than the changes did. */
static void live_change(struct memory *m, uint32_t id, int64_t more_blocks, int64_t more_bytes)
{
	struct blocks *blocks = &m->blocks;
	struct block_site *site = &blocks->sites.items[id];
	struct block_totals *totals = &site->totals;

	totals->live_blocks += (uint64_t)more_blocks;
	totals->live_bytes += (uint64_t)more_bytes;
	blocks->live_blocks += (uint64_t)more_blocks;
	blocks->live_bytes += (uint64_t)more_bytes;
	if (totals->most_bytes < totals->live_bytes)
		totals->most_bytes = totals->live_bytes;
	if (!site->is_changed)
		*vec_push(&blocks->changed) = id;
	site->is_changed = true;
	if (blocks->live_bytes > blocks->peak_bytes)
		note_peak(blocks, m->now_ns);
}

/* ---- Pages ---- */

static struct range whole_pages(const struct memory *m, const struct live_block *block)
{
	uint64_t mask = m->options.page_bytes - 1;
	struct range range = {.start = (block->address + mask) & ~mask,
			      .end = (block->address + block->bytes) & ~mask};

	if (block->address >= MAX_ADDRESS || block->bytes >= MAX_ADDRESS - block->address ||
	    range.start >= range.end)
		return (struct range){0};
	return range;
}

struct absent {
	uint64_t never_bytes, gone_bytes;
};

/* Of pages that no fault told of: in what was mapped before the recording, or by a call that was
 * lost, they may have been there all the same. */
static uint64_t never_there(struct vm *vm, uint64_t start, uint64_t end)
{
	struct extent part;
	uint64_t bytes = 0;

	for (; regions_cut(&vm->regions, start, end, &part); start = part.end) {
		if (!(part.flags & EXTENT_BEFORE))
			bytes += part.end - part.start;
	}
	return bytes;
}

static struct absent absent_of(struct vm *vm, struct range range)
{
	struct absent absent = {0};

	while (range.start < range.end) {
		struct page_range part = pages_at(&vm->pages, range.start, range.end);

		if (part.state == PAGE_NEVER)
			absent.never_bytes += never_there(vm, part.start, part.end);
		else if (part.state == PAGE_GONE)
			absent.gone_bytes += part.end - part.start;
		range.start = part.end;
	}
	return absent;
}

/* What is there already when a block is born says nothing about who touches it. */
static void note_pages(const struct memory *m, struct vm *vm, struct live_block *block)
{
	struct absent absent = absent_of(vm, whole_pages(m, block));

	block->gone_pages = (uint32_t)(absent.gone_bytes / m->options.page_bytes);
	block->advices = vm->advices;
}

/* Pages that are gone had gone before, unless some were given back since, perhaps its own. */
static void judge_pages(const struct memory *m, struct vm *vm, const struct live_block *block)
{
	struct block_totals *totals = &m->blocks.sites.items[block->site].totals;
	struct range range = whole_pages(m, block);
	struct absent absent = absent_of(vm, range);
	uint64_t untouched = absent.never_bytes, all = range.end - range.start;
	uint64_t gone_before = block->gone_pages * m->options.page_bytes;

	if (block->advices == vm->advices)
		untouched += absent.gone_bytes < gone_before ? absent.gone_bytes : gone_before;
	totals->judged_bytes += all;
	totals->untouched_bytes += untouched;
	totals->untouched_blocks += all && untouched == all;
}

/* ---- Blocks ---- */

static void life_end(struct memory *m, const struct live_block *block, uint64_t end_ns)
{
	struct block_totals *totals = &m->blocks.sites.items[block->site].totals;
	uint64_t life_ns = end_ns > block->made_ns ? end_ns - block->made_ns : 0;

	totals->life_ns += life_ns;
	if (totals->longest_ns < life_ns)
		totals->longest_ns = life_ns;
}

static void displaced_forget(struct memory *m, struct vm *vm, size_t index)
{
	const struct displaced_block *lost = &vm->blocks.displaced.items[index];

	m->blocks.unseen_frees++;
	life_end(m, &lost->block, lost->time_ns);
	vm->blocks.displaced.items[index] = vm->blocks.displaced.items[--vm->blocks.displaced.size];
}

static void displace(struct memory *m, struct vm *vm, struct live_block *block)
{
	if (vm->blocks.displaced.size >= MOST_DISPLACED)
		displaced_forget(m, vm, 0);
	*vec_push(&vm->blocks.displaced) =
		(struct displaced_block){.block = *block, .time_ns = m->now_ns};
	live_change(m, block->site, -1, -(int64_t)block->bytes);
	block_map_remove(&vm->blocks.live, block);
}

static void put(struct memory *m, struct vm *vm, const struct live_block *block)
{
	struct live_block *other = block_map_find(&vm->blocks.live, block->address);

	if (other)
		displace(m, vm, other);
	if (block_map_add(&vm->blocks.live, block))
		live_change(m, block->site, 1, (int64_t)block->bytes);
	else
		m->blocks.untracked++;
}

static void make(struct memory *m, struct vm *vm, const uint64_t *row)
{
	uint32_t site = site_of(&m->blocks, row);
	struct block_totals *totals = &m->blocks.sites.items[site].totals;
	struct live_block block = {
		.address = row[ALLOC_ADDRESS],
		.bytes = row[ALLOC_BYTES],
		.made_ns = m->now_ns,
		.site = site,
	};

	if (!block.address) {
		totals->failures += block.bytes > 0;
		return;
	}
	if (!totals->blocks || totals->least_bytes > block.bytes)
		totals->least_bytes = block.bytes;
	if (totals->largest_bytes < block.bytes)
		totals->largest_bytes = block.bytes;
	totals->blocks++;
	totals->bytes += block.bytes;
	note_pages(m, vm, &block);
	put(m, vm, &block);
}

static void count_unknown(struct memory *m, const struct vm *vm)
{
	if (vm->blocks.is_forked)
		m->blocks.inherited_frees++;
	else
		m->blocks.unknown_frees++;
}

/* A function that frees may be told of twice, when it is another name that leads to it. */
static bool is_repeated(const struct task_memory *task, uint64_t address)
{
	return task->freed_block == address;
}

static void release(struct memory *m, struct vm *vm, const uint64_t *row)
{
	struct task_memory *task = task_memory(m, (uint32_t)row[ALLOC_TASK]);
	uint64_t address = row[ALLOC_ADDRESS];
	struct live_block *block = block_map_find(&vm->blocks.live, address);

	if (block) {
		judge_pages(m, vm, block);
		life_end(m, block, m->now_ns);
		live_change(m, block->site, -1, -(int64_t)block->bytes);
		block_map_remove(&vm->blocks.live, block);
	} else if (!is_repeated(task, address)) {
		count_unknown(m, vm);
	}
	task->freed_block = address;
}

/* Takes the block out that realloc() was called with. */
static bool take(struct memory *m, struct vm *vm, uint64_t address, struct live_block *out)
{
	struct live_block *block;

	for (size_t i = 0; i < vm->blocks.displaced.size; i++) {
		*out = vm->blocks.displaced.items[i].block;
		if (out->address != address)
			continue;
		vm->blocks.displaced.items[i] =
			vm->blocks.displaced.items[--vm->blocks.displaced.size];
		return true;
	}
	block = block_map_find(&vm->blocks.live, address);
	if (!block)
		return false;
	*out = *block;
	live_change(m, block->site, -1, -(int64_t)block->bytes);
	block_map_remove(&vm->blocks.live, block);
	return true;
}

/* Without memory: realloc(block, 0) frees; else the block is as it was. */
static void resize_to_nothing(struct memory *m, struct vm *vm, const uint64_t *row)
{
	uint64_t freed[NR_ALLOC_COLUMNS];

	if (row[ALLOC_BYTES]) {
		make(m, vm, row);
		return;
	}
	memcpy(freed, row, sizeof freed);
	freed[ALLOC_ADDRESS] = row[ALLOC_OLD_ADDRESS];
	release(m, vm, freed);
}

static void resize(struct memory *m, struct vm *vm, const uint64_t *row)
{
	struct live_block block;

	if (!row[ALLOC_ADDRESS]) {
		resize_to_nothing(m, vm, row);
		return;
	}
	if (take(m, vm, row[ALLOC_OLD_ADDRESS], &block)) {
		m->blocks.sites.items[block.site].totals.resized++;
		life_end(m, &block, m->now_ns);
		if (block.address == row[ALLOC_ADDRESS])
			judge_pages(m, vm, &block);
	} else {
		count_unknown(m, vm);
	}
	make(m, vm, row);
}

void blocks_take(struct memory *m, const uint64_t *row)
{
	struct vm *vm = task_vm(m, (uint32_t)row[ALLOC_TASK]);

	switch (row[ALLOC_KIND]) {
	case ALLOC_MADE:
		return make(m, vm, row);
	case ALLOC_RESIZED:
		return resize(m, vm, row);
	case ALLOC_FREED:
		return release(m, vm, row);
	}
}

void blocks_end(struct memory *m, struct vm *vm)
{
	struct block_map *live = &vm->blocks.live;

	for (uint32_t i = 0; i < live->capacity; i++) {
		const struct live_block *block = &live->slots[i];
		struct block_totals *totals;

		if (!block->address)
			continue;
		totals = &m->blocks.sites.items[block->site].totals;
		totals->kept_blocks++;
		totals->kept_bytes += block->bytes;
		judge_pages(m, vm, block);
		life_end(m, block, m->now_ns);
		live_change(m, block->site, -1, -(int64_t)block->bytes);
	}
	while (vm->blocks.displaced.size)
		displaced_forget(m, vm, 0);
	space_blocks_fini(&vm->blocks);
}

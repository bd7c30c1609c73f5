// SPDX-License-Identifier: MIT
/* Address spaces: regions and pages together, from birth to end. */
#include "memory/model.h"

struct range range_of(const struct memory *m, uint64_t start, uint64_t bytes)
{
	uint64_t mask = m->options.page_bytes - 1;
	struct range range = {.start = start & ~mask};

	if (start >= MAX_ADDRESS || bytes > MAX_ADDRESS)
		return (struct range){0};
	range.end = (start + bytes + mask) & ~mask;
	if (range.end > MAX_ADDRESS)
		range.end = MAX_ADDRESS;
	return range;
}

struct vm *vm_new(struct memory *m)
{
	struct vm *vm = xnew(struct vm);

	vm->regions.pool = &m->pool;
	vm->tasks = 1;
	return vm;
}

void vm_hold(struct vm *vm)
{
	vm->tasks++;
}

void vm_settle(struct memory *m, struct vm *vm)
{
	if (vm->own_bytes == vm->pages.own_bytes)
		return;
	m->own_bytes += vm->pages.own_bytes - vm->own_bytes;
	vm->own_bytes = vm->pages.own_bytes;
	if (m->totals.most_bytes < m->own_bytes)
		m->totals.most_bytes = m->own_bytes;
	history_note_bytes(&m->history, m->now_ns, m->own_bytes);
}

void vm_drop(struct memory *m, struct vm *vm)
{
	if (!vm || --vm->tasks)
		return;
	blocks_end(m, vm);
	regions_fini(&vm->regions, m->now_ns);
	pages_fini(&vm->pages);
	vm_settle(m, vm);
	free(vm);
}

/* What the child does not get, or gets empty. */
static void child_forgets(struct vm *child, struct regions *regions)
{
	struct extent part;

	for (uint64_t at = 0; regions_find(regions, at, UINT64_MAX, &part); at = part.end) {
		if (part.flags & (EXTENT_NOT_FORKED | EXTENT_WIPED))
			pages_set(&child->pages, part.start, part.end, PAGE_NEVER, 0);
	}
}

struct vm *vm_fork(struct memory *m, struct vm *parent)
{
	struct vm *child = xnew(struct vm);

	*child = *parent;
	child->tasks = 1;
	child->blocks = (struct space_blocks){.is_forked = true};
	child->own_bytes = 0;
	child->has_forked = parent->has_forked = true;
	regions_fork(&parent->regions, &child->regions);
	pages_fork(&parent->pages, &child->pages);
	child_forgets(child, &parent->regions);
	vm_settle(m, child);
	return child;
}

enum region_kind extent_kind(const struct memory *m, const struct extent *extent)
{
	return m->pool.items.items[extent->region].kind;
}

/* Of what was there before anybody looked, nobody knows what is there still. */
static void doubt_earlier(struct memory *m, struct vm *vm, struct range range, uint32_t returner)
{
	struct extent part;

	for (uint64_t at = range.start;
	     at < range.end && regions_cut(&vm->regions, at, range.end, &part); at = part.end) {
		enum region_kind kind = extent_kind(m, &part);
		bool is_stack = kind == REGION_STACK || kind == REGION_THREAD_STACK;

		/* Of a stack, most was never touched. */
		if (part.flags & EXTENT_BEFORE && region_kind_is_anonymous(kind))
			pages_doubt(&vm->pages, part.start, part.end, is_stack ? 0 : returner);
	}
}

void vm_give_back(struct memory *m, struct vm *vm, struct range range, uint32_t returner)
{
	pages_give_back(&vm->pages, range.start, range.end, returner);
	doubt_earlier(m, vm, range, returner);
	vm_settle(m, vm);
}

void vm_offer(struct memory *m, struct vm *vm, struct range range, uint32_t returner)
{
	pages_offer(&vm->pages, range.start, range.end, returner);
	doubt_earlier(m, vm, range, returner);
	vm_settle(m, vm);
}

void vm_unmap(struct memory *m, struct vm *vm, struct range range, uint32_t returner)
{
	if (range.start >= range.end)
		return;
	vm_give_back(m, vm, range, returner);
	regions_remove(&vm->regions, range.start, range.end, returner, m->now_ns);
}

void vm_map(struct memory *m, struct vm *vm, const struct extent *extent, enum region_kind kind,
	    uint32_t returner)
{
	if (extent->start >= extent->end)
		return;
	vm_unmap(m, vm, (struct range){extent->start, extent->end}, returner);
	regions_add(&vm->regions, extent, kind, m->now_ns);
}

struct task_memory *task_memory(struct memory *m, uint32_t task)
{
	vec_extend(&m->tasks, (size_t)task + 1);
	return &m->tasks.items[task];
}

struct vm *task_vm(struct memory *m, uint32_t task)
{
	struct task_memory *memory = task_memory(m, task);

	if (!memory->vm)
		memory->vm = vm_new(m);
	return memory->vm;
}

// SPDX-License-Identifier: MIT
/*
 * Mappings that no call told of: those that an exec makes, those that were there before anybody
 * looked, and of those that a call has made the file.
 */
#include "memory/model.h"

static bool has_stack_in(const struct memory *m, const struct vm *vm,
			 const struct task_mapping *mapping)
{
	vec_each (&m->tasks, task) {
		if (task->vm == vm && task->is_thread && task->stack_at >= mapping->start &&
		    task->stack_at < mapping->end)
			return true;
	}
	return false;
}

/* An arena begins at a multiple of its size; what is not in use yet follows. */
static bool is_arena(struct memory *m, struct vm *vm, const struct task_mapping *mapping)
{
	struct extent below;

	if (mapping->end - mapping->start > ARENA_BYTES)
		return false;
	if (!(mapping->start & (ARENA_BYTES - 1)))
		return mapping->flags & MAPPED_WRITE;
	return !(mapping->end & (ARENA_BYTES - 1)) && !(mapping->flags & MAPPED_WRITE) &&
	       regions_find(&vm->regions, mapping->start - 1, mapping->start, &below) &&
	       extent_kind(m, &below) == REGION_ARENA;
}

/* What a file's data end in that the file does not hold. */
static bool follows_data(struct vm *vm, const struct task_mapping *mapping)
{
	struct extent below;

	return mapping->start &&
	       regions_find(&vm->regions, mapping->start - 1, mapping->start, &below) &&
	       below.flags & EXTENT_FILE && below.flags & EXTENT_WRITE;
}

/* Of private anonymous memory that some call had made before anybody looked. */
static enum region_kind kind_of_earlier(struct memory *m, struct vm *vm,
					const struct task_mapping *mapping)
{
	if (vm->brk && mapping->end == range_of(m, vm->brk, 0).end)
		return REGION_HEAP;
	if (has_stack_in(m, vm, mapping))
		return REGION_THREAD_STACK;
	if (is_arena(m, vm, mapping))
		return REGION_ARENA;
	return follows_data(vm, mapping) ? REGION_ZEROED : REGION_BLOCK;
}

static enum region_kind kind_of_mapping(struct memory *m, struct vm *vm,
					const struct task_mapping *mapping, enum file_nature file)
{
	bool has_file = mapping->module && file != FILE_OF_ZEROS;

	if (mapping->module == MODULE_VDSO)
		return REGION_VDSO;
	if (mapping->flags & MAPPED_GROWS_DOWN)
		return REGION_STACK;
	if (mapping->flags & MAPPED_SHARED)
		return has_file && file == FILE_ON_DISK ? REGION_SHARED_FILE : REGION_SHARED;
	if (!has_file)
		return mapping->flags & MAPPED_BEFORE ? kind_of_earlier(m, vm, mapping)
						      : REGION_ZEROED;
	return mapping->flags & MAPPED_EXEC ? REGION_TEXT : REGION_FILE;
}

/* The call that made it, where that did not tell the size; else the program's execve. */
static uint32_t owner_of_mapping(const struct task_memory *task, const struct task_mapping *mapping)
{
	if (mapping->flags & MAPPED_BEFORE)
		return task->vm->before_call;
	return mapping->start == task->attach_address ? task->attach_call : task->exec_call;
}

static void mapping_add(struct memory *m, const struct task_mapping *mapping, uint64_t start,
			uint64_t end, enum file_nature file)
{
	struct task_memory *task = task_memory(m, mapping->task);
	struct vm *vm = task->vm;
	enum region_kind kind = kind_of_mapping(m, vm, mapping, file);
	bool is_before = mapping->flags & MAPPED_BEFORE;
	const struct extent extent = {
		.start = start,
		.end = end,
		.owner = owner_of_mapping(task, mapping),
		.flags = (mapping->flags & (EXTENT_PROTECTION | EXTENT_SHARED)) |
			 (mapping->module ? EXTENT_FILE : 0) | (is_before ? EXTENT_BEFORE : 0),
		.module = mapping->module,
	};

	regions_add(&vm->regions, &extent, kind, m->now_ns);
	if (is_before || kind != REGION_STACK || vm->start_stack < start || vm->start_stack >= end)
		return;
	/* The arguments, which exec has put there. */
	pages_set(&vm->pages, vm->start_stack & ~(m->options.page_bytes - 1), end, PAGE_OWN, 0);
	vm_settle(m, vm);
}

/* What a call has mapped is known by its region already: its file is told here. */
static void mapping_name(struct memory *m, struct vm *vm, struct extent *part,
			 const struct task_mapping *mapping, enum file_nature file)
{
	enum region_kind *kind = &m->pool.items.items[part->region].kind;

	if (!(part->flags & EXTENT_FILE) || part->module)
		return;
	part->module = mapping->module;
	if (*kind == REGION_SHARED_FILE && file != FILE_ON_DISK)
		*kind = REGION_SHARED;
	if (*kind == REGION_FILE && file == FILE_OF_ZEROS)
		*kind = REGION_BLOCK;
	regions_change(&vm->regions, part);
}

void memory_take_mapping(struct memory *m, const struct task_mapping *mapping,
			 enum file_nature file)
{
	struct vm *vm = task_vm(m, mapping->task);
	uint64_t at = mapping->start, end = mapping->end;
	struct extent part;

	memory_advance(m, mapping->time_ns);
	if (end > MAX_ADDRESS || (at | end) & (m->options.page_bytes - 1))
		return;
	if (mapping->module && vm->entry >= at && vm->entry < end)
		vm->loader = mapping->module;
	while (at < end) {
		bool is_known = regions_cut(&vm->regions, at, end, &part);

		if (is_known && part.start == at) {
			mapping_name(m, vm, &part, mapping, file);
			at = part.end;
		} else {
			mapping_add(m, mapping, at, is_known ? part.start : end, file);
			at = is_known ? part.start : end;
		}
	}
}

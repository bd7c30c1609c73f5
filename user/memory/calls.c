// SPDX-License-Identifier: MIT
/*
 * What system calls do to memory: each has a part that takes effect when it begins (give-backs) and
 * one for its end (what it makes).
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "memory/model.h"

#define ADVICE_PAGEOUT         21
#define ADVICE_DONTNEED_LOCKED 24
#define ADVICE_GUARD_INSTALL   102

static uint32_t protection_of(uint64_t prot)
{
	return (prot & PROT_READ ? EXTENT_READ : 0) | (prot & PROT_WRITE ? EXTENT_WRITE : 0) |
	       (prot & PROT_EXEC ? EXTENT_EXEC : 0);
}

/* ---- mmap ---- */

static bool is_arena(const struct call *call)
{
	return call->args[2] == PROT_NONE && call->args[3] & MAP_NORESERVE &&
	       (call->args[1] == ARENA_BYTES || call->args[1] == 2 * ARENA_BYTES);
}

/* Whether a file's mapping is laid over: then it is the part of its data that the file lacks. */
static bool covers_file(struct vm *vm, struct range range)
{
	struct extent under;

	return regions_find(&vm->regions, range.start, range.end, &under) &&
	       (under.flags & (EXTENT_FILE | EXTENT_SHARED)) == EXTENT_FILE;
}

static enum region_kind kind_of_mmap(struct vm *vm, const struct call *call, struct range range)
{
	uint64_t flags = call->args[3];
	bool is_shared = flags & MAP_SHARED;

	if (!(flags & MAP_ANONYMOUS))
		return is_shared                   ? REGION_SHARED_FILE
		       : call->args[2] & PROT_EXEC ? REGION_TEXT
						   : REGION_FILE;
	if (is_shared)
		return REGION_SHARED;
	if (flags & MAP_GROWSDOWN)
		return REGION_STACK;
	if (flags & MAP_STACK)
		return REGION_THREAD_STACK;
	if (is_arena(call))
		return REGION_ARENA;
	return flags & MAP_FIXED && covers_file(vm, range) ? REGION_ZEROED : REGION_BLOCK;
}

static void end_mmap(struct memory *m, struct vm *vm, const struct call *call)
{
	uint64_t flags = call->args[3];
	struct range range = range_of(m, (uint64_t)call->result, call->args[1]);
	struct extent extent = {
		.start = range.start,
		.end = range.end,
		.owner = call->id,
		.flags = protection_of(call->args[2]) | (flags & MAP_SHARED ? EXTENT_SHARED : 0) |
			 (flags & MAP_ANONYMOUS ? 0 : EXTENT_FILE) |
			 (flags & MAP_HUGETLB ? EXTENT_HUGETLB : 0),
	};

	vm_map(m, vm, &extent, kind_of_mmap(vm, call, range), flags & MAP_FIXED ? call->id : 0);
}

/* ---- brk ---- */

static void begin_brk(struct memory *m, struct vm *vm, const struct call *call)
{
	uint64_t brk = (uint64_t)call->result;
	struct range gone = range_of(m, brk, 0);

	if (!vm->brk || brk >= vm->brk || call->args[0] != brk)
		return;
	gone.start = gone.end;
	gone.end = range_of(m, vm->brk, 0).end;
	vm_unmap(m, vm, gone, call->id);
	vm->brk = brk;
}

static void end_brk(struct memory *m, struct vm *vm, const struct call *call)
{
	uint64_t brk = (uint64_t)call->result;
	struct extent extent = {
		.start = range_of(m, vm->brk, 0).end,
		.end = range_of(m, brk, 0).end,
		.owner = call->id,
		.flags = EXTENT_READ | EXTENT_WRITE,
	};

	if (vm->brk && brk > vm->brk)
		vm_map(m, vm, &extent, REGION_HEAP, 0);
	if (!vm->brk || brk > vm->brk)
		vm->brk = brk;
}

/* ---- mremap ---- */

/* The part of the old range that is there afterwards, too. */
static struct range kept_range(const struct memory *m, const struct call *call)
{
	struct range old = range_of(m, call->args[0], call->args[1]);
	uint64_t new_bytes = range_of(m, 0, call->args[2]).end;

	if (old.end - old.start > new_bytes)
		old.end = old.start + new_bytes;
	return old;
}

/* The pages have moved, but what was mapped is still there. */
static void leave_emptied(struct memory *m, struct pending *pending, struct range old)
{
	struct vm *vm = pending->vm;
	struct page_range pages;
	struct extent part;

	for (uint64_t at = old.start; regions_cut(&pending->moved, at, old.end, &part);
	     at = part.end)
		regions_add(&vm->regions, &part, extent_kind(m, &part), m->now_ns);
	for (uint64_t at = old.start; at < old.end; at = pages.end) {
		pages = pages_at(&pending->moved_pages, at, old.end);
		pages_set(&vm->pages, pages.start, pages.end, pages.state, pages.returner);
	}
	vm_give_back(m, vm, old, pending->call.id);
}

static void begin_mremap(struct memory *m, struct pending *pending)
{
	const struct call *call = &pending->call;
	struct vm *vm = pending->vm;
	struct range old = range_of(m, call->args[0], call->args[1]);
	struct range kept = kept_range(m, call);

	vm_unmap(m, vm, (struct range){kept.end, old.end}, call->id);
	pending->moved.pool = &m->pool;
	if ((uint64_t)call->result == kept.start)
		return;
	regions_move(&vm->regions, kept.start, kept.end, &pending->moved, 0);
	pages_move(&vm->pages, kept.start, kept.end, &pending->moved_pages, 0);
	if (call->args[3] & MREMAP_DONTUNMAP)
		leave_emptied(m, pending, kept);
}

/* What mremap added behind what was there: the same region, but this part has another owner. */
static void extend_moved(struct memory *m, struct vm *vm, struct range range,
			 const struct call *call)
{
	struct extent last = {.flags = EXTENT_SHARED | EXTENT_READ | EXTENT_WRITE};

	while (regions_cut(&vm->regions, range.start, range.end, &last))
		range.start = last.end;
	last.start = range.start;
	last.end = range.end;
	last.owner = call->id;
	last.flags &= ~(uint32_t)EXTENT_INHERITED;
	if (range.start == range.end)
		return;
	regions_remove(&vm->regions, range.start, range.end, 0, m->now_ns); /* nothing, as it is */
	if (last.region)
		regions_extend(&vm->regions, &last);
	else /* an old size of 0 maps shared memory once more */
		vm_map(m, vm, &last, REGION_SHARED, 0);
}

static void end_mremap(struct memory *m, struct pending *pending)
{
	const struct call *call = &pending->call;
	struct vm *vm = pending->vm;
	struct range kept = kept_range(m, call);
	struct range now = range_of(m, (uint64_t)call->result, call->args[2]);
	uint64_t shift = now.start - kept.start;

	if (shift) {
		vm_unmap(m, vm, now, call->args[3] & MREMAP_FIXED ? call->id : 0);
		regions_move(&pending->moved, kept.start, kept.end, &vm->regions, shift);
		pages_move(&pending->moved_pages, kept.start, kept.end, &vm->pages, shift);
	}
	extend_moved(m, vm, now, call);
	vm_settle(m, vm);
}

/* ---- mprotect, madvise, mlock, shm ---- */

/* Memory that becomes usable by this call is owned by it. */
static void end_mprotect(struct memory *m, struct vm *vm, const struct call *call)
{
	struct range range = range_of(m, call->args[0], call->args[1]);
	uint32_t protection = protection_of(call->args[2]);
	struct extent old;

	for (; regions_cut(&vm->regions, range.start, range.end, &old); range.start = old.end) {
		struct extent part = old;

		if (call_has_failed(call) && old.start != range.start)
			return;
		if (!(part.flags & EXTENT_PROTECTION) && protection &&
		    region_kind_is_anonymous(extent_kind(m, &part))) {
			part.owner = call->id;
			part.flags &= ~(uint32_t)EXTENT_BEFORE; /* what could not be used */
		}
		part.flags = (part.flags & ~(uint32_t)EXTENT_PROTECTION) | protection |
			     EXTENT_REPROTECTED;
		regions_protect(&vm->regions, &old, &part, call->id);
	}
}

static void begin_madvise(struct memory *m, struct vm *vm, const struct call *call)
{
	struct range range = range_of(m, call->args[0], call->args[1]);

	switch (call->args[2]) {
	case MADV_DONTNEED:
	case MADV_REMOVE:
	case ADVICE_DONTNEED_LOCKED:
	case ADVICE_GUARD_INSTALL:
		vm->advices++;
		vm_give_back(m, vm, range, call->id);
		break;
	case MADV_FREE:
	case ADVICE_PAGEOUT:
		vm->advices++;
		vm_offer(m, vm, range, call->id);
	}
}

static void advise(struct vm *vm, struct range range, uint32_t set, uint32_t clear)
{
	struct extent part;

	for (; regions_cut(&vm->regions, range.start, range.end, &part); range.start = part.end) {
		part.flags = (part.flags & ~clear) | set;
		regions_change(&vm->regions, &part);
	}
}

static void end_madvise(struct memory *m, struct vm *vm, const struct call *call)
{
	struct range range = range_of(m, call->args[0], call->args[1]);

	switch (call->args[2]) {
	case MADV_HUGEPAGE:
		return advise(vm, range, EXTENT_HUGE, EXTENT_NO_HUGE);
	case MADV_NOHUGEPAGE:
		return advise(vm, range, EXTENT_NO_HUGE, EXTENT_HUGE);
	case MADV_DONTFORK:
		return advise(vm, range, EXTENT_NOT_FORKED, 0);
	case MADV_DOFORK:
		return advise(vm, range, 0, EXTENT_NOT_FORKED);
	case MADV_WIPEONFORK:
		return advise(vm, range, EXTENT_WIPED, 0);
	case MADV_KEEPONFORK:
		return advise(vm, range, 0, EXTENT_WIPED);
	}
}

/* No argument tells the size: the region is what lies there. */
static void begin_shmdt(struct memory *m, struct vm *vm, const struct call *call)
{
	uint64_t at = call->args[0];
	struct extent part;
	uint32_t region = 0;

	while (at < MAX_ADDRESS && regions_find(&vm->regions, at, at + 1, &part) &&
	       (!region || part.region == region)) {
		region = part.region;
		vm_unmap(m, vm, (struct range){at, part.end}, call->id);
		at = part.end;
	}
}

static void end_shmat(struct memory *m, const struct call *call)
{
	struct task_memory *task = task_memory(m, call->task);

	task->attach_call = call->id;
	task->attach_address = (uint64_t)call->result;
}

/* ---- Both parts ---- */

static void effects_begin(struct memory *m, struct pending *pending)
{
	const struct call *call = &pending->call;

	switch (call->nr) {
	case SYS_munmap:
		return vm_unmap(m, pending->vm, range_of(m, call->args[0], call->args[1]),
				call->id);
	case SYS_brk:
		return begin_brk(m, pending->vm, call);
	case SYS_mremap:
		return begin_mremap(m, pending);
	case SYS_madvise:
		return begin_madvise(m, pending->vm, call);
	case SYS_shmdt:
		return begin_shmdt(m, pending->vm, call);
	}
}

static void effects_end(struct memory *m, struct pending *pending)
{
	const struct call *call = &pending->call;
	struct vm *vm = pending->vm;

	switch (call->nr) {
	case SYS_mmap:
		return end_mmap(m, vm, call);
	case SYS_brk:
		return end_brk(m, vm, call);
	case SYS_mremap:
		return end_mremap(m, pending);
	case SYS_mprotect:
	case SYS_pkey_mprotect:
		return end_mprotect(m, vm, call);
	case SYS_madvise:
		return end_madvise(m, vm, call);
	case SYS_shmat:
		return end_shmat(m, call);
	}
}

/* A thread's stack is what its clone was given, whatever it was mapped as. */
static void note_stack(struct memory *m, struct vm *vm, const struct call *call)
{
	uint64_t top = call->nr == SYS_clone ? call->args[1] : 0;
	struct extent part;

	if (!top || top > MAX_ADDRESS || !regions_find(&vm->regions, top - 1, top, &part))
		return;
	if (extent_kind(m, &part) == REGION_BLOCK)
		m->pool.items.items[part.region].kind = REGION_THREAD_STACK;
}

static bool ends_before(const struct pending *a, const struct pending *b)
{
	if (a->call.end_ns != b->call.end_ns)
		return a->call.end_ns < b->call.end_ns;
	return a->order < b->order;
}

static void pending_push(struct memory *m, const struct pending *pending)
{
	size_t at = m->pending.size, parent;

	vec_push(&m->pending);
	for (; at && ends_before(pending, &m->pending.items[parent = (at - 1) / 2]); at = parent)
		m->pending.items[at] = m->pending.items[parent];
	m->pending.items[at] = *pending;
}

static struct pending pending_pop(struct memory *m)
{
	struct pending top = m->pending.items[0];
	struct pending last = m->pending.items[--m->pending.size];
	size_t at = 0, child;

	for (; (child = 2 * at + 1) < m->pending.size; at = child) {
		if (child + 1 < m->pending.size &&
		    ends_before(&m->pending.items[child + 1], &m->pending.items[child]))
			child++;
		if (!ends_before(&m->pending.items[child], &last))
			break;
		m->pending.items[at] = m->pending.items[child];
	}
	m->pending.items[at] = last;
	return top;
}

static void exec_begin(struct task_memory *task, const struct call *call)
{
	task->exec_call = call->id;
	task->in_exec = true;
}

bool call_has_failed(const struct call *call)
{
	return call->result < 0 && call->result >= -4095;
}

/* Of a range with holes, madvise does all that is there, mprotect what is before the first hole. */
static bool has_effect(const struct call *call)
{
	bool is_partial = call->nr == SYS_madvise || call->nr == SYS_mprotect ||
			  call->nr == SYS_pkey_mprotect;

	return !call_has_failed(call) || (is_partial && call->result == -ENOMEM);
}

bool call_is_exec(const struct call *call)
{
	return call->nr == SYS_execve || call->nr == SYS_execveat;
}

void call_begin(struct memory *m, const struct call *call)
{
	struct vm *vm = task_vm(m, call->task);
	struct pending pending = {.call = *call, .order = m->calls_begun++, .vm = vm};

	note_stack(m, vm, call);
	if (call_is_exec(call))
		exec_begin(task_memory(m, call->task), call);
	if (has_effect(call))
		effects_begin(m, &pending);
	vm_hold(vm);
	pending_push(m, &pending);
}

static void call_end(struct memory *m, struct pending *pending)
{
	if (m->now_ns < pending->call.end_ns)
		m->now_ns = pending->call.end_ns;
	if (has_effect(&pending->call))
		effects_end(m, pending);
	if (pending->call.populated_pages)
		call_populate(m, pending->vm, &pending->call);
	interval_map_fini(&pending->moved.map);
	pages_fini(&pending->moved_pages);
	vm_drop(m, pending->vm);
}

uint64_t call_next_end(const struct memory *m)
{
	return m->pending.size ? m->pending.items[0].call.end_ns : UINT64_MAX;
}

bool call_end_next(struct memory *m, uint64_t time_ns)
{
	struct pending pending;

	if (!m->pending.size || call_next_end(m) > time_ns)
		return false;
	pending = pending_pop(m);
	call_end(m, &pending);
	return true;
}

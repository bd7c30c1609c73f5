// SPDX-License-Identifier: MIT
/*
 * Pages that a system call brings in without a fault: the kernel counts them, and what the call was
 * asked for tells where they are.
 */
#include <sys/syscall.h>

#include "memory/model.h"

#define ADVICE_POPULATE_READ 22

static struct range populated_range(const struct memory *m, const struct call *call)
{
	uint64_t bytes = call->populated_pages * m->options.page_bytes;

	switch (call->nr) {
	case SYS_mmap:
		return range_of(m, (uint64_t)call->result, call->args[1]);
	case SYS_mlock:
	case SYS_mlock2:
	case SYS_madvise:
	case SYS_mprotect:
	case SYS_pkey_mprotect:
		return range_of(m, call->args[0], call->args[1]);
	case SYS_mlockall:
		return (struct range){0, MAX_ADDRESS};
	case SYS_brk:
		return range_of(m, (uint64_t)call->result - bytes, bytes);
	case SYS_mremap:
		return range_of(m, (uint64_t)call->result, call->args[2]);
	case SYS_read:
	case SYS_pread64:
		return range_of(m, call->args[1], call->result > 0 ? (uint64_t)call->result : 0);
	}
	return (struct range){0};
}

static enum page_state populated_state(const struct call *call, const struct extent *part,
				       enum region_kind kind)
{
	bool only_read = call->nr == SYS_madvise && call->args[2] == ADVICE_POPULATE_READ;

	if (kind == REGION_SHARED)
		return PAGE_COMMON;
	if (region_kind_is_anonymous(kind))
		return only_read || !(part->flags & EXTENT_WRITE) ? PAGE_ZERO : PAGE_OWN;
	return kind == REGION_SHARED_FILE || only_read || !(part->flags & EXTENT_WRITE) ? PAGE_FILE
											: PAGE_OWN;
}

struct populating {
	struct memory *m;
	struct vm *vm;
	const struct call *call;
	struct cause_key key;
	uint64_t pages_left; /* that the kernel counted and nothing explains yet */
};

/* Pages of one extent: those that were not there are there now. */
static void populate_part(struct populating *p, const struct extent *part)
{
	struct memory *m = p->m;
	enum region_kind kind = extent_kind(m, part);
	enum page_state state = populated_state(p->call, part, kind);
	const struct region *region = &m->pool.items.items[part->region];

	for (uint64_t at = part->start; at < part->end && p->pages_left;) {
		struct page_range range = pages_at(&p->vm->pages, at, part->end);
		uint64_t pages = (range.end - at) / m->options.page_bytes;

		at = range.end;
		if (range.state != PAGE_NEVER && range.state != PAGE_GONE)
			continue;
		if (pages > p->pages_left)
			pages = p->pages_left;
		p->pages_left -= pages;
		p->key.region_kind = (uint8_t)kind;
		p->key.size_class = (uint8_t)size_class_of(region->bytes);
		p->key.owner = part->owner;
		p->key.module = part->module;
		p->key.returner = range.state == PAGE_GONE ? range.returner : 0;
		causes_add(&m->causes, &p->key, pages, 0, pages * m->options.page_bytes);
		if (state == PAGE_OWN)
			m->totals.made_bytes += pages * m->options.page_bytes;
		pages_set(&p->vm->pages, range.start, range.end, state, 0);
	}
}

/* Of files' pages nobody knows which were there already, so they come last. */
static void populate_kind(struct populating *p, struct range range, bool anonymous)
{
	struct extent part;

	while (p->pages_left && regions_cut(&p->vm->regions, range.start, range.end, &part)) {
		range.start = part.end;
		if (part.flags & EXTENT_PROTECTION &&
		    region_kind_is_anonymous(extent_kind(p->m, &part)) == anonymous)
			populate_part(p, &part);
	}
}

void call_populate(struct memory *m, struct vm *vm, const struct call *call)
{
	struct range range = populated_range(m, call);
	struct populating p = {
		.m = m,
		.vm = vm,
		.call = call,
		.key = {.cause = CAUSE_POPULATED,
			.task = call->task,
			.toucher = call->stack,
			.in_kernel = 1,
			.syscall = (uint32_t)call->nr + 1},
		.pages_left = call->populated_pages,
	};

	m->totals.populated_pages += call->populated_pages;
	if (!call_has_failed(call)) {
		populate_kind(&p, range, true);
		populate_kind(&p, range, false);
	}
	p.key.region_kind = call_is_exec(call) ? REGION_STACK : REGION_UNKNOWN; /* the arguments */
	p.key.size_class = 0;
	p.key.owner = p.key.returner = p.key.module = 0;
	if (p.pages_left)
		causes_add(&m->causes, &p.key, p.pages_left, 0,
			   p.pages_left * m->options.page_bytes);
	vm_settle(m, vm);
}

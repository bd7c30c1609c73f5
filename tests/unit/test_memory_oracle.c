// SPDX-License-Identifier: MIT
/*
 * The model of memory, which works on ranges, against one that keeps every page by itself: random
 * calls and runs of faults of several processes must come out the same, to the page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "made_memory.h"
#include "memory/judge.h"

#include <cmocka.h>

#define NR_PAGES     96
#define NR_PROCESSES 5
#define NR_CALLS     8 /* that own or give back: 0 is none */

/* A page as the oracle knows it. */
struct plain_page {
	bool is_mapped;
	int owner;
	enum page_state state;
	int returner;
};

struct process {
	bool is_alive, has_forked;
	struct plain_page pages[NR_PAGES];
};

struct oracle {
	struct made_memory mm;
	struct process processes[NR_PROCESSES + 1]; /* by task */
	uint32_t nr_tasks;
	uint64_t sums[NR_FAULT_CAUSES][NR_CALLS][NR_CALLS];
	uint64_t own_pages, most_pages, faults;
};

static const uint64_t call_nrs[NR_CALLS] = {0, SYS_mmap, SYS_munmap, SYS_madvise, SYS_mremap};
enum { BY_NOBODY, BY_MMAP, BY_MUNMAP, BY_MADVISE, BY_MREMAP };

static uint64_t seed;

static uint64_t random_below(uint64_t limit)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % limit;
}

static bool is_own(enum page_state state)
{
	return state == PAGE_OWN || state == PAGE_SHARED || state == PAGE_AHEAD;
}

static void count_own(struct oracle *o)
{
	o->own_pages = 0;
	for (uint32_t t = 1; t <= o->nr_tasks; t++) {
		for (int p = 0; p < NR_PAGES && o->processes[t].is_alive; p++)
			o->own_pages += is_own(o->processes[t].pages[p].state);
	}
	if (o->most_pages < o->own_pages)
		o->most_pages = o->own_pages;
}

static void plain_give_back(struct plain_page *page, int returner)
{
	if (page->state == PAGE_NEVER || page->state == PAGE_GONE)
		return;
	page->state = PAGE_GONE;
	page->returner = returner;
}

/* ---- What happens, to both ---- */

static void do_map(struct oracle *o, struct process *process, uint64_t page, uint64_t pages)
{
	CALL(&o->mm, SYS_mmap, AT(page), AT(page), pages * PAGE, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, (uint64_t)-1);
	for (uint64_t i = page; i < page + pages; i++) {
		plain_give_back(&process->pages[i], BY_MMAP);
		process->pages[i].is_mapped = true;
		process->pages[i].owner = BY_MMAP;
	}
}

static void do_unmap(struct oracle *o, struct process *process, uint64_t page, uint64_t pages)
{
	CALL(&o->mm, SYS_munmap, 0, AT(page), pages * PAGE);
	for (uint64_t i = page; i < page + pages; i++) {
		plain_give_back(&process->pages[i], BY_MUNMAP);
		process->pages[i].is_mapped = false;
	}
}

static void do_advise(struct oracle *o, struct process *process, uint64_t page, uint64_t pages)
{
	CALL(&o->mm, SYS_madvise, 0, AT(page), pages * PAGE, MADV_DONTNEED);
	for (uint64_t i = page; i < page + pages; i++)
		plain_give_back(&process->pages[i], BY_MADVISE);
}

/* Takes a mapped stretch to somewhere else, or leaves it, with another size. */
static void do_remap(struct oracle *o, struct process *process, uint64_t page, uint64_t pages)
{
	uint64_t to = random_below(3) ? random_below(NR_PAGES) : page;
	uint64_t new_pages = 1 + random_below(20), kept = new_pages < pages ? new_pages : pages;
	struct plain_page moved[NR_PAGES];

	for (uint64_t i = page; i < page + pages; i++)
		if (!process->pages[i].is_mapped)
			return;
	if (to + new_pages > NR_PAGES || (to != page && to < page + pages && page < to + new_pages))
		return;
	for (uint64_t i = page + pages; to == page && i < page + new_pages; i++)
		if (process->pages[i].is_mapped) /* no room to grow in place */
			return;
	CALL(&o->mm, SYS_mremap, AT(to), AT(page), pages * PAGE, new_pages * PAGE,
	     to == page ? 0 : MREMAP_MAYMOVE | MREMAP_FIXED, AT(to));
	for (uint64_t i = page + kept; i < page + pages; i++) {
		plain_give_back(&process->pages[i], BY_MREMAP);
		process->pages[i].is_mapped = false;
	}
	if (to != page) {
		for (uint64_t i = 0; i < kept; i++) {
			moved[i] = process->pages[page + i];
			process->pages[page + i] = (struct plain_page){0};
		}
		for (uint64_t i = 0; i < new_pages; i++) {
			plain_give_back(&process->pages[to + i], BY_MREMAP);
			process->pages[to + i].is_mapped = false;
		}
		for (uint64_t i = 0; i < kept; i++)
			process->pages[to + i] = moved[i];
	}
	for (uint64_t i = to + kept; i < to + new_pages; i++) {
		process->pages[i].is_mapped = true;
		process->pages[i].owner = BY_MREMAP;
	}
}

static void do_fork(struct oracle *o, uint32_t task)
{
	struct process *parent = &o->processes[task], *child;

	if (o->nr_tasks == NR_PROCESSES)
		return;
	o->nr_tasks++;
	child = &o->processes[o->nr_tasks];
	EVENT(&o->mm, .type = TASK_FORK, .other = o->nr_tasks, .value = {o->nr_tasks, 100, 100});
	parent->has_forked = true;
	*child = *parent;
	for (int i = 0; i < NR_PAGES; i++) {
		enum page_state *state = &parent->pages[i].state;

		child->pages[i].state = is_own(*state) || *state == PAGE_INHERITED ? PAGE_INHERITED
					: *state == PAGE_ZERO                      ? PAGE_ZERO
										   : PAGE_NEVER;
		if (is_own(*state))
			*state = PAGE_SHARED;
	}
}

static void plain_fault(struct oracle *o, struct process *process, uint64_t at, uint32_t error)
{
	struct plain_page *page = &process->pages[at];
	const struct fault_facts facts = {
		.error = error,
		.has_forked = process->has_forked,
		.flags = EXTENT_READ | EXTENT_WRITE,
		.region_kind = page->is_mapped ? REGION_BLOCK : REGION_UNKNOWN,
		.page = page->state,
	};
	struct verdict verdict = judge(&facts);

	o->sums[verdict.cause][page->is_mapped ? page->owner : 0]
	       [verdict.by_returner ? page->returner : 0]++;
	page->state = verdict.page;
}

static void do_faults(struct oracle *o, struct process *process, uint64_t page, uint64_t pages)
{
	static const uint32_t errors[] = {READ_ONE, WRITE_ONE, WRITE_ONE, WRITE_PROTECTED};
	uint32_t error = errors[random_below(4)];
	bool down = random_below(2);
	uint64_t stride = random_below(4) ? 1 : 1 + random_below(3);
	uint64_t faults = (pages + stride - 1) / stride, first = down ? (faults - 1) * stride : 0;

	fault_at(&o->mm, AT(page + first) + random_below(PAGE / 2), faults,
		 (int64_t)(down ? -stride * PAGE : stride * PAGE), error);
	for (uint64_t i = 0; i < faults; i++)
		plain_fault(o, process, page + i * stride, error);
	o->faults += faults;
}

static void step(struct oracle *o)
{
	uint32_t task = 1 + (uint32_t)random_below(o->nr_tasks);
	struct process *process = &o->processes[task];
	uint64_t page = random_below(NR_PAGES), pages = 1 + random_below(24);

	if (page + pages > NR_PAGES)
		pages = NR_PAGES - page;
	if (!process->is_alive)
		return;
	o->mm.task = task;
	switch (random_below(40)) {
	case 0 ... 6:
		do_map(o, process, page, pages);
		break;
	case 7 ... 10:
		do_unmap(o, process, page, pages);
		break;
	case 11 ... 13:
		do_advise(o, process, page, pages);
		break;
	case 14 ... 17:
		do_remap(o, process, page, pages);
		break;
	case 18:
		do_fork(o, task);
		break;
	case 19:
		if (task == 1 || random_below(4))
			break;
		EVENT(&o->mm, .type = TASK_EXIT);
		process->is_alive = false;
		break;
	default:
		do_faults(o, process, page, pages);
	}
	count_own(o);
}

/* ---- The comparison ---- */

static int call_index(const struct oracle *o, uint32_t id)
{
	uint64_t nr = memory_call_of(o->mm.model, id)->nr;

	for (int i = 1; id && i < NR_CALLS; i++)
		if (call_nrs[i] == nr)
			return i;
	return 0;
}

static void compare(struct oracle *o)
{
	uint64_t all = 0;

	memory_finish(o->mm.model, o->mm.now_ns);
	vec_each (&memory_causes(o->mm.model)->rows, row) {
		uint64_t *sum = &o->sums[row->key.cause][call_index(o, row->key.owner)]
					[call_index(o, row->key.returner)];

		assert_true(*sum >= row->pages);
		*sum -= row->pages;
		all += row->pages;
	}
	assert_int_equal(all, o->faults); /* so nothing is left in the sums */
	assert_int_equal(memory_totals(o->mm.model)->most_bytes, o->most_pages * PAGE);
	assert_int_equal(memory_totals(o->mm.model)->service_ns, 3 * o->faults);
}

static void ranges_and_pages_agree(void **state)
{
	(void)state;
	for (uint64_t round = 1; round <= 400; round++) {
		struct oracle *o = xnew(struct oracle);

		seed = round * 0x9e3779b97f4a7c15;
		memory_start(&o->mm);
		o->nr_tasks = 1;
		o->processes[1].is_alive = true;
		for (int i = 0; i < 300; i++)
			step(o);
		compare(o);
		memory_free(o->mm.model);
		free(o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_and_pages_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

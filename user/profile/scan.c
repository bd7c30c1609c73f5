// SPDX-License-Identifier: MIT
#include "profile/scan.h"

#include "profile/facts.h"

static void note_stack(struct scan *scan, uint64_t stack, bool lost, bool unasked, uint64_t events)
{
	if (unasked)
		scan->stacks_unasked += events;
	else
		scan->stack_events[stack] += events;
	if (lost)
		scan->stacks_lost += events;
}

static void add_syscalls(struct scan *scan, const struct columns *c)
{
	for (uint32_t i = 0; i < c->rows; i++) {
		struct activity *task = &scan->tasks[c->at[SYSCALL_TASK][i]];
		uint64_t flags = c->at[SYSCALL_FLAGS][i];

		task->syscalls++;
		scan->calls_attached += flags & SYSCALL_ATTACHED ? 1 : 0;
		if (!(flags & SYSCALL_UNTIMED))
			task->syscall_ns += c->at[SYSCALL_DURATION_NS][i];
		scan->populated_pages += c->at[SYSCALL_POPULATED_PAGES][i];
		note_stack(scan, c->at[SYSCALL_STACK][i], flags & SYSCALL_STACK_LOST,
			   flags & SYSCALL_STACK_UNASKED, 1);
	}
}

/* Of calls that were not chosen, only what balances the faults counts. */
static void add_unchosen(struct scan *scan, const struct columns *c)
{
	for (uint32_t i = 0; i < c->rows; i++)
		scan->populated_pages += c->at[SYSCALL_POPULATED_PAGES][i];
}

/* Of what was freed no stack was to be taken. */
static void add_allocations(struct scan *scan, const struct columns *c)
{
	for (uint32_t i = 0; i < c->rows; i++)
		if (c->at[ALLOC_KIND][i] != ALLOC_FREED)
			note_stack(scan, c->at[ALLOC_STACK][i],
				   c->at[ALLOC_FLAGS][i] & ALLOC_STACK_LOST, false, 1);
}

static void add_to_class(struct fault_class *class, const struct columns *c, uint32_t i)
{
	uint64_t count = c->at[FAULT_COUNT][i], flags = c->at[FAULT_FLAGS][i];

	class->faults += count;
	*(flags & FAULT_KERNEL ? &class->kernel : &class->user) += count;
	if (count > 1)
		class->in_runs += count;
	if (flags & FAULT_UNTIMED)
		return;
	class->timed += count;
	class->service_ns += c->at[FAULT_SERVICE_NS][i];
	if (class->max_ns < c->at[FAULT_SERVICE_MAX_NS][i])
		class->max_ns = c->at[FAULT_SERVICE_MAX_NS][i];
}

static void add_faults(struct scan *scan, const struct columns *c)
{
	for (uint32_t i = 0; i < c->rows; i++) {
		uint64_t kind = c->at[FAULT_KIND][i], count = c->at[FAULT_COUNT][i];
		uint64_t flags = c->at[FAULT_FLAGS][i];

		add_to_class(&scan->faults[kind], c, i);
		scan->tasks[c->at[FAULT_TASK][i]].faults += count;
		scan->populated_pages += c->at[FAULT_POPULATED_PAGES][i];
		note_stack(scan, c->at[FAULT_STACK][i], flags & FAULT_STACK_LOST,
			   flags & FAULT_STACK_UNASKED, count);
	}
}

static uint64_t kernel_count(const struct recording *r, const char *what, const char *kind)
{
	scoped_free char *name = xasprintf("kernel.%s.%s", what, kind);

	return recording_counter(r, name);
}

static uint32_t wanted_columns(enum block_kind kind)
{
	if (kind == BLOCK_MEMORY_CALLS)
		return COLUMN(SYSCALL_POPULATED_PAGES);
	if (kind == BLOCK_SYSCALLS)
		return COLUMN(SYSCALL_TASK) | COLUMN(SYSCALL_DURATION_NS) | COLUMN(SYSCALL_STACK) |
		       COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_POPULATED_PAGES);
	if (kind == BLOCK_ALLOCATIONS)
		return COLUMN(ALLOC_KIND) | COLUMN(ALLOC_STACK) | COLUMN(ALLOC_FLAGS);
	return COLUMN(FAULT_COUNT) | COLUMN(FAULT_SERVICE_NS) | COLUMN(FAULT_SERVICE_MAX_NS) |
	       COLUMN(FAULT_STACK) | COLUMN(FAULT_KIND) | COLUMN(FAULT_FLAGS) | COLUMN(FAULT_TASK) |
	       COLUMN(FAULT_POPULATED_PAGES);
}

static void scan_block(struct recording *r, const struct block *block, struct scan *scan)
{
	struct columns c;

	if (block_columns(r, block, wanted_columns(block->kind), &c) < 0)
		return;
	if (block->kind == BLOCK_SYSCALLS)
		add_syscalls(scan, &c);
	else if (block->kind == BLOCK_MEMORY_CALLS)
		add_unchosen(scan, &c);
	else if (block->kind == BLOCK_ALLOCATIONS)
		add_allocations(scan, &c);
	else
		add_faults(scan, &c);
	columns_fini(&c);
}

void scan_recording(struct recording *r, struct scan *out)
{
	*out = (struct scan){
		.tasks = xcalloc(r->tasks.size, sizeof *out->tasks),
		.stack_events = xcalloc(r->stacks.size, sizeof *out->stack_events),
	};
	vec_each (&r->blocks, block)
		scan_block(r, block, out);
}

void scan_add_lost_faults(struct scan *scan, const struct recording *r)
{
	static const char *const names[NR_FAULT_KINDS] = {"minor", "major", "failed"};

	for (int kind = 0; kind < NR_FAULT_KINDS; kind++) {
		struct fault_class *class = &scan->faults[kind];
		uint64_t faults = kernel_count(r, "faults", names[kind]);
		uint64_t service_ns = kernel_count(r, "fault_ns", names[kind]);

		if (faults <= class->faults)
			continue;
		scan->faults_lost += faults - class->faults;
		if (service_ns > class->service_ns)
			scan->fault_ns_lost += service_ns - class->service_ns;
		class->faults = class->timed = faults;
		class->kernel = kernel_count(r, "faults_in_kernel", names[kind]);
		class->user = faults - class->kernel;
		class->service_ns = service_ns;
	}
}

void scan_fini(struct scan *scan)
{
	free(scan->tasks);
	free(scan->stack_events);
	*scan = (struct scan){0};
}

uint64_t scan_faults(const struct scan *scan)
{
	uint64_t faults = 0;

	for (int kind = 0; kind < NR_FAULT_KINDS; kind++)
		faults += scan->faults[kind].faults;
	return faults;
}

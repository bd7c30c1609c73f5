// SPDX-License-Identifier: MIT
#include "memory/memory.h"

#include <sys/syscall.h>
#include <xxhash.h>

#include "memory/model.h"

#define MADVISE_DETAIL 2 /* which argument is the advice */

struct memory *memory_new(const struct memory_options *options)
{
	struct memory *m = xnew(struct memory);

	m->options = *options;
	region_pool_init(&m->pool);
	history_init(&m->history, options->start_ns);
	vec_push(&m->calls);
	return m;
}

void memory_free(struct memory *m)
{
	if (!m)
		return;
	while (call_end_next(m, UINT64_MAX))
		; /* they hold what they have taken away */
	vec_each (&m->tasks, task) {
		vm_drop(m, task->vm);
		vec_free(&task->setup);
	}
	vec_free(&m->tasks);
	vec_free(&m->pending);
	vec_free(&m->calls);
	idmap_fini(&m->call_ids);
	vec_free(&m->programs);
	idmap_fini(&m->program_ids);
	causes_fini(&m->causes);
	blocks_fini(&m->blocks);
	region_pool_fini(&m->pool);
	free(m);
}

bool memory_wants_call(uint64_t nr)
{
	switch (nr) {
	case SYS_mmap:
	case SYS_munmap:
	case SYS_brk:
	case SYS_mremap:
	case SYS_mprotect:
	case SYS_pkey_mprotect:
	case SYS_madvise:
	case SYS_shmat:
	case SYS_shmdt:
	case SYS_clone:
	case SYS_execve:
	case SYS_execveat:
		return true;
	}
	return false;
}

static bool call_equals(const void *owner, uint32_t id, const void *wanted)
{
	const struct memory *m = owner;

	return !memcmp(&m->calls.items[id], wanted, sizeof(struct memory_call));
}

static void place_call(struct memory *m, uint32_t id, const struct memory_call *call)
{
	const struct memory_options *options = &m->options;
	const struct call_place place = {
		.nr = call->nr,
		.detail = call->detail,
		.place = options->place_of ? options->place_of(options->place_arg, call->stack)
					   : call->stack,
	};

	call_totals_place(&m->pool.calls, id, &place);
}

static uint32_t intern_call(struct memory *m, const struct memory_call *call)
{
	uint32_t new_id = (uint32_t)m->calls.size;
	uint32_t id = idmap_intern(&m->call_ids, XXH3_64bits(call, sizeof *call), call_equals, m,
				   call, new_id);

	if (id == new_id) {
		*vec_push(&m->calls) = *call;
		if (call->nr != MEMORY_CALL_BEFORE)
			place_call(m, id, call);
	}
	return id;
}

/* All that is under way comes as far as it is at that time. */
static void advance(struct memory *m, uint64_t time_ns)
{
	do {
		uint64_t next_ns = call_next_end(m);

		runs_advance(m, next_ns < time_ns ? next_ns : time_ns);
	} while (call_end_next(m, time_ns));
	if (m->now_ns < time_ns)
		m->now_ns = time_ns;
}

/* ---- Tasks ---- */

static void task_born(struct memory *m, const struct task_event *event)
{
	struct vm *parent = task_vm(m, event->task);
	struct task_memory *child = task_memory(m, event->other);
	bool is_thread = event->value[0] != event->other, shares = is_thread || event->value[3];

	vm_drop(m, child->vm);
	child->is_thread = is_thread;
	child->vm = shares ? parent : vm_fork(m, parent);
	if (shares)
		vm_hold(parent);
}

static void task_gone(struct memory *m, uint32_t id)
{
	struct task_memory *task = task_memory(m, id);

	vm_drop(m, task->vm);
	vec_free(&task->setup);
	task->vm = NULL;
}

static bool program_equals(const void *owner, uint32_t id, const void *wanted)
{
	const struct memory *m = owner;

	return !strcmp(m->programs.items[id - 1], wanted);
}

/* The call that nobody told of, or not from where: the program is what is known of it. */
static uint32_t exec_call_of(struct memory *m, const char *program)
{
	uint32_t new_id = (uint32_t)m->programs.size + 1;
	uint32_t id = idmap_intern(&m->program_ids, XXH3_64bits(program, strlen(program)),
				   program_equals, m, program, new_id);
	const struct memory_call call = {.nr = SYS_execve, .detail = id};

	if (id == new_id)
		*vec_push(&m->programs) = program;
	return intern_call(m, &call);
}

static void task_executes(struct memory *m, const struct task_event *event)
{
	struct task_memory *task = task_memory(m, event->task);

	if (!task->in_exec || !memory_call_of(m, task->exec_call)->stack)
		task->exec_call = exec_call_of(m, event->text ? event->text : "");
	task->in_exec = false;
	vm_drop(m, task->vm);
	task->vm = vm_new(m);
	task->vm->brk = event->value[2];
	task->vm->start_stack = event->value[3];
	task->vm->vdso = event->value[4];
	task->vm->entry = event->value[5];
	vec_each (&task->setup, range)
		pages_set(&task->vm->pages, range->start, range->end, PAGE_OWN, 0);
	task->setup.size = 0;
	vm_settle(m, task->vm);
}

/* It was running before. Its mappings follow, or have come already. */
static void task_joins(struct memory *m, const struct task_event *event)
{
	struct task_memory *task;
	struct vm *vm;

	if (event->value[0] && event->value[0] < event->task) {
		vm = task_vm(m, (uint32_t)event->value[0]);
		vm_hold(vm);
		task = task_memory(m, event->task);
		vm_drop(m, task->vm);
		task->vm = vm;
		task->is_thread = true;
	}
	task_memory(m, event->task)->stack_at = event->value[4];
}

static void program_joins(struct memory *m, const struct task_event *event)
{
	const struct memory_call before = {.nr = MEMORY_CALL_BEFORE};
	struct vm *vm = task_vm(m, event->task);

	vm->brk = event->value[2];
	vm->start_stack = event->value[3];
	vm->vdso = event->value[4];
	vm->entry = event->value[5];
	vm->before_call = intern_call(m, &before);
}

static void take_populated(struct memory *m, const struct task_event *event)
{
	const struct cause_key key = {.cause = CAUSE_POPULATED, .task = event->task};

	if (!event->value[5])
		return;
	m->totals.populated_pages += event->value[5];
	causes_add(&m->causes, &key, event->value[5], 0, event->value[5] * m->options.page_bytes);
}

void memory_take_task_event(struct memory *m, const struct task_event *event)
{
	advance(m, event->time_ns);
	switch (event->type) {
	case TASK_FORK:
		if (event->other > event->task)
			task_born(m, event);
		break;
	case TASK_EXEC:
		task_executes(m, event);
		break;
	case TASK_START:
		task_joins(m, event);
		break;
	case TASK_ATTACHED:
		program_joins(m, event);
		break;
	case TASK_EXIT:
		take_populated(m, event);
		task_gone(m, event->task);
		break;
	case TASK_LEFT:
		take_populated(m, event);
		break;
	}
}

/* ---- Mappings ---- */

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
					const struct task_mapping *mapping, bool is_on_disk)
{
	if (mapping->module == MODULE_VDSO)
		return REGION_VDSO;
	if (mapping->flags & MAPPED_GROWS_DOWN)
		return REGION_STACK;
	if (mapping->flags & MAPPED_SHARED)
		return mapping->module && is_on_disk ? REGION_SHARED_FILE : REGION_SHARED;
	if (!mapping->module)
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
			uint64_t end, bool is_on_disk)
{
	struct task_memory *task = task_memory(m, mapping->task);
	struct vm *vm = task->vm;
	enum region_kind kind = kind_of_mapping(m, vm, mapping, is_on_disk);
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
			 const struct task_mapping *mapping, bool is_on_disk)
{
	enum region_kind *kind = &m->pool.items.items[part->region].kind;

	if (!(part->flags & EXTENT_FILE) || part->module)
		return;
	part->module = mapping->module;
	if (*kind == REGION_SHARED_FILE && !is_on_disk)
		*kind = REGION_SHARED;
	regions_change(&vm->regions, part);
}

void memory_take_mapping(struct memory *m, const struct task_mapping *mapping, bool is_on_disk)
{
	struct vm *vm = task_vm(m, mapping->task);
	uint64_t at = mapping->start, end = mapping->end;
	struct extent part;

	advance(m, mapping->time_ns);
	if (end > MAX_ADDRESS || (at | end) & (m->options.page_bytes - 1))
		return;
	if (mapping->module && vm->entry >= at && vm->entry < end)
		vm->loader = mapping->module;
	while (at < end) {
		bool is_known = regions_cut(&vm->regions, at, end, &part);

		if (is_known && part.start == at) {
			mapping_name(m, vm, &part, mapping, is_on_disk);
			at = part.end;
		} else {
			mapping_add(m, mapping, at, is_known ? part.start : end, is_on_disk);
			at = is_known ? part.start : end;
		}
	}
}

/* ---- Events ---- */

static uint64_t asked_bytes(const struct call *call)
{
	switch (call->nr) {
	case SYS_mmap:
	case SYS_munmap:
	case SYS_madvise:
	case SYS_mprotect:
		return call->args[1];
	case SYS_mremap:
		return call->args[2];
	default:
		return 0;
	}
}

static void count_call(struct memory *m, const struct call *call)
{
	struct call_totals *totals = call_totals_at(&m->pool.calls, call->id);

	if (call->nr == UINT64_MAX || (call->result < 0 && call->result >= -4095))
		return;
	totals->calls++;
	totals->thread_calls += task_memory(m, call->task)->is_thread;
	totals->duration_ns += call->end_ns - call->start_ns;
	totals->asked_bytes += asked_bytes(call);
}

void memory_take_syscall(struct memory *m, const uint64_t *row)
{
	struct memory_call place = {.nr = (uint32_t)row[SYSCALL_NR],
				    .stack = (uint32_t)row[SYSCALL_STACK]};
	struct call call = {
		.start_ns = row[SYSCALL_START_NS],
		.end_ns = row[SYSCALL_START_NS] + row[SYSCALL_DURATION_NS],
		.result = (int64_t)row[SYSCALL_RESULT],
		.nr = row[SYSCALL_NR],
		.task = (uint32_t)row[SYSCALL_TASK],
		.stack = (uint32_t)row[SYSCALL_STACK],
		.populated_pages = row[SYSCALL_POPULATED_PAGES],
	};

	advance(m, call.start_ns);
	if (row[SYSCALL_FLAGS] & (SYSCALL_UNFINISHED | SYSCALL_BLOCKED | SYSCALL_COMPAT))
		call.nr = UINT64_MAX; /* it did nothing that is known */
	memcpy(call.args, &row[SYSCALL_ARG0], sizeof call.args);
	if (call.nr == SYS_madvise)
		place.detail = (uint32_t)call.args[MADVISE_DETAIL];
	m->totals.calls += call.nr == SYS_mmap || call.nr == SYS_brk;
	call.id = intern_call(m, &place);
	count_call(m, &call);
	call_begin(m, &call);
}

void memory_take_fault(struct memory *m, const uint64_t *row)
{
	uint64_t next_ns;

	while ((next_ns = call_next_end(m)) <= row[FAULT_START_NS] && next_ns < UINT64_MAX)
		advance(m, next_ns);
	run_begin(m, row);
}

/* Its task has come to it: faults of that time came before. */
void memory_take_alloc(struct memory *m, const uint64_t *row)
{
	advance(m, row[ALLOC_TIME_NS]);
	blocks_take(m, row);
}

void memory_finish(struct memory *m, uint64_t time_ns)
{
	do
		runs_advance(m, call_next_end(m));
	while (call_end_next(m, UINT64_MAX));
	if (m->now_ns < time_ns)
		m->now_ns = time_ns;
	for (uint32_t id = 0; id < m->tasks.size; id++)
		task_gone(m, id);
	history_finish(&m->history);
}

const struct memory_totals *memory_totals(const struct memory *m)
{
	return &m->totals;
}

const struct causes *memory_causes(const struct memory *m)
{
	return &m->causes;
}

const struct lives *memory_lives(const struct memory *m)
{
	return &m->pool.lives;
}

const struct blocks *memory_blocks(const struct memory *m)
{
	return &m->blocks;
}

const struct history *memory_history(const struct memory *m)
{
	return &m->history;
}

const struct memory_call *memory_call_of(const struct memory *m, uint32_t id)
{
	return &m->calls.items[id];
}

const char *memory_call_program(const struct memory *m, uint32_t id)
{
	const struct memory_call *call = memory_call_of(m, id);
	bool is_exec = call->nr == SYS_execve && call->detail;

	return is_exec ? m->programs.items[call->detail - 1] : NULL;
}

uint32_t memory_nr_calls(const struct memory *m)
{
	return (uint32_t)m->calls.size;
}

uint32_t memory_nr_places(const struct memory *m)
{
	return (uint32_t)m->pool.calls.places.size + 1;
}

uint32_t memory_place_of_call(const struct memory *m, uint32_t id)
{
	return id < m->pool.calls.place_of_call.size ? m->pool.calls.place_of_call.items[id] : 0;
}

struct call_totals memory_place_totals(const struct memory *m, uint32_t place)
{
	const struct call_totals none = {0};

	return place < m->pool.calls.rows.size ? m->pool.calls.rows.items[place] : none;
}

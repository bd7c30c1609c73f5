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

void memory_advance(struct memory *m, uint64_t time_ns)
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
	memory_advance(m, event->time_ns);
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

	memory_advance(m, call.start_ns);
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
		memory_advance(m, next_ns);
	run_begin(m, row);
}

/* Its task has come to it: faults of that time came before. */
void memory_take_alloc(struct memory *m, const uint64_t *row)
{
	memory_advance(m, row[ALLOC_TIME_NS]);
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

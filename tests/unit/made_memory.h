/* SPDX-License-Identifier: MIT */
/* A model of memory that tests feed with what they know the causes of. */
#ifndef PROF_TESTS_MADE_MEMORY_H
#define PROF_TESTS_MADE_MEMORY_H

#include <sys/mman.h>
#include <sys/syscall.h>

#include "memory/memory.h"

#define PAGE            4096ULL
#define BASE            0x7f0000000000ULL
#define AT(page)        (BASE + (uint64_t)(page)*PAGE)
#define READ_ONE        4 /* the processor's error codes: absent, read */
#define WRITE_ONE       6 /* absent, write */
#define WRITE_PROTECTED 7

struct made_memory {
	struct memory *model;
	uint64_t now_ns;
	uint32_t task;
};

static inline void memory_start(struct made_memory *mm)
{
	const struct memory_options options = {.page_bytes = PAGE};

	*mm = (struct made_memory){memory_new(&options), 1000, 1};
}

/* One for each test, for cmocka. */
static inline int memory_setup(void **state)
{
	struct made_memory *mm = xnew(struct made_memory);

	memory_start(mm);
	*state = mm;
	return 0;
}

static inline int memory_teardown(void **state)
{
	struct made_memory *mm = *state;

	memory_free(mm->model);
	free(mm);
	return 0;
}

static inline void finish(struct made_memory *mm)
{
	memory_finish(mm->model, mm->now_ns);
}

/* A system call of `duration_ns`, whose stack has the number of the call. */
static inline void call_lasting(struct made_memory *mm, uint64_t duration_ns, uint64_t nr,
				uint64_t result, const uint64_t args[6], uint64_t populated)
{
	uint64_t row[MAX_COLUMNS] = {
		[SYSCALL_START_NS] = mm->now_ns,
		[SYSCALL_DURATION_NS] = duration_ns,
		[SYSCALL_RESULT] = result,
		[SYSCALL_NR] = nr,
		[SYSCALL_TASK] = mm->task,
		[SYSCALL_STACK] = (uint32_t)nr + 1000,
		[SYSCALL_ARG0] = args[0],
		[SYSCALL_ARG1] = args[1],
		[SYSCALL_ARG2] = args[2],
		[SYSCALL_ARG3] = args[3],
		[SYSCALL_ARG4] = args[4],
		[SYSCALL_ARG5] = args[5],
		[SYSCALL_POPULATED_PAGES] = populated,
	};

	memory_take_syscall(mm->model, row);
	mm->now_ns += 10;
}

#define CALL(mm, nr, result, ...)                                                                  \
	call_lasting(mm, 5, nr, result, (const uint64_t[6]){__VA_ARGS__}, 0)

static inline void map(struct made_memory *mm, uint64_t page, uint64_t pages, uint64_t prot,
		       uint64_t flags)
{
	CALL(mm, SYS_mmap, AT(page), AT(page), pages * PAGE, prot, flags, (uint64_t)-1);
}

#define MAP_BLOCK(mm, page, pages)                                                                 \
	map(mm, page, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS)

/* A run of faults, a nanosecond each. */
static inline void fault_at(struct made_memory *mm, uint64_t address, uint64_t pages,
			    int64_t stride, uint32_t error)
{
	uint64_t row[MAX_COLUMNS] = {
		[FAULT_START_NS] = mm->now_ns,
		[FAULT_SPAN_NS] = pages - 1,
		[FAULT_COUNT] = pages,
		[FAULT_SERVICE_NS] = 3 * pages,
		[FAULT_ADDRESS] = address,
		[FAULT_STRIDE_BYTES] = pages > 1 ? (uint64_t)stride : 0,
		[FAULT_TASK] = mm->task,
		[FAULT_STACK] = 1,
		[FAULT_ERROR_CODE] = error,
	};

	memory_take_fault(mm->model, row);
	mm->now_ns += pages + 10;
}

#define FAULT(mm, page, pages, error) fault_at(mm, AT(page), pages, PAGE, error)

static inline void task_event(struct made_memory *mm, const struct task_event *event)
{
	struct task_event e = *event;

	e.time_ns = mm->now_ns;
	if (!e.task)
		e.task = mm->task;
	memory_take_task_event(mm->model, &e);
	mm->now_ns += 10;
}

#define EVENT(mm, ...) task_event(mm, &(const struct task_event){__VA_ARGS__})

/* Pages of one cause; of `owner` and `returner`, by numbers of system calls, unless -1. */
static inline uint64_t pages_of(const struct made_memory *mm, enum fault_cause cause, int owner,
				int returner)
{
	uint64_t pages = 0;

	vec_each (&memory_causes(mm->model)->rows, row) {
		const struct memory_call *o = memory_call_of(mm->model, row->key.owner);
		const struct memory_call *r = memory_call_of(mm->model, row->key.returner);

		if (row->key.cause != cause ||
		    (owner >= 0 && (!row->key.owner || (int)o->nr != owner)) ||
		    (returner >= 0 && (!row->key.returner || (int)r->nr != returner)))
			continue;
		pages += row->pages;
	}
	return pages;
}

static inline uint64_t all_pages(const struct made_memory *mm)
{
	uint64_t pages = 0;

	vec_each (&memory_causes(mm->model)->rows, row)
		pages += cause_row_faults(row);
	return pages;
}

#endif

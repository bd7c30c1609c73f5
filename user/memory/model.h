/* SPDX-License-Identifier: MIT */
/* What the parts of the model share; nothing for its users. */
#ifndef PROF_MEMORY_MODEL_H
#define PROF_MEMORY_MODEL_H

#include "memory/blocks.h"
#include "memory/memory.h"
#include "memory/pages.h"
#include "memory/regions.h"

#define MAX_ADDRESS (1ULL << 63)
#define ARENA_BYTES (64ULL << 20) /* malloc reserves twice as much, and cuts it to be aligned */

struct range {
	uint64_t start, end;
};

struct vm {
	struct regions regions;
	struct pages pages;
	uint32_t tasks;       /* that live in it */
	uint64_t own_bytes;   /* of its pages, as counted in the model */
	uint64_t brk;         /* 0: not known */
	uint32_t before_call; /* the owner of what was there when the recorder attached */
	uint64_t start_stack, vdso, entry;
	uint32_t loader; /* module; MODULE_UNKNOWN: none */
	bool has_forked; /* or is what a fork made */
	struct space_blocks blocks;
	uint32_t advices; /* given, to take pages back */
};

struct task_memory {
	struct vm *vm;
	uint32_t exec_call;   /* the last one that it began */
	uint32_t attach_call; /* the last shmat */
	uint64_t attach_address;
	uint64_t stack_at;       /* where its stack was when the recorder attached; 0: not known */
	bool is_thread;          /* beside the main one */
	uint64_t freed_block;    /* its address; the last one */
	bool in_exec;            /* exec_call has begun, and the program has not */
	VEC(struct range) setup; /* written by the exec that is under way */
};

/* A system call, decoded. */
struct call {
	uint64_t start_ns, end_ns;
	uint64_t args[6];
	int64_t result;
	uint64_t nr;
	uint32_t task, id; /* id: of the memory_call */
	uint32_t stack;
	uint64_t populated_pages;
};

/* A call that has begun; what it makes comes when it ends. */
struct pending {
	struct call call;
	uint64_t order;       /* of equal ends, the first that began */
	struct vm *vm;        /* held */
	struct regions moved; /* by mremap, on their way */
	struct pages moved_pages;
};

/* A row of faults, as far as it has come. */
struct run {
	uint64_t row[NR_FAULT_COLUMNS];
	uint64_t faults_told, service_told;
};

#define MOST_RUNS 64 /* a power of two */

struct memory {
	struct memory_options options;
	struct memory_totals totals;
	struct region_pool pool;
	struct causes causes;
	struct history history;
	struct blocks blocks;
	VEC(struct memory_call) calls; /* by id */
	struct idmap call_ids;
	VEC(const char *) programs; /* that were executed from where nobody told */
	struct idmap program_ids;   /* place there, + 1 */
	VEC(struct task_memory) tasks;
	VEC(struct pending) pending; /* a heap: the next to end on top */
	uint64_t calls_begun;
	struct run runs[MOST_RUNS];
	uint32_t first_run, nr_runs;
	uint64_t now_ns;
	uint64_t own_bytes; /* of all spaces */
};

/* ---- memory.c ---- */

/* All that is under way comes as far as it is at that time. */
void memory_advance(struct memory *m, uint64_t time_ns);

/* ---- vm.c ---- */

struct range range_of(const struct memory *m, uint64_t start, uint64_t bytes);

struct vm *vm_new(struct memory *m);
void vm_hold(struct vm *vm);
void vm_drop(struct memory *m, struct vm *vm); /* NULL is fine; the last one ends it */
struct vm *vm_fork(struct memory *m, struct vm *parent);
/* After changes to its pages: the model's amounts follow. */
void vm_settle(struct memory *m, struct vm *vm);

/* Maps something new in place of whatever is there, which `returner` takes away. */
void vm_map(struct memory *m, struct vm *vm, const struct extent *extent, enum region_kind kind,
	    uint32_t returner);
/* The pages are gone; what is mapped there stays. */
void vm_give_back(struct memory *m, struct vm *vm, struct range range, uint32_t returner);
/* The pages are there until the kernel needs them. */
void vm_offer(struct memory *m, struct vm *vm, struct range range, uint32_t returner);
void vm_unmap(struct memory *m, struct vm *vm, struct range range, uint32_t returner);
enum region_kind extent_kind(const struct memory *m, const struct extent *extent);

/* The space of a task, made empty where nobody told of its birth. */
struct vm *task_vm(struct memory *m, uint32_t task);
struct task_memory *task_memory(struct memory *m, uint32_t task);

/* ---- blocks.c ---- */

void blocks_take(struct memory *m, const uint64_t *row);
void blocks_end(struct memory *m, struct vm *vm); /* those that live in it were kept to the end */

/* ---- calls.c ---- */

bool call_has_failed(const struct call *call);
bool call_is_exec(const struct call *call);
void call_begin(struct memory *m, const struct call *call);
/* Ends the next call if that is due; false when none is. */
bool call_end_next(struct memory *m, uint64_t time_ns);
uint64_t call_next_end(const struct memory *m); /* UINT64_MAX: none is pending */

/* ---- populated.c ---- */

void call_populate(struct memory *m, struct vm *vm, const struct call *call);

/* ---- faults.c ---- */

void run_begin(struct memory *m, const uint64_t *row);
void runs_advance(struct memory *m, uint64_t time_ns); /* up to, not including, that time */

#endif

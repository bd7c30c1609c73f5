/* SPDX-License-Identifier: MIT */
/*
 * What advice is given on: who made memory, gave it back and touched it, by name and number,
 * without any recording or stack behind it.
 *
 * Texts are "" where nothing is known, and belong to whoever made the situation.
 */
#ifndef PROF_ADVICE_SITUATION_H
#define PROF_ADVICE_SITUATION_H

#include <stdbool.h>

#include "advice/allocator.h"
#include "memory/memory.h"

/* A place in code that made memory or gave it back. Several calls of the model may be one site. */
struct site {
	uint32_t nr, detail; /* of the system call, as in struct memory_call */
	enum allocator allocator;
	const char *entry;    /* the allocator's function that was called */
	const char *function; /* of the program or one of its libraries, that called it */
	const char *caller;   /* of that function */
	const char *maker;    /* a library's function on the way that makes a context */
	struct call_totals totals;
};

/* Faults alike: a row of the causes. */
struct flow {
	enum fault_cause cause;
	enum region_kind region_kind;
	uint32_t size_class;
	uint32_t owner, returner; /* sites */
	const char *toucher;      /* the function that did, or the system call */
	const char *touching;     /* the function of the program, where that is another one */
	bool by_copy, is_major, is_huge, in_kernel;
	uint32_t syscall; /* its number + 1 */
	uint32_t task, process;
	const char *process_name; /* different for each process */
	bool is_thread;           /* the task is not the main one of its process */
	uint64_t pages, service_ns, bytes;
};

/* Regions alike: a row of the lives. */
struct region_group {
	uint32_t owner, returner; /* sites */
	const struct life_row *lives;
};

struct situation {
	VEC(struct site) sites; /* [0] is nobody */
	VEC(struct flow) flows;
	VEC(struct region_group) regions;
	VEC(uint32_t) forks; /* by process: children that are processes of their own */
	uint64_t faults, page_bytes;
	uint64_t least_faults; /* that a habit must cost to be told; 0: as diagnosis.h says */
	uint64_t wall_ns, system_ns, cpu_ns;    /* 0: not known; cpu: user and system */
	bool huge_pages_on_request, huge_never; /* how the host gives huge pages */
	bool has_swap, has_numa_balancing;      /* the kernel may take pages by itself */
};

void situation_fini(struct situation *s);

/* ---- Words; the caller frees them ---- */

/* "f (called by g)". */
char *site_where(const struct site *site);
/* "mmap in f (called by g)", "malloc in f (called by g), glibc by mmap". */
char *site_text(const struct site *site);
/* "memset in f". */
char *flow_touch(const struct flow *flow);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Why pages were faulted in, added up: one row for each combination of class, places and people.
 */
#ifndef PROF_MEMORY_CAUSES_H
#define PROF_MEMORY_CAUSES_H

#include "memory/lives.h"

enum fault_cause {
	CAUSE_UNKNOWN,
	CAUSE_FIRST_READ,   /* anonymous memory, read before it was written */
	CAUSE_FIRST_WRITE,  /* anonymous memory, written for the first time */
	CAUSE_ZERO_UPGRADE, /* written after it was read */
	CAUSE_HEAP_GROWTH,  /* first touch of what brk, or malloc in its arena, has added */
	CAUSE_STACK_GROWTH,
	CAUSE_REFAULT,         /* touched again after a call had given it back */
	CAUSE_REFAULT_UNASKED, /* touched again, and no call gave it back */
	CAUSE_COPY_ON_WRITE,   /* written since parent and child share it */
	CAUSE_FILE_READ,       /* from the page cache */
	CAUSE_FILE_READ_DISK,
	CAUSE_FILE_PRIVATE_WRITE,
	CAUSE_FILE_SHARED_WRITE,
	CAUSE_SHARED_TOUCH,       /* memory shared without a file */
	CAUSE_EXEC_TEXT,          /* an instruction fetch */
	CAUSE_RELOCATION,         /* the loader writes to a program's or a library's data */
	CAUSE_PROTECTION_UPGRADE, /* written after mprotect allowed it */
	CAUSE_EXEC_SETUP,         /* the kernel writes a new program's memory */
	CAUSE_VDSO,
	CAUSE_FAILED,
	CAUSE_POPULATED, /* pages that a call brought without a fault */
	NR_FAULT_CAUSES
};

struct fault_cause_words {
	const char *key;  /* in JSON and on the command line */
	const char *text; /* for people */
};
extern const struct fault_cause_words fault_cause_words[NR_FAULT_CAUSES];

enum certainty { CERTAIN, LIKELY, UNCERTAIN };

struct cause_key {
	uint8_t cause, certainty, kind; /* enum fault_cause, certainty, fault_kind */
	uint8_t region_kind, size_class;
	uint8_t in_kernel, is_huge, reserved;
	uint64_t kernel_ip; /* of the instruction that touched it in kernel mode, else 0 */
	uint32_t syscall;   /* number of the call it lies in, + 1; 0: none */
	uint32_t task;
	uint32_t toucher;         /* id of a stack */
	uint32_t owner, returner; /* ids of calls, 0: none */
	uint32_t module;          /* that is mapped there; 0: none */
};

struct cause_row {
	struct cause_key key;
	uint64_t pages; /* faults; pages of CAUSE_POPULATED */
	uint64_t service_ns, bytes;
};

struct causes {
	VEC(struct cause_row) rows;
	struct idmap ids;  /* row + 1 */
	uint32_t last_row; /* + 1 */
	/* How many single faults took how long, by loglinear_index() of CAUSE_TIME_BITS; NULL: none
	 * did. */
	uint64_t *times[NR_FAULT_CAUSES];
};

#define CAUSE_TIME_BITS 7 /* within 0.4 % */

void causes_fini(struct causes *causes);
void causes_add(struct causes *causes, const struct cause_key *key, uint64_t pages,
		uint64_t service_ns, uint64_t bytes);

/* So many faults of the cause took so long each. */
void causes_time(struct causes *causes, enum fault_cause cause, uint64_t faults, uint64_t each_ns);

/* The faults of one cause do not count where it is about pages that did without. */
static inline uint64_t cause_row_faults(const struct cause_row *row)
{
	return row->key.cause == CAUSE_POPULATED ? 0 : row->pages;
}

#endif

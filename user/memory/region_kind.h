/* SPDX-License-Identifier: MIT */
/* What memory is, and how large. */
#ifndef PROF_MEMORY_REGION_KIND_H
#define PROF_MEMORY_REGION_KIND_H

#include <stdbool.h>
#include <stdint.h>

enum region_kind {
	REGION_UNKNOWN,
	REGION_HEAP,   /* grown by brk */
	REGION_ARENA,  /* the heap of a thread, as malloc makes them */
	REGION_BLOCK,  /* private anonymous memory, mapped */
	REGION_ZEROED, /* a program's data that its file does not hold (bss) */
	REGION_STACK,  /* of a process */
	REGION_THREAD_STACK,
	REGION_TEXT, /* of a file, executable */
	REGION_FILE, /* of a file, private */
	REGION_SHARED_FILE,
	REGION_SHARED, /* memory shared without a file of a disk */
	REGION_VDSO,
	NR_REGION_KINDS
};
extern const char *const region_kind_names[NR_REGION_KINDS];

bool region_kind_is_anonymous(enum region_kind kind); /* and private */

/* Sizes fall into classes by powers of two: class c has those from 2^c up to 2^(c+1) - 1 bytes. */
uint32_t size_class_of(uint64_t bytes);

#endif

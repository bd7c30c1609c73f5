/* SPDX-License-Identifier: MIT */
/*
 * Which allocator a frame of a stack belongs to, by the file that it is in and by its name.
 *
 * A library's functions are told by the file; those of an allocator that is linked into a program,
 * by names that nobody else uses. What merely is called malloc may be anybody's.
 */
#ifndef PROF_ADVICE_ALLOCATOR_H
#define PROF_ADVICE_ALLOCATOR_H

#include <stdbool.h>

enum allocator {
	ALLOCATOR_NONE, /* the program's own calls of mmap and brk */
	ALLOCATOR_GLIBC,
	ALLOCATOR_MUSL,
	ALLOCATOR_JEMALLOC,
	ALLOCATOR_TCMALLOC,
	ALLOCATOR_MIMALLOC,
	NR_ALLOCATORS
};
extern const char *const allocator_names[NR_ALLOCATORS];

/* `module` is a file's name without its directory. */
enum allocator allocator_of(const char *module, const char *function);

/* Whether programs call the function to get memory, or to give it back: malloc, free, ... */
bool is_allocator_entry(const char *function);
/* As programs write it: __libc_malloc is malloc. A part of `function`. */
const char *allocator_entry_name(const char *function);

#endif

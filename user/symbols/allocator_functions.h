/* SPDX-License-Identifier: MIT */
/*
 * The functions of an allocator that a file holds: where blocks of memory are made and freed.
 *
 * Allocators are known by the names of the C library's functions, under whatever prefix they have:
 * a file that defines malloc and free has one, and so has a program with _rjem_malloc and
 * _rjem_free in it. The operators of C++ count in such a file only: elsewhere they call malloc.
 */
#ifndef PROF_SYMBOLS_ALLOCATOR_FUNCTIONS_H
#define PROF_SYMBOLS_ALLOCATOR_FUNCTIONS_H

#include "base/vec.h"
#include "event.h"
#include "symbols/elf_file.h"

struct allocator_function {
	enum alloc_function function;
	uint64_t offset; /* in the file: of its entry, or soon after (see probe_place.h) */
};

struct allocator_functions {
	struct allocator_function *items; /* each place once */
	size_t size, capacity;
};

/* Empty where there is no allocator. */
void allocator_functions_find(const struct elf_file *file, struct allocator_functions *out);
void allocator_functions_fini(struct allocator_functions *functions);

#endif

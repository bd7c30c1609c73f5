/* SPDX-License-Identifier: MIT */
/*
 * One line for a stack: the code that somebody wrote and, behind it, where in the libraries that
 * everybody uses it happened: "encode_item > memset", "parse > sysmalloc".
 */
#ifndef PROF_PROFILE_PLACE_NAME_H
#define PROF_PROFILE_PLACE_NAME_H

#include "recording/reader.h"

/*
 * The caller frees it; NULL when there is no stack. `of_call`: of a system call, whose own wrapper
 * in the C library says nothing.
 */
char *place_name(const struct recording *r, uint32_t stack, bool of_call);

/* In a library that everybody calls: the C library, the loader, an allocator. */
bool is_common_code(const struct recording *r, const struct frame *frame);

/* The same by the file's name, without its directory. */
bool is_common_library(const char *name);

/* mmap, sbrk and the like: they only make the system call. */
bool is_call_wrapper(const char *label);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What a stack says about memory: the allocator on it, who called that, and who called them.
 */
#ifndef PROF_PROFILE_STACK_READING_H
#define PROF_PROFILE_STACK_READING_H

#include "advice/allocator.h"
#include "profile/names.h"
#include "recording/reader.h"

/* Ids in the names that were given; 0 where there is none. */
struct stack_reading {
	enum allocator allocator;
	uint32_t leaf;     /* the innermost function, without what its variants are called */
	uint32_t entry;    /* of the allocator: malloc, free */
	uint32_t maker;    /* the outermost function that makes a library's context */
	uint32_t function; /* of the program, or of one of its libraries, that called those */
	uint32_t caller;   /* of that function */
};

struct stack_reading stack_read(const struct recording *r, uint32_t stack, struct names *names);

#endif

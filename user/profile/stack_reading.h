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
/* No further out than the leaf and the function, which is all that tells who touches memory. */
struct stack_reading stack_read_touch(const struct recording *r, uint32_t stack,
				      struct names *names);

/* The readings of stacks that made memory or gave it back, each made when it is asked for. */
struct stack_readings {
	const struct recording *r;
	struct names names;
	struct names keys; /* of readings: equal ones have the same */
	struct stack_reading *items;
	uint32_t *key_ids; /* by id of a stack; 0: not read yet */
};

void stack_readings_init(struct stack_readings *readings, const struct recording *r);
void stack_readings_fini(struct stack_readings *readings);
const struct stack_reading *stack_readings_at(struct stack_readings *readings, uint32_t stack);
/* The same number for stacks that read alike, whatever their leaves are. */
uint32_t stack_readings_key(struct stack_readings *readings, uint32_t stack);

#endif

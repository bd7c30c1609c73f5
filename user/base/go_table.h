/* SPDX-License-Identifier: MIT */
/*
 * The table by which Go's own run-time knows its functions, .gopclntab: their names, where they
 * begin, and how much stack they have in use at each instruction.
 *
 * It is in every Go program, stripped ones included. Its layout is Go's own affair and told by a
 * magic number; known are those since Go 1.18 (src/internal/abi/symtab.go). The table may be
 * hostile: what does not lie within it is not there.
 */
#ifndef PROF_BASE_GO_TABLE_H
#define PROF_BASE_GO_TABLE_H

#include "base/bytes.h"

struct go_table {
	const uint8_t *data;
	size_t size;
	uint64_t text_address; /* to which functions are relative */
	uint64_t names_at, stacks_at, functions_at;
	uint32_t nr_functions;
	uint32_t flags_at; /* of a function's flags in its description */
};

enum go_flag { GO_OUTERMOST = 1, GO_MOVES_STACK = 2 };

struct go_function {
	uint64_t address, size;
	const char *name;
	uint8_t flags;       /* enum go_flag */
	struct cursor stack; /* for go_stack_next() */
};

/* Bytes of the stack in use by the function itself over the next `size` bytes of its code. */
struct go_stack {
	int64_t used;
	uint64_t size;
	bool begun;
};

bool go_table_open(const void *data, size_t size, struct go_table *out);
/* The first table that begins in the bytes at a multiple of eight: external linkers leave it among
 * other data. */
bool go_table_search(const void *data, size_t size, struct go_table *out);
bool go_table_function(const struct go_table *table, uint32_t index, struct go_function *out);
/* False at the end. `stack` is zeroed before the first call. */
bool go_stack_next(struct go_function *function, struct go_stack *stack);

#endif

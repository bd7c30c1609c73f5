/* SPDX-License-Identifier: MIT */
/*
 * The functions of a compilation unit and the calls that were inlined into them, by address.
 *
 * The unit's tree is walked once, at the first question about it; each function with code becomes
 * an entry that knows into which entry it was inlined, so the chain of an address follows from the
 * innermost entry over it. Names are made only for entries that somebody asks for.
 */
#ifndef PROF_SYMBOLS_DWARF_FUNCTIONS_H
#define PROF_SYMBOLS_DWARF_FUNCTIONS_H

#include <elfutils/libdw.h>
#include <stdbool.h>

#include "symbols/dwarf_scopes.h"
#include "symbols/range_index.h"

#define NO_FUNCTION 0

struct dwarf_function {
	Dwarf_Die die;
	uint32_t caller; /* whose code it was inlined into; NO_FUNCTION for a real function */
	bool named;
	char *name; /* once named; NULL when it has none */
};

struct dwarf_functions {
	VEC(struct dwarf_function) functions; /* number i + 1 */
	struct range_index index;
};

/* `unit` may be NULL: no functions. */
void dwarf_functions_init(struct dwarf_functions *functions, Dwarf_Die *unit);
void dwarf_functions_fini(struct dwarf_functions *functions);

/* The innermost function over the address, or NULL; and the one that it was inlined into. */
struct dwarf_function *dwarf_functions_find(struct dwarf_functions *functions, uint64_t address);
struct dwarf_function *dwarf_functions_caller(struct dwarf_functions *functions,
					      const struct dwarf_function *function);
/* Its name, NULL when it has none. It belongs to the function. */
char *dwarf_function_named(struct dwarf_function *function, struct dwarf_scopes *scopes);

#endif

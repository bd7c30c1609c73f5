/* SPDX-License-Identifier: MIT */
/*
 * What DWARF calls a function.
 *
 * A linkage name says everything, but gcc gives none to C++ functions that are not visible outside,
 * lambdas and anonymous namespaces among them: they would all be called `operator()` or `helper`.
 * So the scopes (namespaces, classes) around such functions are noted while a unit is walked.
 */
#ifndef PROF_SYMBOLS_DWARF_NAMES_H
#define PROF_SYMBOLS_DWARF_NAMES_H

#include <elfutils/libdw.h>
#include <stdint.h>

#include "base/vec.h"

#define NO_SCOPE 0

struct dwarf_scope {
	uint32_t parent;
	Dwarf_Die die;
};

/* A function's declaration or definition, and the class or namespace that it is in. */
struct scoped_function {
	Dwarf_Off offset;
	uint32_t scope;
};

struct dwarf_scopes {
	VEC(struct dwarf_scope) scopes;        /* number i + 1 */
	VEC(struct scoped_function) functions; /* by offset */
};

void dwarf_scopes_fini(struct dwarf_scopes *scopes);
/* The new scope's number. */
uint32_t dwarf_scopes_open(struct dwarf_scopes *scopes, uint32_t parent, const Dwarf_Die *die);
/* To be called in ascending order of offsets. */
void dwarf_scopes_place(struct dwarf_scopes *scopes, uint32_t scope, Dwarf_Die *function);

/* A new readable string, or NULL when the function has no name. */
char *dwarf_function_name(const struct dwarf_scopes *scopes, const Dwarf_Die *function);

#endif

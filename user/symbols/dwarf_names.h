/* SPDX-License-Identifier: MIT */
/*
 * What DWARF calls a function.
 *
 * A mangled name says everything, but gcc gives none to C++ functions that are not visible outside,
 * lambdas and anonymous namespaces among them: they would all be called `operator()` or `helper`.
 * So these are named after the scopes that they are in, too.
 */
#ifndef PROF_SYMBOLS_DWARF_NAMES_H
#define PROF_SYMBOLS_DWARF_NAMES_H

#include "symbols/dwarf_scopes.h"

/* A new readable string, or NULL when the function has no name. */
char *dwarf_function_name(struct dwarf_scopes *scopes, const Dwarf_Die *function);

#endif

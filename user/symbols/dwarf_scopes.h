/* SPDX-License-Identifier: MIT */
/*
 * The namespaces and classes around functions of languages that have such scopes.
 *
 * An entry of DWARF does not know its parent, so a unit is walked for them, when one of its
 * functions is first asked about.
 */
#ifndef PROF_SYMBOLS_DWARF_SCOPES_H
#define PROF_SYMBOLS_DWARF_SCOPES_H

#include <elfutils/libdw.h>
#include <stdbool.h>

#include "base/vec.h"

struct unit_scopes;

/* Of all units of a file. Zeroed: none walked yet. */
struct dwarf_scopes {
	VEC(struct unit_scopes *) units;
};

void dwarf_scopes_fini(struct dwarf_scopes *scopes);

/*
 * The namespace or class around a function, class or namespace, or the function around a class;
 * false when there is none. A function within a function is not a member of it.
 */
bool dwarf_scopes_around(struct dwarf_scopes *scopes, Dwarf_Die *die, Dwarf_Die *out);

#endif

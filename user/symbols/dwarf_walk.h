/* SPDX-License-Identifier: MIT */
/*
 * A walk over the tree of a compilation unit, parents before children, safe on damaged files.
 *
 * In this order offsets only grow. Where a file leads back, the walk ends, so each entry is seen
 * once.
 */
#ifndef PROF_SYMBOLS_DWARF_WALK_H
#define PROF_SYMBOLS_DWARF_WALK_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

struct dwarf_walk {
	/*
	 * Sees an entry. *context is what its parent left there (0 at the top) and may be changed
	 * for its children, which are seen if it returns true.
	 */
	bool (*visit)(struct dwarf_walk *walk, Dwarf_Die *die, uint32_t depth, uint32_t *context);
	void *into; /* the visitor's */
	bool stop;  /* set to end the walk */

	Dwarf_Off last; /* offset of the entry seen last */
};

void dwarf_walk(struct dwarf_walk *walk, Dwarf_Die *unit);

#endif

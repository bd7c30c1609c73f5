// SPDX-License-Identifier: MIT
#include "symbols/dwarf_walk.h"

#define MAX_DEPTH 200 /* real trees are some 50 deep */

static void walk_children(struct dwarf_walk *walk, Dwarf_Die *parent, uint32_t depth,
			  uint32_t around)
{
	Dwarf_Die die;

	if (depth == MAX_DEPTH || dwarf_child(parent, &die) != 0)
		return;
	do {
		uint32_t context = around;

		if (dwarf_dieoffset(&die) <= walk->last)
			walk->stop = true;
		if (walk->stop)
			return;
		walk->last = dwarf_dieoffset(&die);
		if (walk->visit(walk, &die, depth, &context))
			walk_children(walk, &die, depth + 1, context);
	} while (!walk->stop && dwarf_siblingof(&die, &die) == 0);
}

void dwarf_walk(struct dwarf_walk *walk, Dwarf_Die *unit)
{
	walk->last = dwarf_dieoffset(unit);
	walk_children(walk, unit, 1, 0);
}

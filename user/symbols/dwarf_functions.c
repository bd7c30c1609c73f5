// SPDX-License-Identifier: MIT
#include "symbols/dwarf_functions.h"

#include <dwarf.h>
#include <string.h>

#include "symbols/dwarf_names.h"
#include "symbols/dwarf_walk.h"

#define MAX_RANGES (8 << 20) /* of hostile units; real ones have some 100,000 */

struct gathering {
	struct dwarf_functions *functions;
	uint32_t ranges_left; /* counting empty ones, of which lists may be shared */
};

/* Makes an entry of a function that has code; one without belongs to whatever is around it. */
static uint32_t add_function(struct dwarf_walk *walk, Dwarf_Die *die, uint32_t depth,
			     uint32_t caller)
{
	struct gathering *gathering = walk->into;
	struct dwarf_functions *out = gathering->functions;
	uint32_t number = out->functions.size + 1;
	Dwarf_Addr base, start, end;
	bool has_code = false;
	ptrdiff_t next = 0;

	while (!walk->stop && (next = dwarf_ranges(die, next, &base, &start, &end)) > 0) {
		range_index_add(&out->index, start, end, depth, number);
		walk->stop = --gathering->ranges_left == 0;
		has_code = true;
	}
	if (!has_code)
		return caller;
	*vec_push(&out->functions) = (struct dwarf_function){.die = *die, .caller = caller};
	return number;
}

/*
 * Units that dwz made for what others share (partial ones) are not followed to: nothing that has an
 * address can be shared.
 */
static bool visit(struct dwarf_walk *walk, Dwarf_Die *die, uint32_t depth, uint32_t *around)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_subprogram:
		*around = add_function(walk, die, depth, NO_FUNCTION);
		return true;
	case DW_TAG_inlined_subroutine:
		*around = add_function(walk, die, depth, *around);
		return true;
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
	case DW_TAG_enumeration_type: /* Rust's have methods */
		return true;
	default:
		return false;
	}
}

static struct dwarf_function *function_at(struct dwarf_functions *functions, uint32_t number)
{
	return number == NO_FUNCTION ? NULL : &functions->functions.items[number - 1];
}

void dwarf_functions_init(struct dwarf_functions *functions, Dwarf_Die *unit)
{
	struct gathering gathering = {functions, MAX_RANGES};
	struct dwarf_walk walk = {.visit = visit, .into = &gathering};

	memset(functions, 0, sizeof *functions);
	if (unit)
		dwarf_walk(&walk, unit);
	range_index_seal(&functions->index);
}

void dwarf_functions_fini(struct dwarf_functions *functions)
{
	vec_each (&functions->functions, function)
		free(function->name);
	vec_free(&functions->functions);
	range_index_fini(&functions->index);
}

struct dwarf_function *dwarf_functions_find(struct dwarf_functions *functions, uint64_t address)
{
	return function_at(functions, range_index_find(&functions->index, address));
}

struct dwarf_function *dwarf_functions_caller(struct dwarf_functions *functions,
					      const struct dwarf_function *function)
{
	return function_at(functions, function->caller);
}

char *dwarf_function_named(struct dwarf_function *function, struct dwarf_scopes *scopes)
{
	if (!function->named)
		function->name = dwarf_function_name(scopes, &function->die);
	function->named = true;
	return function->name;
}

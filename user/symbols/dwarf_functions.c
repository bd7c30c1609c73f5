// SPDX-License-Identifier: MIT
#include "symbols/dwarf_functions.h"

#include <dwarf.h>
#include <string.h>

/* Bounds for hostile files; real trees nest some 50 deep, real units have some 100,000 ranges. */
#define MAX_DEPTH  200
#define MAX_RANGES (8 << 20)

struct walk {
	struct dwarf_functions *out;
	Dwarf_Off last; /* offset of the entry visited last */
	uint32_t ranges_left;
	bool scoped; /* the language has scopes */
	bool stopped;
};

/* Where in the tree the walk is. */
struct place {
	uint32_t function; /* whose code this is */
	uint32_t scope;    /* class or namespace, or a function around either */
	bool in_function;  /* the scope is a function */
	uint32_t depth;
};

static bool has_scopes(Dwarf_Die *unit)
{
	switch (dwarf_srclang(unit)) {
	case DW_LANG_C_plus_plus:
	case DW_LANG_C_plus_plus_03:
	case DW_LANG_C_plus_plus_11:
	case DW_LANG_C_plus_plus_14:
	case DW_LANG_D:
		return true;
	default:
		return false;
	}
}

/* Makes an entry of a function that has code; one without belongs to whatever is around it. */
static uint32_t add_function(struct walk *walk, Dwarf_Die *die, const struct place *place,
			     uint32_t caller)
{
	uint32_t number = walk->out->functions.size + 1;
	Dwarf_Addr base, start, end;
	bool has_code = false;
	ptrdiff_t next = 0;

	while (walk->ranges_left && (next = dwarf_ranges(die, next, &base, &start, &end)) > 0) {
		range_index_add(&walk->out->index, start, end, place->depth, number);
		walk->ranges_left--;
		has_code = true;
	}
	if (!has_code)
		return caller;
	*vec_push(&walk->out->functions) = (struct dwarf_function){.die = *die, .caller = caller};
	return number;
}

static void enter_scope(struct walk *walk, Dwarf_Die *die, bool is_function, struct place *place)
{
	if (!walk->scoped)
		return;
	place->scope = dwarf_scopes_open(&walk->out->scopes, place->scope, die);
	place->in_function = is_function;
}

/* False: nothing below can have code. */
static bool visit(struct walk *walk, Dwarf_Die *die, struct place *place)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_subprogram:
		place->function = add_function(walk, die, place, NO_FUNCTION);
		/* A function declared within a function is not a member of it. */
		if (walk->scoped)
			dwarf_scopes_place(&walk->out->scopes,
					   place->in_function ? NO_SCOPE : place->scope, die);
		enter_scope(walk, die, true, place);
		return true;
	case DW_TAG_inlined_subroutine:
		place->function = add_function(walk, die, place, place->function);
		return true;
	case DW_TAG_namespace:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
		enter_scope(walk, die, false, place);
		return true;
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
	case DW_TAG_module:
	case DW_TAG_enumeration_type: /* Rust's have methods */
		return true;
	default:
		return false;
	}
}

/*
 * In this order of visits offsets only grow. Where a damaged file leads back, the walk ends, so it
 * sees each entry once. Units that dwz made for what others share (partial ones) are not followed
 * to: nothing that has an address can be shared.
 */
static void walk_children(struct walk *walk, Dwarf_Die *parent, const struct place *around)
{
	Dwarf_Die die;

	if (around->depth == MAX_DEPTH || dwarf_child(parent, &die) != 0)
		return;
	do {
		struct place place = *around;

		walk->stopped |= dwarf_dieoffset(&die) <= walk->last || !walk->ranges_left;
		if (walk->stopped)
			return;
		walk->last = dwarf_dieoffset(&die);
		place.depth++;
		if (visit(walk, &die, &place))
			walk_children(walk, &die, &place);
	} while (!walk->stopped && dwarf_siblingof(&die, &die) == 0);
}

static struct dwarf_function *function_at(struct dwarf_functions *functions, uint32_t number)
{
	return number == NO_FUNCTION ? NULL : &functions->functions.items[number - 1];
}

void dwarf_functions_init(struct dwarf_functions *functions, Dwarf_Die *unit)
{
	memset(functions, 0, sizeof *functions);
	if (unit) {
		struct walk walk = {
			.out = functions,
			.ranges_left = MAX_RANGES,
			.last = dwarf_dieoffset(unit),
			.scoped = has_scopes(unit),
		};
		walk_children(&walk, unit, &(struct place){0});
	}
	range_index_seal(&functions->index);
}

void dwarf_functions_fini(struct dwarf_functions *functions)
{
	vec_each (&functions->functions, function)
		free(function->name);
	vec_free(&functions->functions);
	range_index_fini(&functions->index);
	dwarf_scopes_fini(&functions->scopes);
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

char *dwarf_functions_name(struct dwarf_functions *functions, struct dwarf_function *function)
{
	if (!function->named)
		function->name = dwarf_function_name(&functions->scopes, &function->die);
	function->named = true;
	return function->name;
}

// SPDX-License-Identifier: MIT
#include "symbols/dwarf_scopes.h"

#include <dwarf.h>
#include <string.h>

#include "base/search.h"
#include "symbols/dwarf_walk.h"

#define NO_ENTRY 0

/* A function or scope. */
struct entry {
	Dwarf_Off offset;
	Dwarf_Die die;
	uint32_t around;
};

struct unit_scopes {
	Dwarf_CU *unit;
	VEC(struct entry) entries; /* number i + 1; by offset */
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

static bool visit(struct dwarf_walk *walk, Dwarf_Die *die, uint32_t depth, uint32_t *around)
{
	struct unit_scopes *scopes = walk->into;

	(void)depth;
	switch (dwarf_tag(die)) {
	case DW_TAG_subprogram:
	case DW_TAG_namespace:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
		*vec_push(&scopes->entries) = (struct entry){dwarf_dieoffset(die), *die, *around};
		*around = scopes->entries.size;
		return true;
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
		return true;
	default:
		return false;
	}
}

static struct unit_scopes *unit_scopes_new(Dwarf_CU *unit)
{
	struct unit_scopes *scopes = xnew(struct unit_scopes);
	struct dwarf_walk walk = {.visit = visit, .into = scopes};
	Dwarf_Die die;

	scopes->unit = unit;
	if (!dwarf_cu_info(unit, NULL, NULL, &die, NULL, NULL, NULL, NULL) && has_scopes(&die))
		dwarf_walk(&walk, &die);
	return scopes;
}

static struct unit_scopes *scopes_of_unit(struct dwarf_scopes *scopes, Dwarf_CU *unit)
{
	vec_each (&scopes->units, it)
		if ((*it)->unit == unit)
			return *it;
	return *vec_push(&scopes->units) = unit_scopes_new(unit);
}

static const struct entry *find_entry(const struct unit_scopes *scopes, Dwarf_Off offset)
{
	size_t at =
		search_first(i, 0, scopes->entries.size, scopes->entries.items[i].offset >= offset);

	if (at == scopes->entries.size || scopes->entries.items[at].offset != offset)
		return NULL;
	return &scopes->entries.items[at];
}

void dwarf_scopes_fini(struct dwarf_scopes *scopes)
{
	vec_each (&scopes->units, unit) {
		vec_free(&(*unit)->entries);
		free(*unit);
	}
	vec_free(&scopes->units);
}

bool dwarf_scopes_around(struct dwarf_scopes *scopes, Dwarf_Die *die, Dwarf_Die *out)
{
	const struct unit_scopes *unit = scopes_of_unit(scopes, die->cu);
	const struct entry *entry = find_entry(unit, dwarf_dieoffset(die));
	bool is_function = dwarf_tag(die) == DW_TAG_subprogram;

	if (!entry || entry->around == NO_ENTRY)
		return false;
	*out = unit->entries.items[entry->around - 1].die;
	return !is_function || dwarf_tag(out) != DW_TAG_subprogram;
}

// SPDX-License-Identifier: MIT
#include "symbols/dwarf_names.h"

#include <dwarf.h>

#include "symbols/symbols.h"

#define MAX_REFERENCES 16 /* from a concrete instance to its declaration: rarely above 3 */
#define MAX_SCOPES     64

static const char *string_attribute(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;

	return dwarf_attr(die, name, &attribute) ? dwarf_formstring(&attribute) : NULL;
}

static bool follow_reference(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;

	return (dwarf_attr(die, DW_AT_abstract_origin, &attribute) ||
		dwarf_attr(die, DW_AT_specification, &attribute)) &&
	       dwarf_formref_die(&attribute, die);
}

/* The linkage name, or NULL with the plain name, if any, in *name and the declaration in *die. */
static const char *find_names(Dwarf_Die *die, const char **name)
{
	*name = NULL;
	for (int i = 0; i < MAX_REFERENCES; i++) {
		const char *linkage = string_attribute(die, DW_AT_linkage_name);

		if (!linkage)
			linkage = string_attribute(die, DW_AT_MIPS_linkage_name);
		if (linkage)
			return linkage;
		if (!*name)
			*name = string_attribute(die, DW_AT_name);
		if (!follow_reference(die))
			break;
	}
	return NULL;
}

static uint32_t scope_of(const struct dwarf_scopes *scopes, Dwarf_Die *declaration)
{
	Dwarf_Off offset = dwarf_dieoffset(declaration);
	size_t low = 0, high = scopes->functions.size;

	/* Offsets of another unit's declarations (link-time optimisation) are not ours. */
	if (!scopes->scopes.size || scopes->scopes.items[0].die.cu != declaration->cu)
		return NO_SCOPE;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (scopes->functions.items[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < scopes->functions.size && scopes->functions.items[low].offset == offset
		       ? scopes->functions.items[low].scope
		       : NO_SCOPE;
}

/*
 * The name of the scope around `inner`. Leaves the scope's declaration in *die. A linkage name is
 * whole: it has the scopes around it, too.
 */
static char *scope_name(Dwarf_Die *die, const char *inner, bool *whole)
{
	bool is_namespace = dwarf_tag(die) == DW_TAG_namespace;
	const char *name, *linkage = find_names(die, &name);

	*whole = linkage;
	if (linkage)
		return demangle(linkage);
	if (name)
		return xstrdup(name);
	if (is_namespace)
		return xstrdup("(anonymous namespace)");
	return xstrdup(strcmp(inner, "operator()") ? "{unnamed}" : "{lambda}");
}

/* Takes `name`. */
static char *qualify(const struct dwarf_scopes *scopes, uint32_t scope, char *name)
{
	bool whole = false;

	for (int i = 0; scope != NO_SCOPE && !whole && i < MAX_SCOPES; i++) {
		const struct dwarf_scope *around = &scopes->scopes.items[scope - 1];
		Dwarf_Die die = around->die;
		scoped_free char *inner = name;
		scoped_free char *outer = scope_name(&die, inner, &whole);

		name = xasprintf("%s::%s", outer, inner);
		scope = dwarf_tag(&die) == DW_TAG_subprogram ? scope_of(scopes, &die)
							     : around->parent;
	}
	return name;
}

void dwarf_scopes_fini(struct dwarf_scopes *scopes)
{
	vec_free(&scopes->scopes);
	vec_free(&scopes->functions);
}

uint32_t dwarf_scopes_open(struct dwarf_scopes *scopes, uint32_t parent, const Dwarf_Die *die)
{
	*vec_push(&scopes->scopes) = (struct dwarf_scope){parent, *die};
	return scopes->scopes.size;
}

void dwarf_scopes_place(struct dwarf_scopes *scopes, uint32_t scope, Dwarf_Die *function)
{
	*vec_push(&scopes->functions) = (struct scoped_function){dwarf_dieoffset(function), scope};
}

char *dwarf_function_name(const struct dwarf_scopes *scopes, const Dwarf_Die *function)
{
	Dwarf_Die die = *function;
	const char *name, *linkage = find_names(&die, &name);

	if (linkage)
		return demangle(linkage);
	return name ? qualify(scopes, scope_of(scopes, &die), xstrdup(name)) : NULL;
}

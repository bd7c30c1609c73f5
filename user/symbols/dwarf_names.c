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

/* Other linkage names are assembler labels, such as the C library's __GI_memcpy for memcpy. */
static bool is_mangled(const char *linkage)
{
	return linkage && linkage[0] == '_' && (linkage[1] == 'Z' || linkage[1] == 'R');
}

/* The mangled name, or NULL with the plain name, if any, in *name and the declaration in *die. */
static const char *find_names(Dwarf_Die *die, const char **name)
{
	*name = NULL;
	for (int i = 0; i < MAX_REFERENCES; i++) {
		const char *linkage = string_attribute(die, DW_AT_linkage_name);

		if (!linkage)
			linkage = string_attribute(die, DW_AT_MIPS_linkage_name);
		if (is_mangled(linkage))
			return linkage;
		if (!*name)
			*name = string_attribute(die, DW_AT_name);
		if (!*name)
			*name = linkage;
		if (!follow_reference(die))
			break;
	}
	return NULL;
}

/*
 * The name of the scope around `inner`. Leaves the scope's declaration in *die. A mangled name is
 * whole: it has the scopes around it, too.
 */
static char *scope_name(Dwarf_Die *die, const char *inner, bool *whole)
{
	bool is_namespace = dwarf_tag(die) == DW_TAG_namespace;
	const char *name, *mangled = find_names(die, &name);

	*whole = mangled;
	if (mangled)
		return demangle(mangled);
	if (name)
		return xstrdup(name);
	if (is_namespace)
		return xstrdup("(anonymous namespace)");
	return xstrdup(strcmp(inner, "operator()") ? "{unnamed}" : "{lambda}");
}

/* Takes `name`. */
static char *qualify(struct dwarf_scopes *scopes, Dwarf_Die *declaration, char *name)
{
	Dwarf_Die inside = *declaration, around;
	bool whole = false;

	for (int i = 0; !whole && i < MAX_SCOPES; i++) {
		scoped_free char *inner = NULL, *outer = NULL;

		if (!dwarf_scopes_around(scopes, &inside, &around))
			break;
		inner = name;
		outer = scope_name(&around, inner, &whole);
		name = xasprintf("%s::%s", outer, inner);
		inside = around;
	}
	return name;
}

char *dwarf_function_name(struct dwarf_scopes *scopes, const Dwarf_Die *function)
{
	Dwarf_Die die = *function;
	const char *name, *mangled = find_names(&die, &name);

	if (mangled)
		return demangle(mangled);
	return name ? qualify(scopes, &die, xstrdup(name)) : NULL;
}

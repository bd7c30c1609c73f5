// SPDX-License-Identifier: MIT
#include "symbols/dwarf_info.h"

#include <dwarf.h>
#include <elfutils/libdw.h>

#include "symbols/dwarf_functions.h"
#include "symbols/dwarf_lines.h"

#define MAX_INLINES     200
#define MAX_UNIT_RANGES (16 << 20)

struct unit {
	Dwarf_Die die; /* in the file itself; what else there is may lie in a .dwo file */
	bool loaded;
	struct dwarf_functions functions;
	struct dwarf_lines lines;
};

struct dwarf_info {
	Dwarf *dwarf;
	VEC(struct unit) units; /* number i + 1 */
	struct range_index index;
	struct dwarf_scopes scopes;
};

static void add_unit(struct dwarf_info *info, Dwarf_Die *die, uint32_t *ranges_left)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t next = 0;

	*vec_push(&info->units) = (struct unit){.die = *die};
	while (*ranges_left && (next = dwarf_ranges(die, next, &base, &start, &end)) > 0) {
		range_index_add(&info->index, start, end, 0, info->units.size);
		--*ranges_left;
	}
}

/* The entries of a split unit; the unit itself when it is whole; false when its file is missing. */
static bool unit_tree(const struct unit *unit, Dwarf_Die *out)
{
	Dwarf_Die die = unit->die;
	uint8_t type;

	if (dwarf_cu_info(die.cu, NULL, &type, NULL, out, NULL, NULL, NULL))
		return false;
	if (type != DW_UT_skeleton)
		*out = die;
	return out->addr;
}

static void unit_load(struct unit *unit)
{
	Dwarf_Die tree;

	dwarf_lines_init(&unit->lines, &unit->die);
	dwarf_functions_init(&unit->functions, unit_tree(unit, &tree) ? &tree : NULL);
	unit->loaded = true;
}

static void unit_fini(struct unit *unit)
{
	if (!unit->loaded)
		return;
	dwarf_lines_fini(&unit->lines);
	dwarf_functions_fini(&unit->functions);
}

static Dwarf_Word number_attribute(const struct dwarf_function *function, unsigned int name)
{
	Dwarf_Die die = function->die;
	Dwarf_Attribute attribute;
	Dwarf_Word value = 0;

	if (!dwarf_attr(&die, name, &attribute) || dwarf_formudata(&attribute, &value))
		return 0;
	return value;
}

/* From where an inlined function was called. Split units number files like the lines do. */
static void set_call_site(struct unit *unit, const struct dwarf_function *function,
			  struct function_line *out)
{
	Dwarf_Die die = function->die;
	Dwarf_Attribute attribute;

	if (dwarf_attr(&die, DW_AT_call_file, &attribute))
		out->file =
			dwarf_lines_path(&unit->lines, number_attribute(function, DW_AT_call_file));
	out->line = number_attribute(function, DW_AT_call_line);
	out->column = number_attribute(function, DW_AT_call_column);
}

struct dwarf_info *dwarf_info_new(Elf *elf)
{
	Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	uint32_t ranges_left = MAX_UNIT_RANGES;
	struct dwarf_info *info;
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;
	uint8_t type;

	if (!dwarf)
		return NULL;
	info = xnew(struct dwarf_info);
	info->dwarf = dwarf;
	while (dwarf_get_units(dwarf, unit, &unit, NULL, &type, &die, NULL) == 0)
		if (type == DW_UT_compile || type == DW_UT_skeleton)
			add_unit(info, &die, &ranges_left);
	range_index_seal(&info->index);
	return info;
}

void dwarf_info_free(struct dwarf_info *info)
{
	if (!info)
		return;
	vec_each (&info->units, unit)
		unit_fini(unit);
	vec_free(&info->units);
	range_index_fini(&info->index);
	dwarf_scopes_fini(&info->scopes);
	dwarf_end(info->dwarf);
	free(info);
}

void dwarf_info_find(struct dwarf_info *info, uint64_t address, struct function_chain *out)
{
	uint32_t number = range_index_find(&info->index, address);
	struct unit *unit = number == NO_OWNER ? NULL : &info->units.items[number - 1];
	struct function_line position = {0};
	struct dwarf_function *function;

	if (!unit)
		return;
	if (!unit->loaded)
		unit_load(unit);
	dwarf_lines_find(&unit->lines, address, &position);
	function = dwarf_functions_find(&unit->functions, address);
	for (int i = 0; function && i < MAX_INLINES; i++) {
		position.function = dwarf_function_named(function, &info->scopes);
		*vec_push(out) = position;
		position = (struct function_line){0};
		set_call_site(unit, function, &position);
		function = dwarf_functions_caller(&unit->functions, function);
	}
	if (!out->size)
		*vec_push(out) = position;
}

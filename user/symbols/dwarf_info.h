/* SPDX-License-Identifier: MIT */
/*
 * All that DWARF says about places in one file's code.
 *
 * Units are found by the ranges in their own entries; the lookup section .debug_aranges is not
 * used, since clang and rustc write none. A unit's functions and lines are read at the first
 * question.
 */
#ifndef PROF_SYMBOLS_DWARF_INFO_H
#define PROF_SYMBOLS_DWARF_INFO_H

#include <libelf.h>
#include <stdint.h>

#include "base/vec.h"
#include "recording/recording.h"

struct dwarf_info;

/* The functions at a place, innermost first. */
struct function_chain {
	struct function_line *items;
	size_t size, capacity;
};

/* NULL when there is no DWARF. `elf` must outlive it; its descriptor is needed only during the
 * call. */
struct dwarf_info *dwarf_info_new(Elf *elf);
void dwarf_info_free(struct dwarf_info *info); /* NULL is fine */

/*
 * Appends the functions at the address. The last, the real function, may lack a name, and alone it
 * may be just a source position. Nothing is appended where no unit has code. Strings belong to
 * `info`.
 */
void dwarf_info_find(struct dwarf_info *info, uint64_t address, struct function_chain *out);

#endif

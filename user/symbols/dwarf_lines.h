/* SPDX-License-Identifier: MIT */
/*
 * A compilation unit's line table: the source position of an address.
 *
 * libdw decodes the table and keeps it sorted by address; paths are put in order once per file.
 */
#ifndef PROF_SYMBOLS_DWARF_LINES_H
#define PROF_SYMBOLS_DWARF_LINES_H

#include <elfutils/libdw.h>
#include <stdint.h>

#include "recording/recording.h"

/* The files that a unit refers to by number. */
struct source_files {
	Dwarf_Files *files;
	const char *directory; /* where relative paths start; may be NULL */
	char **paths;          /* made at the first question */
	size_t size;
};

struct dwarf_lines {
	Dwarf_Lines *rows;
	size_t size;
	struct source_files files;
};

/* `tree` has the entries that name files by number, `unit` the unit's directory. */
void source_files_init(struct source_files *sources, Dwarf_Die *tree, Dwarf_Die *unit);
void source_files_fini(struct source_files *sources);
/* The path with the unit's directory in front, without `//` and `/./`; NULL when unknown. */
char *source_files_path(struct source_files *sources, uint64_t number);

void dwarf_lines_init(struct dwarf_lines *lines, Dwarf_Die *unit);
void dwarf_lines_fini(struct dwarf_lines *lines);
/* Sets the position in *out, and nothing else of it; unknown when the address is in no row. */
void dwarf_lines_find(struct dwarf_lines *lines, uint64_t address, struct function_line *out);

#endif

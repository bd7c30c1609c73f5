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

struct dwarf_lines {
	Dwarf_Lines *rows;
	size_t nr_rows;
	Dwarf_Files *files;
	size_t nr_files;
	char **paths;          /* of the files, made at the first question */
	const char *directory; /* where relative paths start; may be NULL */
};

/* `unit` is the one in the file itself, also when the rest of it lies in a .dwo file. */
void dwarf_lines_init(struct dwarf_lines *lines, Dwarf_Die *unit);
void dwarf_lines_fini(struct dwarf_lines *lines);

/* The path of a file by its number, absolute if the unit's directory is, without `//` and `/./`;
 * NULL when unknown. */
char *dwarf_lines_path(struct dwarf_lines *lines, uint64_t file);

/* Sets the position in *out, and nothing else of it; unknown when the address is in no row. */
void dwarf_lines_find(struct dwarf_lines *lines, uint64_t address, struct function_line *out);

#endif

// SPDX-License-Identifier: MIT
#include "symbols/dwarf_lines.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/search.h"

#define UNKNOWN_FILE "???" /* how libdw calls it */

/* Drops `.` and empty components. `..` stays: the one before it may be a symbolic link. */
static char *clean_path(const char *path)
{
	char *clean = xcalloc(strlen(path) + 1, 1), *to = clean;

	if (*path == '/')
		*to++ = '/';
	while (*(path += strspn(path, "/"))) {
		size_t length = strcspn(path, "/");

		if (length != 1 || *path != '.') {
			if (to > clean && to[-1] != '/')
				*to++ = '/';
			to = mempcpy(to, path, length);
		}
		path += length;
	}
	return clean;
}

/* With the unit's directory in front, if it is not there yet: it may be relative itself. */
static char *full_path(const char *directory, const char *path)
{
	size_t size = directory ? strlen(directory) : 0;
	scoped_free char *joined = NULL;

	if (path[0] == '/' || !size || (!strncmp(path, directory, size) && path[size] == '/'))
		return clean_path(path);
	joined = xasprintf("%s/%s", directory, path);
	return clean_path(joined);
}

static Dwarf_Addr row_start(const struct dwarf_lines *lines, size_t row)
{
	Dwarf_Addr start = UINT64_MAX;

	dwarf_lineaddr(dwarf_onesrcline(lines->rows, row), &start);
	return start;
}

/* The last row at or below the address; of several at one address only the last covers any code. */
static Dwarf_Line *find_row(const struct dwarf_lines *lines, uint64_t address)
{
	size_t behind = search_first(i, 0, lines->nr_rows, row_start(lines, i) > address);

	return behind ? dwarf_onesrcline(lines->rows, behind - 1) : NULL;
}

void dwarf_lines_init(struct dwarf_lines *lines, Dwarf_Die *unit)
{
	Dwarf_Attribute directory;

	memset(lines, 0, sizeof *lines);
	if (dwarf_getsrclines(unit, &lines->rows, &lines->nr_rows))
		lines->nr_rows = 0;
	if (dwarf_getsrcfiles(unit, &lines->files, &lines->nr_files))
		lines->nr_files = 0;
	lines->paths = xcalloc(lines->nr_files, sizeof *lines->paths);
	if (dwarf_attr(unit, DW_AT_comp_dir, &directory))
		lines->directory = dwarf_formstring(&directory);
}

void dwarf_lines_fini(struct dwarf_lines *lines)
{
	for (size_t i = 0; i < lines->nr_files; i++)
		free(lines->paths[i]);
	free(lines->paths);
}

char *dwarf_lines_path(struct dwarf_lines *lines, uint64_t file)
{
	if (file >= lines->nr_files)
		return NULL;
	if (!lines->paths[file]) {
		const char *path = dwarf_filesrc(lines->files, file, NULL, NULL);

		if (!path || !strcmp(path, UNKNOWN_FILE))
			return NULL;
		lines->paths[file] = full_path(lines->directory, path);
	}
	return lines->paths[file];
}

void dwarf_lines_find(struct dwarf_lines *lines, uint64_t address, struct function_line *out)
{
	Dwarf_Line *row = find_row(lines, address);
	bool ends_sequence = true;
	Dwarf_Files *files;
	size_t file;
	int line = 0, column = 0;

	if (!row || dwarf_lineendsequence(row, &ends_sequence) || ends_sequence ||
	    dwarf_line_file(row, &files, &file))
		return;
	dwarf_lineno(row, &line);
	dwarf_linecol(row, &column);
	out->file = dwarf_lines_path(lines, file);
	out->line = line;
	out->column = column;
}

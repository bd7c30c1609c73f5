// SPDX-License-Identifier: MIT
#include "symbols/dwarf_lines.h"

#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"

#define UNKNOWN_FILE "???" /* how libdw calls it */

/* Drops `.` and empty components. `..` stays: the one before it may be a symbolic link. */
static char *clean_path(const char *path)
{
	char *clean = xcalloc(strlen(path) + 1, 1), *to = clean;

	while (*path) {
		bool separated = *path == '/';
		size_t length = strcspn(path += separated, "/");

		if (separated && (to == clean || to[-1] != '/'))
			*to++ = '/';
		if (length != 1 || *path != '.')
			to = mempcpy(to, path, length);
		path += length;
	}
	return clean;
}

/* The last row at or below the address; of several at one address only the last covers any code. */
static Dwarf_Line *find_row(const struct dwarf_lines *lines, uint64_t address)
{
	size_t low = 0, high = lines->size;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		Dwarf_Addr start = UINT64_MAX;

		dwarf_lineaddr(dwarf_onesrcline(lines->rows, middle), &start);
		if (start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? dwarf_onesrcline(lines->rows, low - 1) : NULL;
}

void source_files_init(struct source_files *sources, Dwarf_Files *files, size_t size)
{
	*sources = (struct source_files){.files = files, .size = size};
	sources->paths = xcalloc(size, sizeof *sources->paths);
}

void source_files_fini(struct source_files *sources)
{
	for (size_t i = 0; i < sources->size; i++)
		free(sources->paths[i]);
	free(sources->paths);
}

char *source_files_path(struct source_files *sources, uint64_t number)
{
	if (number >= sources->size)
		return NULL;
	if (!sources->paths[number]) {
		const char *path = dwarf_filesrc(sources->files, number, NULL, NULL);

		if (!path || !strcmp(path, UNKNOWN_FILE))
			return NULL;
		sources->paths[number] = clean_path(path);
	}
	return sources->paths[number];
}

void dwarf_lines_init(struct dwarf_lines *lines, Dwarf_Die *unit)
{
	Dwarf_Files *files = NULL;
	size_t nr_files = 0;

	memset(lines, 0, sizeof *lines);
	if (unit && (dwarf_getsrclines(unit, &lines->rows, &lines->size) != 0 ||
		     dwarf_getsrcfiles(unit, &files, &nr_files) != 0))
		lines->size = nr_files = 0;
	source_files_init(&lines->files, files, nr_files);
}

void dwarf_lines_fini(struct dwarf_lines *lines)
{
	source_files_fini(&lines->files);
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
	out->file = source_files_path(&lines->files, file);
	out->line = line;
	out->column = column;
}

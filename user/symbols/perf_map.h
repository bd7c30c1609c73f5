/* SPDX-License-Identifier: MIT */
/*
 * Names of code that was made at run time, from the map that its maker writes for perf: a line
 * `START SIZE NAME` for each function, numbers in hexadecimal.
 *
 * A map may have millions of lines, of which few are asked for, and whoever wrote it may be
 * hostile: it is read once from end to end, and all that is kept is, for each place, which line
 * covered it last. A later line replaces an earlier one because makers use memory again. A line
 * stamps its place in the file onto a logarithmic number of the nodes of a tree over the places;
 * the youngest stamp above a place is that of its line.
 */
#ifndef PROF_SYMBOLS_PERF_MAP_H
#define PROF_SYMBOLS_PERF_MAP_H

#include <stddef.h>
#include <stdint.h>

struct named_place {
	uint64_t address;
	char *name; /* the caller's to free; NULL: no line covers it */
};

/* Fills in the names of `places`, which are ascending by address. Silent: whatever is no line, or
 * not a whole one, names nothing. */
void perf_map_name(int fd, struct named_place *places, size_t nr_places);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What to print for a place in code.
 *
 * A place holds one function and whatever was inlined into it there, so it has one label or more.
 * A place outside of all functions is `module+0xoffset`, never dropped; kernel functions end in
 * `_[k]`, by which flame graphs know them. In a flame graph each such place would be a sliver of
 * its own (of code made at run time there are thousands), so there it is `[module]`, as perf's
 * users expect.
 */
#ifndef PROF_PROFILE_FRAME_LABEL_H
#define PROF_PROFILE_FRAME_LABEL_H

#include "recording/reader.h"

/* How many functions there are at the place; at least 1. */
uint32_t frame_nr_labels(const struct recording *r, uint32_t module, uint64_t offset);

/* The label of function `i`, 0 being the outermost one. The caller frees it. */
char *frame_label(const struct recording *r, uint32_t module, uint64_t offset, uint32_t i);
/* The same for a flame graph. */
char *flame_label(const struct recording *r, uint32_t module, uint64_t offset, uint32_t i);
bool frame_has_name(const struct recording *r, uint32_t module, uint64_t offset, uint32_t i);

/* The source file of function `i` at the place; NULL when it is not known. */
const char *frame_file(const struct recording *r, uint32_t module, uint64_t offset, uint32_t i);

/* Where in the source function `i` is at the place; NULL when file or line is not known. */
const struct function_line *frame_line(const struct recording *r, uint32_t module, uint64_t offset,
				       uint32_t i);

/* The last component of a module's path. */
const char *module_label(const struct recording *r, uint32_t module);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Where a file keeps its call-frame information.
 *
 * Programs find .eh_frame at run time through PT_GNU_EH_FRAME, so that is the way that also works
 * in stripped and rewritten files. Section headers come second, but know the size.
 */
#ifndef PROF_UNWIND_FRAME_SECTION_H
#define PROF_UNWIND_FRAME_SECTION_H

#include "unwind/elf_code.h"

/* .debug_frame differs in small ways: how it refers to CIEs, and how wide it may be. */
struct frame_section {
	struct loaded_bytes bytes;
	bool is_debug;
	bool ends_at_zero; /* its size is not known otherwise */
};

/* False when the file has no such section, or an empty one. */
bool frame_section_find_eh(const struct elf_code *code, struct frame_section *out);
bool frame_section_find_debug(const struct elf_code *code, struct frame_section *out);

#endif

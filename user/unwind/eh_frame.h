/* SPDX-License-Identifier: MIT */
/*
 * The entries of .eh_frame and .debug_frame: which code has which instructions.
 *
 * One pass over a section finds all CIEs and FDEs. A CIE is known once it was passed, and the FDEs
 * refer back to it, so each is read once and wrong references cost nothing.
 */
#ifndef PROF_UNWIND_EH_FRAME_H
#define PROF_UNWIND_EH_FRAME_H

#include "base/vec.h"
#include "unwind/cfa_program.h"
#include "unwind/elf_code.h"
#include "unwind/frame_section.h"

/* The rows of the code in [start, end), which are offsets in the file. */
struct fde {
	uint32_t start, end;
	uint32_t cie, size;
	const uint8_t *instructions;
	uint64_t address; /* where `start` is loaded */
};

struct frames {
	VEC(struct cie) cies;
	VEC(struct fde) fdes;
};

void frames_fini(struct frames *frames);
/* Whether any of the first `count` FDEs, which are sorted, has code in common with this one. */
bool frames_cover(const struct frames *frames, size_t count, const struct fde *fde);
/* Adds a section's FDEs where the ones that were sorted before have no code in common with them.
 * The section must outlive the frames. */
void frames_scan(struct frames *frames, const struct frame_section *section,
		 const struct elf_code *code);
/* Adds a CIE for code that has none: the state of any function at its first instruction. Returns
 * its index. */
uint32_t frames_add_cie(struct frames *frames);
/* By start, without overlaps. */
void frames_sort(struct frames *frames);

#endif

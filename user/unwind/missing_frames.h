/* SPDX-License-Identifier: MIT */
/*
 * Call-frame information for code that comes without: what starts and ends programs and stacks.
 *
 * It is hand-written assembly, or compiled without, and the same in most programs of the world, so
 * it is recognised by its instructions. Nothing is added where an FDE already covers the code; one
 * is known to be wrong, and mended.
 */
#ifndef PROF_UNWIND_MISSING_FRAMES_H
#define PROF_UNWIND_MISSING_FRAMES_H

#include "unwind/crtbegin.h"
#include "unwind/eh_frame.h"

/* One is usual. A program that was laid out anew after it had been linked has the first one, too.
 */
#define MAX_CRTS 4

/* The instructions of the added FDEs; must outlive them. */
struct missing_frames {
	uint8_t init[8], fini[8];
	struct crtbegin crts[MAX_CRTS];
	size_t nr_crts;
};

/* Adds to sorted frames, which have to be sorted again. */
void missing_frames_add(struct missing_frames *missing, struct frames *frames,
			const struct elf_code *code);

#endif

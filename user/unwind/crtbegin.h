/* SPDX-License-Identifier: MIT */
/*
 * The functions of gcc's crtbegin, which run when a program starts and ends, and which come without
 * call-frame information.
 *
 * Four of them lie in one gap between FDEs. Two may have a frame, and these begin and end like no
 * other functions:
 *
 *     __do_global_dtors_aux:  cmpb $0,completed(%rip);  jne;  push %rbp;  ...  pop %rbp;  ret
 *     frame_dummy:            test %rax,%rax;  je;  push %rbp;  ...  pop %rbp;  jmp
 *
 * The second one has a frame in static programs alone.
 */
#ifndef PROF_UNWIND_CRTBEGIN_H
#define PROF_UNWIND_CRTBEGIN_H

#include <stdbool.h>

#include "unwind/pointer.h"

/* They take some 190 bytes, and 240 in static programs, with the padding before and behind. */
#define MIN_CRTBEGIN_BYTES 64
#define MAX_CRTBEGIN_BYTES 320

struct crtbegin {
	size_t size;              /* of the gap's beginning: what follows is somebody else's */
	uint8_t instructions[26]; /* those that an FDE over it would have */
	size_t instructions_size;
};

bool crtbegin_find(const struct loaded_bytes *gap, struct crtbegin *out);

#endif

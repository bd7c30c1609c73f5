/* SPDX-License-Identifier: MIT */
/*
 * Call-frame information of Go programs, from the table that Go's run-time unwinds by.
 *
 * Stripped programs have that table, too, and it tells what .debug_frame does not: which functions
 * are outermost, and which go over to another stack, of the thread and not of a goroutine. They
 * leave rbp to whom they call, so by that a walk finds back, but for the one function that called
 * them.
 */
#ifndef PROF_UNWIND_GO_FRAMES_H
#define PROF_UNWIND_GO_FRAMES_H

#include "unwind/eh_frame.h"

/* Adds to sorted frames, which have to be sorted again. The FDEs' instructions go to `out`, which
 * must outlive them, and be freed with bytes_fini(). */
void go_frames_add(struct frames *frames, const struct elf_code *code, struct bytes *out);

#endif

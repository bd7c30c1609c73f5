/* SPDX-License-Identifier: MIT */
/*
 * What a signal's handler returns to: the kernel has left the interrupted registers there.
 *
 * glibc describes it, Go and musl do not. Its two instructions are the same everywhere, but are
 * looked for only in files that are mostly undescribed: in others it would have been told.
 */
#ifndef PROF_UNWIND_RESTORER_H
#define PROF_UNWIND_RESTORER_H

#include "unwind/eh_frame.h"

bool is_restorer(const struct elf_code *code, uint64_t address);
/* Of its FDE, which begins a byte early, for nobody calls it: it is returned to. */
uint32_t restorer_add_cie(struct frames *frames);

/* Adds to sorted frames, and leaves them sorted. */
void restorers_add(struct frames *frames, const struct elf_code *code);

#endif

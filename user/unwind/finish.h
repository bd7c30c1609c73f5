/* SPDX-License-Identifier: MIT */
/*
 * Going on with a walk that the kernel side had to leave, by the same code and the same tables.
 *
 * It ended in a file whose table was not ready, or at code that only user space can step over
 * (exact_frame.h). With it came the registers of its last frame and a
 * copy of the stack above, so that the rest can be walked when the table is there.
 */
#ifndef PROF_UNWIND_FINISH_H
#define PROF_UNWIND_FINISH_H

#include <stdbool.h>

#include "event.h"
#include "unwind/publish.h"

/* Where code lay when the stack was walked. `base` is the address of the file's first byte. */
struct code_range {
	uint64_t start, end, base;
	uint32_t file;
};

/* Tells where the code at an address lay; false when there was none. */
typedef bool code_lookup(void *arg, uint64_t address, struct code_range *out);

/*
 * Walks on from the last of the `nr_frames` frames (at most MAX_FRAMES) with the registers and the
 * stack of `rest`. Appends to `frames`, which has room for MAX_FRAMES, and returns how many there
 * are then; *flags (enum walk_flag) become those of the whole walk. WALK_NO_TABLE is among them
 * still when it met a file without a table once more.
 */
uint32_t unwind_finish(const struct unwind_store *store, const struct stack_rest_event *rest,
		       code_lookup *lookup, void *arg, uint64_t *frames, uint32_t nr_frames,
		       uint32_t *flags);

#endif

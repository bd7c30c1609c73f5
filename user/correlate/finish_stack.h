/* SPDX-License-Identifier: MIT */
/*
 * Finishing a stack by what was mapped in its address space when it was taken: unwind/finish.h with
 * the mappings of spaces.h.
 */
#ifndef PROF_CORRELATE_FINISH_STACK_H
#define PROF_CORRELATE_FINISH_STACK_H

#include "correlate/spaces.h"
#include "unwind/finish.h"

/* Where and when the stack was taken. */
struct stack_moment {
	const struct spaces *spaces;
	uint32_t space;
	uint64_t time_ns;
};

/* As unwind_finish(). */
uint32_t stack_finish(const struct stack_moment *moment, const struct unwind_store *store,
		      const struct stack_rest_event *rest, uint64_t *frames, uint32_t nr_frames,
		      uint32_t *flags);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How a system call's row is weighed, alike in every answer: one that never returned, or was
 * refused before it began, counts but has no time.
 */
#ifndef PROF_PROFILE_CALL_ROW_H
#define PROF_PROFILE_CALL_ROW_H

#include "profile/tally.h"

#define CALL_PLACE_COLUMNS                                                                         \
	(COLUMN(SYSCALL_STACK) | COLUMN(SYSCALL_DURATION_NS) | COLUMN(SYSCALL_FLAGS))

static inline void call_row_add(const struct columns *c, uint32_t row, uint32_t root, uint64_t leaf,
				struct tally *tally)
{
	uint64_t untimed = c->at[SYSCALL_FLAGS][row] & SYSCALL_UNTIMED;
	const struct place place = {
		.root = root,
		.stack = (uint32_t)c->at[SYSCALL_STACK][row],
		.leaf = leaf,
	};
	const uint64_t weights[NR_WEIGHTS] = {
		[WEIGHT_COUNT] = 1,
		[WEIGHT_NS] = untimed ? 0 : c->at[SYSCALL_DURATION_NS][row],
	};

	tally_add(tally, &place, weights);
}

#endif

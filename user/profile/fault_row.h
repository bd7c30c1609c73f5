/* SPDX-License-Identifier: MIT */
/*
 * How a fault's row is weighed, alike in every answer: bytes are those of base pages, a page per
 * fault, none for a fault that failed; a fault whose start was not seen has no time.
 */
#ifndef PROF_PROFILE_FAULT_ROW_H
#define PROF_PROFILE_FAULT_ROW_H

#include "profile/tally.h"

#define FAULT_PLACE_COLUMNS                                                                        \
	(COLUMN(FAULT_COUNT) | COLUMN(FAULT_SERVICE_NS) | COLUMN(FAULT_IP) | COLUMN(FAULT_STACK) | \
	 COLUMN(FAULT_KIND) | COLUMN(FAULT_FLAGS))

static inline void fault_row_add(const struct columns *c, uint32_t row, uint32_t root,
				 uint64_t page_bytes, struct tally *tally)
{
	uint64_t count = c->at[FAULT_COUNT][row], flags = c->at[FAULT_FLAGS][row];
	const struct place place = {
		.root = root,
		.stack = (uint32_t)c->at[FAULT_STACK][row],
		.leaf = flags & FAULT_KERNEL ? c->at[FAULT_IP][row] : 0,
	};
	const uint64_t weights[NR_WEIGHTS] = {
		[WEIGHT_COUNT] = count,
		[WEIGHT_NS] = flags & FAULT_UNTIMED ? 0 : c->at[FAULT_SERVICE_NS][row],
		[WEIGHT_BYTES] = c->at[FAULT_KIND][row] >= FAULT_FAILED ? 0 : count * page_bytes,
	};

	tally_add(tally, &place, weights);
}

#endif

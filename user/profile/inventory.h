/* SPDX-License-Identifier: MIT */
/* What a recording consists of, in numbers: the figures of `prof info`. */
#ifndef PROF_PROFILE_INVENTORY_H
#define PROF_PROFILE_INVENTORY_H

#include "recording/reader.h"

struct inventory {
	uint64_t blocks[NR_BLOCK_KINDS], rows[NR_BLOCK_KINDS];
	uint64_t faults; /* which rows of faults stand for */
	uint64_t tasks, task_events, stacks, frames, modules, locations;
};

void inventory_take(const struct recording *r, struct inventory *out);

#endif

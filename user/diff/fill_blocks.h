/* SPDX-License-Identifier: MIT */
/* One run's blocks of allocators into rows, by the function that asked for them. */
#ifndef PROF_DIFF_FILL_BLOCKS_H
#define PROF_DIFF_FILL_BLOCKS_H

#include "diff/alignment.h"
#include "diff/table.h"

void blocks_fill(struct diff_table *table, struct alignment *alignment, enum side side,
		 uint32_t number, const struct run *run);

#endif

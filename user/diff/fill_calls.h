/* SPDX-License-Identifier: MIT */
/* One run's system calls into rows: by name, by who makes them, and by file. */
#ifndef PROF_DIFF_FILL_CALLS_H
#define PROF_DIFF_FILL_CALLS_H

#include "diff/alignment.h"
#include "diff/scope.h"
#include "diff/table.h"

void calls_fill(struct diff_table tables[NR_FACETS], const struct scope *scope,
		struct alignment *alignment, enum side side, uint32_t number,
		const struct run *run);

#endif

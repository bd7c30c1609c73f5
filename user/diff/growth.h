/* SPDX-License-Identifier: MIT */
/*
 * Page faults of containers that grow: below a function whose name says that it makes a table, a
 * vector or a heap larger, in whatever language.
 */
#ifndef PROF_DIFF_GROWTH_H
#define PROF_DIFF_GROWTH_H

#include "diff/run.h"

struct growth {
	uint64_t faults;
	char *function; /* plain, where most of them are; NULL: none */
	char *caller;   /* the innermost function on the way there that is the program's own */
};

void growth_find(const struct run *run, struct growth *out);
void growth_fini(struct growth *growth);

#endif

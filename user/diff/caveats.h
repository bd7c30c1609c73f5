/* SPDX-License-Identifier: MIT */
/*
 * What speaks against comparing two recordings, or parts of them: told before anything else.
 */
#ifndef PROF_DIFF_CAVEATS_H
#define PROF_DIFF_CAVEATS_H

#include "diff/run.h"
#include "diff/side.h"

struct caveats {
	VEC(char *) texts;
};

void caveats_find(struct run *const *base, uint32_t nr_base, struct run *const *new,
		  uint32_t nr_new, struct caveats *out);
void caveats_fini(struct caveats *caveats);

#endif

/* SPDX-License-Identifier: MIT */
/* What amounts are divided by, so that jobs of different size compare: bytes, calls, or a number.
 */
#ifndef PROF_DIFF_UNIT_OF_WORK_H
#define PROF_DIFF_UNIT_OF_WORK_H

#include "diff/aligned_paths.h"

struct unit_of_work {
	char *text;          /* "MiB read"; NULL: there is none */
	double of[NR_SIDES]; /* how many a run has, on average */
};

/* `spec`: read-bytes, write-bytes, calls:NAME, or a number. 0 or -EINVAL, reported. */
int unit_of_work_parse(const char *spec, const struct aligned_runs *runs, struct unit_of_work *out);
/* Whether it is one of these, without any runs. 0 or -EINVAL, reported. */
int unit_of_work_check(const char *spec);
void unit_of_work_fini(struct unit_of_work *unit);

#endif

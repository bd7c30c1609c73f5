/* SPDX-License-Identifier: MIT */
/*
 * Which functions of two programs are the same: by name, by a map, and else by what they do.
 *
 * Names that both sides have anyway (C libraries, the C library, the kernel) are fixed points.
 * From them, and from memory and system calls, a function without a namesake is recognised: by its
 * anchors, its neighbours, its weight and the words of its name. Each such match has a score, and
 * below LEAST_SCORE there is none.
 */
#ifndef PROF_DIFF_ALIGNMENT_H
#define PROF_DIFF_ALIGNMENT_H

#include "diff/functions.h"
#include "diff/name_map.h"

#define LEAST_SCORE   0.55
#define LEAST_SUGGEST 0.30 /* what a person may want to look at */

enum match_kind { MATCH_NAME, MATCH_MAP, MATCH_SIMILAR };

struct match {
	uint32_t of[NR_SIDES]; /* numbers of functions */
	enum match_kind kind;
	double score; /* 0 to 1 */
};

struct alignment {
	struct functions functions[NR_SIDES];
	struct names anchor_names;
	struct names texts;         /* of both sides: one text a pair */
	uint32_t *joint[NR_SIDES];  /* by function: its text; 0: left out of paths */
	bool *is_matched[NR_SIDES]; /* by function */
	VEC(struct match) matches;  /* other than by equal names, best first */
	VEC(struct match) suggestions;
};

void alignment_make(struct run *const *base, uint32_t nr_base, struct run *const *new,
		    uint32_t nr_new, const struct name_map *map, struct alignment *out);
void alignment_fini(struct alignment *a);

/* The text of a pair for a name in either side's recording; the plain name when it has none. */
const char *alignment_name(struct alignment *a, enum side side, const char *raw_name);
/* Leaves a function out of paths, or back in. */
void alignment_leave_out(struct alignment *a, enum side side, uint32_t function, bool out);

#endif

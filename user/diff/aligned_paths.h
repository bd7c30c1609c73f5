/* SPDX-License-Identifier: MIT */
/*
 * The paths of both sides as one tree of their common names.
 *
 * Its three weights are what BASE has, what NEW has, and how far they are apart: the last is added
 * up without sign, so that a loss and a gain below one frame do not hide each other. From the three
 * follow the parts that were gained and lost: (apart + new - base) / 2 and (apart + base - new)
 * / 2.
 */
#ifndef PROF_DIFF_ALIGNED_PATHS_H
#define PROF_DIFF_ALIGNED_PATHS_H

#include "diff/alignment.h"

enum aligned_weight { ALIGNED_BASE, ALIGNED_NEW, ALIGNED_APART };
_Static_assert((int)ALIGNED_APART < (int)NR_WEIGHTS, "they are the weights of a path tree");

struct aligned_runs {
	struct run *const *of[NR_SIDES];
	uint32_t nr[NR_SIDES];
};

/* Of several runs the means. The tree is finished by name. */
void aligned_paths_build(struct alignment *a, const struct aligned_runs *runs,
			 enum event_kind_of_path events, enum weight weight, struct path_tree *out);

/*
 * A function that only one side has may have been inlined, or split off: paths fit better without
 * it then. Such functions are left out of the alignment.
 */
struct inlined {
	enum side side; /* that has it */
	uint32_t function;
	uint64_t weight;
};
struct inlined_list {
	VEC(struct inlined) items;
};
void inlined_find(struct alignment *a, const struct aligned_runs *runs, struct inlined_list *out);

static inline int64_t aligned_delta(const uint64_t weights[NR_WEIGHTS])
{
	return (int64_t)(weights[ALIGNED_NEW] - weights[ALIGNED_BASE]);
}

#endif

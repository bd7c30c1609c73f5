/* SPDX-License-Identifier: MIT */
/*
 * All that `prof diff` tells, as numbers and sentences: the formats only print it. No I/O.
 */
#ifndef PROF_DIFF_H
#define PROF_DIFF_H

#include "diff/aligned_paths.h"
#include "diff/caveats.h"
#include "diff/job.h"
#include "diff/path_changes.h"
#include "diff/scope.h"
#include "diff/table.h"
#include "diff/unit_of_work.h"
#include "diff/verdict.h"

struct metric_change {
	bool is_known; /* on both sides */
	struct change change;
	struct interval time; /* of NEW / BASE, for times: by bootstrap */
};

struct diff_options {
	const struct name_map *map; /* NULL: none */
	const char *per;            /* a unit of work, checked; NULL: none */
};

struct diff {
	struct aligned_runs runs;
	struct scope scope;
	struct caveats caveats;
	struct job job;
	struct unit_of_work unit;
	struct metric_change metrics[NR_METRICS];
	bool has_repeats; /* enough runs on both sides to know how much they vary */
	bool is_parallel;
	struct noise noise; /* of counts, in rows */
	struct alignment alignment;
	struct inlined_list inlined;
	struct diff_table tables[NR_FACETS];
	struct path_tree paths[NR_PATH_EVENTS]; /* by counts */
	struct path_changes path_changes[NR_PATH_EVENTS];
	struct verdict verdict;
	bool differs; /* in something that costs */
};

/* The runs outlive it. 0 or -errno, reported. */
int diff_make(const struct aligned_runs *runs, const struct diff_options *options,
	      struct diff **out);
void diff_free(struct diff *diff); /* NULL is fine */

/* The side that has more of a metric. */
enum side diff_heavier(const struct diff *diff, enum metric metric);
const struct run *diff_first_run(const struct diff *diff, enum side side);

#endif

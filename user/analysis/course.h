/* SPDX-License-Identifier: MIT */
/*
 * What windows of time tell: when the level of something changed, which kinds of phases there are,
 * and what goes up and down together.
 */
#ifndef PROF_ANALYSIS_COURSE_H
#define PROF_ANALYSIS_COURSE_H

#include "analysis/windows.h"
#include "stats/clusters.h"
#include "stats/correlation.h"

/* From window `at` on, a series has another level: `factor` times the one before. */
struct change {
	uint32_t series, at;
	double before, after; /* medians: a number a window, or ns */
	double factor;
};

#define LEAST_CHANGE 1.5 /* or its inverse: smaller changes are not told */

/* What makes a phase: a series that is this many times what it usually is. */
struct trait_of_phase {
	uint32_t series;
	double factor; /* of its median over all windows */
	double score;  /* deviations */
};

#define MOST_TRAITS 3

struct phase {
	uint32_t windows;
	uint32_t first; /* the first window of it */
	unsigned int nr_traits;
	struct trait_of_phase traits[MOST_TRAITS]; /* the most unusual first; none: the usual */
};

/* Two series, and how they go together beyond chance. */
struct relation {
	uint32_t x, y;
	struct correlation correlation; /* of ranks, judged by the windows that are independent */
};

struct course {
	struct windows windows;
	VEC(struct change) changes; /* by time */
	unsigned int nr_phases;     /* 1: all windows are of one kind */
	double silhouette;
	struct phase phases[CLUSTERS_MAX]; /* the most windows first */
	uint32_t *phase_of;                /* by window */
	uint32_t busy_windows; /* in which something happened: what the next two are about */
	double *r;             /* [series][series]: correlation of ranks */
	VEC(struct relation) relations; /* the strongest first */
};

void course_build(struct recording *r, struct course *out);
void course_fini(struct course *course);

#endif

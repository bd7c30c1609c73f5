/* SPDX-License-Identifier: MIT */
/* What selection.c, which passes over values, and selection_plan.c, which says for what, share. */
#ifndef PROF_STATS_SELECTION_STATE_H
#define PROF_STATS_SELECTION_STATE_H

#include "stats/sample.h"
#include "stats/selection.h"

#define TILE      2048 /* values: half of a first-level cache, for several looks at them */
#define EDGES_MAX 4

enum state { OPEN, HUNGRY, ZOOMED, DONE };

/* A rank, and the interval that is known to hold its value. */
struct target {
	uint64_t rank, below; /* how many values lie below the interval, */
	uint64_t count;       /* and how many in it */
	struct span at, pick;
	enum state state;
	bool has_pick, is_exact, was_hungry;
	unsigned int nr_edges, edges[EDGES_MAX]; /* ascending splitters in at */
};

struct selection {
	struct histogram histogram;
	struct bucket_counter counter;
	struct histogram zoom; /* of what values are above the first crowded bucket, */
	struct bucket_counter zoom_counter;
	uint64_t zoom_below; /* and how many are not */
	bool is_zooming;
	struct sample sample;
	bool is_sorted; /* the sample */
	unsigned int nr_targets, passes;
	struct target targets[SELECTION_RANKS];

	/* What the pass under way does: distinct intervals and limits. */
	struct span picks[SELECTION_RANKS], hungry[SELECTION_RANKS];
	unsigned int nr_picks, nr_hungry, nr_limits;
	uint64_t limits[SELECTION_RANKS * EDGES_MAX], counts[SELECTION_RANKS * EDGES_MAX];
	uint64_t seen;
	bool is_full, is_cautious;
	double planned; /* how many values the picks hold, if the sample is like all */
	size_t room, share, nr_picked;
	uint64_t *picked, *scratch; /* of `room` values and a tile */
};

static inline void give_up(struct target *t)
{
	t->is_exact = false;
	t->state = DONE;
}

/* Says what the next pass is to do; false when all is known. */
bool selection_plan(struct selection *s);

#endif

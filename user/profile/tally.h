/* SPDX-License-Identifier: MIT */
/*
 * Weights of events by where they happened: a root name, a stack and a leaf below it.
 *
 * Millions of rows become as many cells as there are distinct places, so frames are turned into
 * names only for those. Rows that follow each other are mostly of one place, which costs no lookup.
 */
#ifndef PROF_PROFILE_TALLY_H
#define PROF_PROFILE_TALLY_H

#include "profile/path_tree.h"
#include "recording/reader.h"

struct place {
	uint32_t root;  /* what the caller says; 0 where roots do not matter */
	uint32_t stack; /* id of a stack of the recording */
	uint64_t leaf;  /* what the caller says */
};

struct tally_cell {
	struct place place;
	uint64_t weights[NR_WEIGHTS];
};

struct tally {
	struct place last;
	uint32_t last_cell; /* + 1; 0 = none yet */
	struct pair_map places;
	VEC(struct tally_cell) cells;
};

/* A zeroed tally is an empty one. */
void tally_fini(struct tally *t);
void tally_add(struct tally *t, const struct place *place, const uint64_t weights[NR_WEIGHTS]);

#endif

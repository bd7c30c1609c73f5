/* SPDX-License-Identifier: MIT */
/*
 * Which system calls of a run are of one kind: about as frequent as each other, and as quick.
 *
 * Points are names, in octaves of number and of mean time, so a unit means the same on both axes;
 * k-means finds the kinds, the gap statistic how many there are (stats/clusters.h). One is a
 * possible answer.
 */
#ifndef PROF_ANALYSIS_KINDS_H
#define PROF_ANALYSIS_KINDS_H

#include "recording/reader.h"

#define KINDS_LEAST_NAMES 6 /* below, nothing is told */
#define KINDS_LEAST_CALLS 5 /* of a name that is to have a kind */

struct kind_member {
	uint32_t key;
	uint64_t calls, mean_ns;
	unsigned int kind; /* found; those with the most time in all have the least number */
};

struct kinds {
	struct kind_member *members; /* those of a kind together */
	size_t nr_members;
	unsigned int nr; /* 1: no clusters */
	double silhouette;
};

/* Of the calls in a recording. */
void kinds_build(const struct recording *r, struct kinds *out);
void kinds_fini(struct kinds *kinds);

/* Sorts the members by kind, then by time in all. Returns how many kinds there are; 1: no clusters.
 */
unsigned int kinds_find(struct kind_member *members, size_t nr, double *out_silhouette);

#endif

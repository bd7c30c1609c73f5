/* SPDX-License-Identifier: MIT */
/*
 * What a few have in common and the others have not.
 *
 * Of each attribute's value it is counted how often it occurs among the few and among the rest; the
 * risk ratio says how much more likely a call with it is one of the few (Bailis et al.,
 * "MacroBase", SIGMOD 2017). What chance alone could do is left out, with the number of questions
 * in mind (stats/tails.h); of what is left, the values that cover the most are taken one after the
 * other, as long as each adds something.
 */
#ifndef PROF_ANALYSIS_CONTRAST_H
#define PROF_ANALYSIS_CONTRAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trait {
	uint32_t attribute;
	uint32_t question; /* of those with the same one, only the best is told */
	uint32_t tries;    /* it is the best of so many; 0: the only one */
	uint64_t value;
	uint64_t few, rest; /* how often it occurs among each */
};

struct finding {
	struct trait trait;
	double support;    /* the share of the few that have it */
	double background; /* the share of the rest that have it */
	double risk_ratio; /* how much more likely one with it is among the few; INFINITY: only they
			    */
	double probability; /* by chance */
};

#define MAX_FINDINGS 4

/* Traits that are told: of at least so many of the few, and so much more likely. */
#define LEAST_SUPPORT    0.2
#define LEAST_RISK_RATIO 2.0
#define FALSE_RATE       0.01

/* Returns how many findings there are; the best first, each of another question. */
unsigned int contrast_find(const struct trait *traits, size_t nr, uint64_t few, uint64_t rest,
			   struct finding out[MAX_FINDINGS]);

#endif

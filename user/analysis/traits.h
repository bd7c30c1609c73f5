/* SPDX-License-Identifier: MIT */
/*
 * How often each trait occurs among the calls of each part of a study, and what follows from that.
 *
 * Two attributes are counted in another form than they are told: of a stack, which is one of many,
 * the functions on it are asked about; of the time, the span of the run that has the most of the
 * few beyond its share of the rest. That span is the best of all spans, so it has to be better
 * than chance by as much.
 */
#ifndef PROF_ANALYSIS_TRAITS_H
#define PROF_ANALYSIS_TRAITS_H

#include "analysis/attributes.h"
#include "analysis/contrast.h"
#include "stats/modes.h"

#define TRAITS_OF_SLOWEST MODES_MAX /* in place of a mode */

struct trait_counts {
	uint64_t of_part[MODES_MAX + 1]; /* by mode; then the slowest, which are in modes, too */
	uint64_t all;
};

struct traits {
	struct pair_map numbers; /* of study and attribute, and value */
	VEC(struct trait_counts) counts;
};

/* Zeroed traits are none. */
void traits_fini(struct traits *t);
void traits_count(struct traits *t, uint32_t study, unsigned int mode, bool is_slow,
		  const uint64_t values[NR_ATTRIBUTES]);

/* What sets the `few` of a part (a mode, or the slowest) apart from the `rest`; how many findings.
 */
unsigned int traits_explain(const struct traits *t, struct attributes *attributes, uint32_t study,
			    unsigned int part, uint64_t few, uint64_t rest,
			    struct finding out[MAX_FINDINGS]);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Advice on how a recorded program uses memory: the model's results, with the names of the stacks,
 * made into the situation that patterns are looked for in.
 */
#ifndef PROF_PROFILE_MEMORY_ADVICE_H
#define PROF_PROFILE_MEMORY_ADVICE_H

#include "advice/diagnosis.h"
#include "profile/memory_report.h"

struct memory_advice {
	struct situation situation;
	struct diagnoses diagnoses;
};

/* The memory report must outlive it: the texts of the situation are its. */
void memory_advice_build(const struct recording *r, struct memory_report *memory,
			 struct memory_advice *out);
void memory_advice_fini(struct memory_advice *advice);

#endif

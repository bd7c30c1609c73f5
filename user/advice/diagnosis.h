/* SPDX-License-Identifier: MIT */
/*
 * Habits of using memory that cost page faults for nothing, recognised with numbers, and what to
 * do.
 *
 * Silence is the rule: a pattern speaks only when all of its preconditions hold in the recording,
 * and when it costs LEAST_FAULTS faults or more and a part of LEAST_PART of the system time or of
 * the wall time. A fault is explained once, by the first pattern in order that wants it.
 */
#ifndef PROF_ADVICE_DIAGNOSIS_H
#define PROF_ADVICE_DIAGNOSIS_H

#include "advice/remedy.h"
#include "advice/situation.h"

#define LEAST_FAULTS 2048 /* 8 MiB of memory brought in */
#define LEAST_PART   20   /* a twentieth, 5 % */

struct diagnosis_line {
	const char *label;
	char *text;
};

struct diagnosis {
	const char *id;
	char *title;
	VEC(struct diagnosis_line) evidence;
	char *remedy;
	const struct remedy *attempt; /* what can be tried by --try; NULL: nothing */

	uint64_t faults, service_ns; /* that it is about */
	uint64_t saved_faults, saved_least_ns, saved_most_ns;
	uint32_t owner, returner;       /* sites; 0: nobody, or several */
	const char *toucher, *touching; /* as in a flow */
	uint64_t regions, least_bytes, most_bytes, median_ns, peak_bytes;
	uint32_t threads; /* that took the faults */
	bool in_main, in_threads;
};

struct diagnoses {
	VEC(struct diagnosis) items; /* the most expensive first */
};

void diagnoses_find(const struct situation *s, struct diagnoses *out);
/* Whether the remedy should help against it: the one it names, one that does more, or another
 * allocator than the one that is at fault. */
bool diagnosis_answered_by(const struct diagnosis *d, const struct remedy *remedy);
void diagnoses_fini(struct diagnoses *diagnoses);

#endif

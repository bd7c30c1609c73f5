/* SPDX-License-Identifier: MIT */
/*
 * A remedy tried: what the diagnoses of the run before promised, against what the run after shows.
 *
 * Page faults decide, for a run has nearly the same number each time; times of single runs are
 * shown beside them.
 */
#ifndef PROF_PROFILE_TRIAL_H
#define PROF_PROFILE_TRIAL_H

#include "profile/report.h"

struct trial_side {
	uint64_t faults, system_ns, wall_ns;
	uint64_t most_bytes; /* of anonymous memory */
	struct known exit_status;
};

struct trial {
	const struct remedy *remedy;
	struct trial_side before, after;
	VEC(const struct diagnosis *) answered; /* diagnoses that the remedy is for */
	uint64_t predicted_faults, predicted_least_ns, predicted_most_ns;
	int64_t measured_faults; /* saved; negative: there are more */
	bool helped;             /* at least half of what was predicted; if nothing was, a tenth */
};

void trial_judge(const struct remedy *remedy, const struct report *before,
		 const struct report *after, struct trial *out);
void trial_fini(struct trial *trial);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which system calls to look at first.
 *
 * What counts is the time that could be saved: a call that takes seconds comes before a million
 * that take a second together, for each of which nothing better can be done than not to make it.
 * So a call is of high priority if one of them is long by itself or they are slow and take a good
 * part of the run; quick ones rise to the middle at most. Calls that are made in order to wait are
 * low: what they wait for has the cause.
 */
#ifndef PROF_ANALYSIS_PRIORITY_H
#define PROF_ANALYSIS_PRIORITY_H

#include "analysis/study.h"
#include "profile/syscall_table.h"

#define PRIORITY_LONG_NS     1000000000 /* one such call is of high priority */
#define PRIORITY_NOTICED_NS  100000000  /* of the middle: people notice it */
#define PRIORITY_LONG_SHARE  0.1        /* of the run in one call, from here on: */
#define PRIORITY_LONG_LEAST  10000000   /* ns */
#define PRIORITY_MUCH_SHARE  0.2        /* of the run in all of them: high if they are slow */
#define PRIORITY_SOME_SHARE  0.05       /* middle if they are slow */
#define PRIORITY_QUICK_SHARE 0.25       /* middle if they are quick */
#define PRIORITY_QUICK_NS    20000      /* on average: a call's own cost and little more */

enum priority { PRIORITY_LOW, PRIORITY_MEDIUM, PRIORITY_HIGH };

enum priority_reason {
	REASON_LITTLE,      /* little time in all */
	REASON_ONE_IS_LONG, /* the longest alone */
	REASON_SLOW,        /* each takes long, and all together a good part of the run */
	REASON_MANY,        /* each is quick, but so many of them are a good part of the run */
	REASON_MANY_CHEAP,  /* each is quick, and all together are but a small part of it */
	REASON_WAITS,
	NR_PRIORITY_REASONS
};
extern const char *const priority_reason_names[NR_PRIORITY_REASONS];

struct prioritized {
	const struct syscall_row *row;
	enum priority priority;
	enum priority_reason reason;
	uint64_t mean_ns;
	struct example longest; /* task 0: its row is not there */
};

struct priorities {
	const struct recording *recording;
	uint64_t run_ns; /* how long the recorded time was */
	struct syscall_table calls;
	VEC(struct prioritized) items; /* what is to be looked at first first */
};

void priorities_build(struct recording *r, struct priorities *out);
void priorities_fini(struct priorities *priorities);

#endif

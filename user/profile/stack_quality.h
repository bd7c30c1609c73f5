/* SPDX-License-Identifier: MIT */
/*
 * How much of the recorded stacks can be trusted, weighted by the events on them.
 *
 * Each event counts once, under the gravest thing that is known of its stack.
 */
#ifndef PROF_PROFILE_STACK_QUALITY_H
#define PROF_PROFILE_STACK_QUALITY_H

#include "profile/scan.h"

enum stack_verdict {
	STACK_PROVEN, /* complete */
	STACK_LOST,
	STACK_ABSENT, /* without any frame */
	STACK_CUT_UNREADABLE,
	STACK_CUT_TOO_DEEP,
	STACK_CUT_NO_TABLE,
	STACK_CUT_NO_RULE,
	STACK_CUT_NO_CODE,
	STACK_THROUGH_MADE_CODE, /* whole, if that keeps frame pointers as it seems to */
	STACK_UNPROVEN,          /* by frame pointers */
	STACK_BROKEN,            /* ended early for no stated reason */
	NR_STACK_VERDICTS
};

struct stack_verdict_words {
	const char *key; /* in JSON */
	const char *text;
};
extern const struct stack_verdict_words stack_verdict_words[NR_STACK_VERDICTS];

struct stack_quality {
	bool recorded; /* stacks were asked for */
	uint64_t events[NR_STACK_VERDICTS];
	uint64_t complete, incomplete;
	/* Why stacks may be worse than they had to be. */
	uint64_t tables_refused;    /* parts of unwinding tables that there was no room for */
	uint64_t files_unreachable; /* that were gone before they could be opened */
	uint64_t none;    /* there was none to take: in the execve, before the first instruction */
	uint64_t unasked; /* events that were to have none: in none of the above */
};

void stack_quality_of(const struct recording *r, const struct scan *scan,
		      struct stack_quality *out);

enum stack_verdict stack_verdict_of(const struct stack *stack);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The run cut into windows of time, each described by what happened in it.
 *
 * A series has one number a window: how often a call was made, how long it took, how many pages
 * faulted. Series say when something changed, which windows are alike, and what goes together.
 */
#ifndef PROF_ANALYSIS_WINDOWS_H
#define PROF_ANALYSIS_WINDOWS_H

#include "recording/reader.h"

#define MOST_WINDOWS    240
#define LEAST_WINDOWS   8  /* below, nothing is said */
#define EVENTS_A_WINDOW 20 /* on average, at least */

enum series_kind {
	SERIES_CALLS, /* all system calls */
	SERIES_ERRORS,
	SERIES_FAULTS,
	SERIES_FAULT_NS,
	SERIES_CALLS_OF,   /* of one name */
	SERIES_LATENCY_OF, /* of one name: the mean of log2 ns; a window without one goes on as
			      before */
};

#define MOST_SERIES_CALLS 6 /* names that have series of their own: those with the most time */
#define MOST_SERIES       (4 + 2 * MOST_SERIES_CALLS)

struct series {
	enum series_kind kind;
	uint32_t key;   /* of a name */
	double *values; /* by window */
};

struct windows {
	uint32_t nr; /* 0: too little happened */
	uint64_t start_ns, width_ns;
	uint32_t nr_series;
	struct series series[MOST_SERIES]; /* none of them constant */
};

void windows_build(struct recording *r, struct windows *out);
/* Of series whose windows hold sums: logs become means, and constant series go. */
void windows_settle(struct windows *w);
void windows_fini(struct windows *w);

/* "calls of read". The caller frees it. */
char *series_label(const struct series *s);

#endif

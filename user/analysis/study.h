/* SPDX-License-Identifier: MIT */
/*
 * The times of the system calls that matter, explained: the modes of each call and what tells them
 * apart, what the slowest hundredth has in common, and the calls that nothing explains.
 *
 * A call's duration is here without the time in which others had the processor (net_times.h), which
 * says nothing about the call. The blocks' summaries tell modes and thresholds; one pass over the
 * rows then counts what the calls of each mode have in common.
 */
#ifndef PROF_ANALYSIS_STUDY_H
#define PROF_ANALYSIS_STUDY_H

#include "analysis/anomaly.h"
#include "analysis/attributes.h"
#include "analysis/contrast.h"
#include "stats/modes.h"

/* A system call is studied from so many calls on, if it takes such a share of all their time. */
#define STUDY_LEAST_CALLS 100
#define STUDY_LEAST_SHARE 0.005
#define STUDY_MOST_CALLS  16

/* A call that can be looked up. */
struct example {
	uint64_t start_ns, duration_ns;
	uint32_t task; /* 0: none */
};

/* Some calls and what sets them apart from the others of their name. */
struct part {
	uint64_t from_ns, last_ns; /* durations; both inclusive */
	uint64_t count, total_ns;
	uint64_t middle_ns; /* their median, to within 0.1 % */
	unsigned int nr_findings;
	struct finding findings[MAX_FINDINGS];
	struct example example; /* the first one about in the middle */
	double example_off;     /* how far from it */
};

struct call_study {
	uint32_t key; /* syscall_key() */
	uint64_t calls, timed, total_ns;
	uint64_t ready_ns; /* of it: without a processor. All that follows is about the rest */
	unsigned int nr_modes;
	struct part modes[MODES_MAX];
	struct part slowest; /* hundredth; count 0: too many share one time */
	struct anomaly_rule rule;
};

struct anomaly {
	uint32_t key;
	struct example event;
	uint64_t own_ns; /* of its duration, without waiting for a processor: what is judged */
	double score;
	uint64_t baseline_ns; /* the median of such calls */
};

#define MAX_ANOMALIES 10

struct study {
	struct attributes attributes; /* labels of the findings */
	VEC(struct call_study) calls; /* the most time first */
	uint64_t total_ns;            /* of all system calls */
	uint64_t anomalies;           /* of all calls with a time, studied or not */
	uint64_t by_severity[NR_SEVERITIES];
	unsigned int nr_worst;
	struct anomaly worst[MAX_ANOMALIES]; /* the highest score first */
};

void study_build(struct recording *r, struct study *out);
void study_fini(struct study *study);

#endif

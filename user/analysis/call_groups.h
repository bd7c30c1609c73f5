/* SPDX-License-Identifier: MIT */
/*
 * Calls by group: how often, how long, and the exact quantiles of their times, each with the event
 * that has it.
 *
 * A first pass over the rows counts them. Durations are then gathered group by group, as many
 * groups at a time as fit in memory; a group that is larger alone is gone through in passes
 * that gather only what surrounds the wanted ranks (stats/selection.h). So memory does not grow
 * with the recording. A last pass finds the events.
 */
#ifndef PROF_ANALYSIS_CALL_GROUPS_H
#define PROF_ANALYSIS_CALL_GROUPS_H

#include "analysis/grouping.h"
#include "stats/moments.h"

enum {
	QUANTILE_P50,
	QUANTILE_P75,
	QUANTILE_P90,
	QUANTILE_P95,
	QUANTILE_P99,
	QUANTILE_P999,
	QUANTILE_P9999,
	NR_CALL_QUANTILES
};
extern const unsigned int
	call_quantile_ppm[NR_CALL_QUANTILES]; /* p50, 75, 90, 95, 99, 99.9, 99.99 */
extern const char *const call_quantile_names[NR_CALL_QUANTILES]; /* p50, p99.9 */

struct call_quantile {
	uint64_t value_ns;        /* nearest rank */
	bool has_interval;        /* there are calls enough for one */
	uint64_t low_ns, high_ns; /* of 95 % confidence */
	uint64_t start_ns;        /* of the first call that took just as long */
	uint32_t task;
	bool is_exact; /* false: a part of the recording could not be read */
};

struct call_group {
	uint64_t calls, errors;
	uint64_t bytes;       /* that reads and writes moved */
	struct moments times; /* of those that have a duration */
	uint64_t own_max_ns;  /* the longest without time in which others had the processor */
	struct call_quantile quantiles[NR_CALL_QUANTILES];
};

struct call_groups {
	struct grouping grouping;
	VEC(struct call_group) groups; /* by number */
	struct call_group all;         /* without quantiles */
	uint64_t lost;                 /* calls that are in no group: the stream dropped them */
	bool is_brief; /* from summaries: no bytes and deviations, quantiles within CALL_BRIEF_PPM
			*/
};

/* quantile_is_told(), of a group's calls. */
bool call_quantile_is_told(uint64_t timed, unsigned int quantile);

/* `batch_rows`: how many durations may be in memory; 0: the default, 128 MiB of them. */
void call_groups_build(struct recording *r, const enum aspect *aspects, unsigned int nr_aspects,
		       uint64_t batch_rows, struct call_groups *out);

/* By syscall, from the summaries of the file alone. */
#define CALL_BRIEF_PPM ((1000000 >> (SUMMARY_BITS + 1)) + 1)
void call_groups_brief(const struct recording *r, struct call_groups *out);
void call_groups_fini(struct call_groups *groups);

#endif

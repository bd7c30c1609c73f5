/* SPDX-License-Identifier: MIT */
/*
 * Which calls took so long that their like does not explain it.
 *
 * A call is judged by its like: the slowest mode of its name (stats/modes.h), where there are more
 * than one. The slowest part of that is taken to go on as it does: its logs fall off exponentially
 * (a Pareto tail, heavier than that of nearly all latencies), at the pace that the middle of that
 * part shows, which a few monsters beyond do not change. What is so far out that chance would
 * hardly bring it there once among all those calls is an anomaly; the share of false ones is
 * limited (stats/tails.h). Where many are that slow they are no anomalies but a mode
 * (stats/modes.h).
 */
#ifndef PROF_ANALYSIS_ANOMALY_H
#define PROF_ANALYSIS_ANOMALY_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/histogram.h"

#define ANOMALY_LEAST_CALLS       20 /* below, nothing is told */
#define ANOMALY_FALSE_RATE        0.01
/* More of them, as a share of all calls, are a mode; up to five are anomalies from 100 calls on. */
#define ANOMALY_MOST_SHARE        0.005
#define ANOMALY_MOST_FEW          5
#define ANOMALY_MOST_SHARE_OF_FEW 0.05

/* What an interrupt takes, or a processor that is lent to another guest, explains a call that is
 * slower by less, and nobody minds it. */
#define ANOMALY_LEAST_FACTOR    2
#define ANOMALY_LEAST_EXCESS_NS 500000

enum severity { SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, NR_SEVERITIES };
extern const char *const severity_names[NR_SEVERITIES];

struct anomaly_rule {
	uint64_t threshold_ns; /* from here on; UINT64_MAX: there are none */
	uint64_t count;        /* of those */
	bool is_mode;          /* there are too many beyond it to be anomalies; then count is 0 */
	double median, deviation; /* of log2 of its like: the baseline */
};

void anomaly_rule_of(const struct histogram *h, struct anomaly_rule *out);

/* Deviations from the baseline, on the log scale. */
double anomaly_score(const struct anomaly_rule *rule, uint64_t duration_ns);
enum severity anomaly_severity(double score);

#endif

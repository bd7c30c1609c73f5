/* SPDX-License-Identifier: MIT */
/*
 * Conditions on a comparison, as pipelines write them: `faults>+5%`, `syscalls>+100`,
 * `calls:openat<=+0`, `read-bytes>1M`; and goals, `faults=-80%`.
 *
 * With a sign the number is the change, in the metric's unit or in percent of BASE; without one it
 * is what NEW may have.
 */
#ifndef PROF_DIFF_GATE_H
#define PROF_DIFF_GATE_H

#include "diff/diff.h"

enum gate_operator { GATE_MORE, GATE_AT_LEAST, GATE_LESS, GATE_AT_MOST };
enum gate_scale { GATE_VALUE, GATE_CHANGE, GATE_PERCENT };

struct gate {
	const char *text;
	enum metric metric; /* NR_METRICS: of one system call */
	char call[64];
	enum amount amount; /* of the call: calls, errors, time, p50, p99 */
	enum gate_operator op;
	enum gate_scale scale;
	double limit;
};

/* 0 or -EINVAL, reported. `text` must outlive the gate. */
int gate_parse(const char *text, struct gate *out);
int goal_parse(const char *text, struct gate *out);

struct gate_result {
	bool is_known; /* both sides have recorded it */
	bool holds;
	double base, new, percent; /* percent: INFINITY where BASE has none and NEW has some */
	double low, high;          /* of the percentage: what it may be, given the noise */
};

void gate_judge(const struct gate *gate, const struct diff *diff, struct gate_result *out);

/* How good a reduction is: "80 to 90%", "50 to 70%", "minimal", "none". */
const char *reduction_class(double percent);

#endif

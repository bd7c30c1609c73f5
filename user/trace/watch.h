/* SPDX-License-Identifier: MIT */
/*
 * A watch over the times of calls while they happen: which call takes much longer than its
 * predecessors of the same name, and at the end what their times were like.
 *
 * A call is judged by a sliding window of those before it, in which it is not yet itself
 * (stats/window.h), so that it cannot hide behind its own size. Steady calls do not become
 * anomalies by what an interrupt takes: an alarm also needs twice the usual time, and half a
 * millisecond more; and time in which others had the processor does not count.
 */
#ifndef PROF_TRACE_WATCH_H
#define PROF_TRACE_WATCH_H

#include <stdbool.h>
#include <stdio.h>

#include "analysis/anomaly.h"
#include "base/vec.h"
#include "event.h"
#include "stats/histogram.h"
#include "stats/moments.h"
#include "stats/window.h"
#include "trace/live_course.h"

#define WATCH_THRESHOLD 5.0 /* deviations on a log scale: of 10^6 even calls hardly one */
#define WATCH_WINDOW    100 /* calls */

struct watch_options {
	bool anomalies, extended, analysis; /* what is wanted; nothing: there is no watch */
	double threshold;                   /* 0: WATCH_THRESHOLD */
	uint32_t window;                    /* 0: WATCH_WINDOW */
};

struct alarm {
	uint32_t key; /* syscall_key() */
	uint64_t duration_ns, baseline_ns;
	double score;
};

#define MOST_ALARMS 10

/* The calls of one name. */
struct watched {
	uint32_t key;
	struct window window;
	struct moments times;
	struct histogram durations; /* if all of it is to be told at the end */
	uint64_t calls, own_max_ns;
};

struct watch {
	struct watch_options options;
	VEC(struct watched *) calls; /* by key */
	struct live_course course;   /* if it is to be analysed */
	uint64_t alarms, by_severity[NR_SEVERITIES];
	unsigned int nr_worst;
	struct alarm worst[MOST_ALARMS]; /* the highest score first */
};

void watch_init(struct watch *w, const struct watch_options *options);
void watch_fini(struct watch *w);

bool watch_is_wanted(const struct watch_options *options);

/* Takes a call that is over. True: it is an anomaly. */
bool watch_take(struct watch *w, const struct syscall_event *event, struct alarm *out);

/* "ANOMALY: write took 5234 μs (4.2σ from baseline 102.3 μs) - Medium": the caller frees it. */
char *alarm_text(const struct alarm *alarm);

/* What was wanted, at the end. */
void watch_write(const struct watch *w, FILE *out);

#endif

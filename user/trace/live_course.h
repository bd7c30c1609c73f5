/* SPDX-License-Identifier: MIT */
/*
 * Calls by name and window of time while they happen: what goes together in a run that nobody
 * records.
 *
 * How long the run will be is not known, so windows begin short, and when they are used up each two
 * of them become one. Memory is that of the names.
 */
#ifndef PROF_TRACE_LIVE_COURSE_H
#define PROF_TRACE_LIVE_COURSE_H

#include <stdio.h>

#include "analysis/windows.h"
#include "base/vec.h"
#include "event.h"

struct course_call {
	uint32_t key;
	uint64_t total, total_ns;
	double calls[MOST_WINDOWS], logs[MOST_WINDOWS];
};

struct live_course {
	uint64_t start_ns, width_ns;
	uint32_t nr; /* windows in use */
	VEC(struct course_call *) calls;
};

/* A zeroed one is empty. */
void live_course_fini(struct live_course *c);
/* A call that is over; `own_ns`: its time, but for that without a processor. */
void live_course_take(struct live_course *c, const struct syscall_event *event, uint64_t own_ns);
/* Correlations and clusters. */
void live_course_write(const struct live_course *c, FILE *out);

#endif

/* SPDX-License-Identifier: MIT */
/* Everything that `prof analyze` tells, as numbers, or some parts of it: the formats only print it.
 */
#ifndef PROF_ANALYSIS_ANALYSIS_H
#define PROF_ANALYSIS_ANALYSIS_H

#include "analysis/course.h"
#include "analysis/heat.h"
#include "analysis/kinds.h"
#include "analysis/study.h"

enum analysis_part {
	ANALYSIS_MODES = 1, /* and what the slow calls have in common */
	ANALYSIS_ANOMALIES = 2,
	ANALYSIS_CHANGES = 4,
	ANALYSIS_CLUSTERS = 8, /* of windows, and of names */
	ANALYSIS_CORRELATION = 16,
	ANALYSIS_HEAT = 32,
};
#define ANALYSIS_STUDY  (ANALYSIS_MODES | ANALYSIS_ANOMALIES)
#define ANALYSIS_COURSE (ANALYSIS_CHANGES | ANALYSIS_CLUSTERS | ANALYSIS_CORRELATION)
#define ANALYSIS_ALL    (ANALYSIS_STUDY | ANALYSIS_COURSE | ANALYSIS_HEAT)

struct analysis {
	const struct recording *recording;
	uint32_t parts; /* what is there: bits of enum analysis_part */
	struct study study;
	struct course course;
	struct kinds kinds;
	struct heat heat;
};

/* `heat_key`: whose latency over time, or HEAT_ALL_CALLS. */
void analysis_build(struct recording *r, uint32_t parts, uint32_t heat_key, struct analysis *out);
void analysis_fini(struct analysis *a);

/* "correlation,clusters" as bits. 0 or -EINVAL, reported. */
int analysis_parts_parse(const char *words, uint32_t *out);

#endif

/* SPDX-License-Identifier: MIT */
/* Everything that `prof analyze` tells, as numbers: the formats only print it. */
#ifndef PROF_ANALYSIS_ANALYSIS_H
#define PROF_ANALYSIS_ANALYSIS_H

#include "analysis/course.h"
#include "analysis/heat.h"
#include "analysis/study.h"

struct analysis {
	const struct recording *recording;
	struct study study;
	struct course course;
	struct heat heat;
};

#endif

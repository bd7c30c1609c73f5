/* SPDX-License-Identifier: MIT */
/* The forms that an analysis comes in: one file each, and one row here. */
#ifndef PROF_OUTPUT_ANALYSIS_OUTPUT_H
#define PROF_OUTPUT_ANALYSIS_OUTPUT_H

#include <stdio.h>

#include "analysis/study.h"

struct analysis_style {
	bool color;
	unsigned int width;
	const char *input; /* as the user named it; NULL: the default */
};

struct analysis_output {
	void (*write)(FILE *out, const struct study *study, const struct analysis_style *style);
};

extern const struct analysis_output analysis_text, analysis_json;

#endif

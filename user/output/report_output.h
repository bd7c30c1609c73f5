/* SPDX-License-Identifier: MIT */
/* The forms a report comes in: one file each, and one row here. */
#ifndef PROF_OUTPUT_REPORT_OUTPUT_H
#define PROF_OUTPUT_REPORT_OUTPUT_H

#include <stdio.h>

#include "profile/report.h"

struct report_style {
	bool color;
	bool all;             /* all processes, not only the busiest */
	unsigned int width;   /* columns that lines should keep to */
	double percent_limit; /* paths with a smaller share are summed up */
};

struct report_output {
	const char *name;
	void (*write)(FILE *out, const struct report *report, const struct report_style *style);
};

extern const struct report_output report_text, report_json;

#endif

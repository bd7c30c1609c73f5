/* SPDX-License-Identifier: MIT */
/* What system calls to look at, and what strikes about them, as text and as JSON
 * (prof.insights/1, prof.priority/1). */
#ifndef PROF_OUTPUT_INSIGHTS_OUTPUT_H
#define PROF_OUTPUT_INSIGHTS_OUTPUT_H

#include "analysis/insights.h"
#include "analysis/priority.h"
#include "output/analysis_output.h"

void insights_text(FILE *out, const struct insights *insights, const struct analysis_style *style);
void insights_json(FILE *out, const struct insights *insights);

void priorities_text(FILE *out, const struct priorities *priorities,
		     const struct analysis_style *style);
void priorities_json(FILE *out, const struct priorities *priorities);

/* The sentences; the caller frees them. NULL: there is nothing to say. */
char *insight_of_time(const struct insights *insights);
char *insight_of_number(const struct insights *insights);
char *insight_of_clean_up(const struct clean_up *clean_up);
char *priority_reason_text(const struct prioritized *p, uint64_t run_ns);

#endif

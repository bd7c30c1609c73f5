/* SPDX-License-Identifier: MIT */
/*
 * Views of system calls that `prof report` gives instead of the report: one at a time.
 */
#ifndef PROF_CMD_REPORT_CALLS_H
#define PROF_CMD_REPORT_CALLS_H

#include <stdio.h>

#include "analysis/grouping.h"
#include "profile/syscall_table.h"

enum call_view_kind {
	CALLS_PERCENTILES,
	CALLS_EXTENDED,
	CALLS_ANALYSIS,
	CALLS_INSIGHTS,
	CALLS_PRIORITY,
	CALLS_ACCOUNT,
	CALLS_RATIOS,
};

struct call_view {
	unsigned int nr_chosen; /* 0: none */
	enum call_view_kind kind;
	enum aspect aspects[MAX_ASPECTS];
	unsigned int nr_aspects; /* 0: by syscall */
	double threshold;        /* deviations */
	uint32_t parts;          /* of an analysis: bits of enum analysis_part */
	bool is_quick;           /* percentiles from the file's summary */
};

/* What options say. 0 or -EINVAL, reported. */
int call_view_percentiles(struct call_view *view, const char *aspects);
int call_view_extended(struct call_view *view, const char *aspects);
int call_view_quick(struct call_view *view, const char *value);
int call_view_threshold(struct call_view *view, const char *value);
int call_view_anomalies(struct call_view *view, const char *value);
int call_view_analysis(struct call_view *view, const char *parts);
int call_view_insights(struct call_view *view, const char *value);
int call_view_priority(struct call_view *view, const char *value);
int call_view_account(struct call_view *view, const char *value);
int call_view_ratios(struct call_view *view, const char *value);

/* Is that what the file's summary can say, if it is to be quick? */
bool call_view_fits(const struct call_view *view);

/* How it is to be written. */
struct call_view_form {
	bool json, color;
	unsigned int width;
	const char *input; /* as the user named it; NULL: the default */
	enum syscall_sort sort;
};

void call_view_write(FILE *out, struct recording *r, const struct call_view *view,
		     const struct call_view_form *form);

#endif

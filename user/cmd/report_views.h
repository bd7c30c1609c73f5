/* SPDX-License-Identifier: MIT */
/*
 * Views: parts of a report that are asked for by themselves, and in more detail than it has them.
 */
#ifndef PROF_CMD_REPORT_VIEWS_H
#define PROF_CMD_REPORT_VIEWS_H

#include "output/report_output.h"
#include "profile/fault_pivot.h"

struct report_view {
	enum pivot_key pivots[NR_PIVOT_KEYS]; /* --by, of things that are no paths */
	unsigned int nr_pivots;
	bool functions;     /* the list of them, and the paths */
	bool by_self;       /* that list without callees */
	bool callees_first; /* those paths */
	const char *symbol; /* a regular expression, or NULL */
};

bool report_view_is_chosen(const struct report_view *view);
/* 0, or -EINVAL, reported: no regular expression. */
int report_view_check(const struct report_view *view);
void report_view_write(FILE *out, struct recording *r, struct report *report,
		       const struct report_view *view, const struct report_style *style, bool json);

#endif

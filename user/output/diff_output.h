/* SPDX-License-Identifier: MIT */
/* The forms a comparison comes in. */
#ifndef PROF_OUTPUT_DIFF_OUTPUT_H
#define PROF_OUTPUT_DIFF_OUTPUT_H

#include <stdio.h>

#include "cli/number.h"
#include "diff/diff.h"
#include "diff/gate.h"

struct diff_style {
	bool color;
	bool all;                 /* all rows, not only what differs most */
	unsigned int width;       /* columns that lines should keep to */
	bool suggest;             /* tell what may be the same function */
	enum facet only;          /* this table alone; NR_FACETS: everything */
	const struct gate *gates; /* what was asked, and what came out */
	const struct gate_result *results;
	size_t nr_gates, nr_goals; /* goals come first */
};

void diff_text(FILE *out, const struct diff *diff, const struct diff_style *style);
void diff_json(FILE *out, const struct diff *diff, const struct diff_style *style);
void diff_markdown(FILE *out, const struct diff *diff, const struct diff_style *style);

/* Two-column folded stacks: `path BASE NEW`, of an aligned tree. */
void diff_folded(FILE *out, const struct path_tree *paths);

/* ---- What the forms share ---- */

/* In the unit of a metric. */
const char *metric_format(enum metric_unit unit, double value, char buffer[NUMBER_SIZE]);
/* "24.0x as many", "-12.3%", "none before": how NEW stands to BASE. */
const char *ratio_format(double base, double new, char buffer[NUMBER_SIZE]);
/* "NEW takes 115,300,000 page faults more than BASE (24.0x)"; to be freed. */
char *direction_text(const struct diff *diff, enum metric metric);
/* The command line of a side; to be freed. */
char *side_command(const struct diff *diff, enum side side);

#endif

/* SPDX-License-Identifier: MIT */
/* What the parts of a comparison in text share. */
#ifndef PROF_OUTPUT_DIFF_TEXT_H
#define PROF_OUTPUT_DIFF_TEXT_H

#include "output/diff_output.h"

#define MOST_ROWS 8

void diff_text_heading(FILE *out, const struct diff_style *style, const char *text);
void diff_text_interval(FILE *out, const struct interval *interval); /* nothing when not known */

/* The table of blocks, or of system calls in one way or the other. */
void diff_text_calls(FILE *out, const struct diff *diff, enum facet facet,
		     const struct diff_style *style);

#endif

/* SPDX-License-Identifier: MIT */
/* The forms that an analysis comes in: one file each, and one row here. */
#ifndef PROF_OUTPUT_ANALYSIS_OUTPUT_H
#define PROF_OUTPUT_ANALYSIS_OUTPUT_H

#include <stdio.h>

#include "analysis/analysis.h"

struct analysis_style {
	bool color;
	unsigned int width;
	const char *input; /* as the user named it; NULL: the default */
};

struct analysis_output {
	void (*write)(FILE *out, const struct analysis *a, const struct analysis_style *style);
};

extern const struct analysis_output analysis_text, analysis_json;

/* A section of the text: an empty line and a heading; sentences that are wrapped. */
struct page {
	FILE *out;
	const struct analysis *analysis;
	const struct analysis_style *style;
};

void page_heading(const struct page *p, const char *title);
void page_sentence(const struct page *p, unsigned int column, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void course_text(const struct page *p);
void heat_text(const struct page *p);

/* The heat map as a picture; as a page that forbids itself the network. */
void heat_svg(FILE *out, const struct analysis *a);
void heat_html(FILE *out, const struct analysis *a);

#endif

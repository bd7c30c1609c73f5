/* SPDX-License-Identifier: MIT */
/* The sections of the text report, in their order, and what they share. */
#ifndef PROF_OUTPUT_TEXT_SECTION_H
#define PROF_OUTPUT_TEXT_SECTION_H

#include "output/report_output.h"

typedef void text_section(FILE *out, const struct report *report, const struct report_style *style);

text_section text_head;
text_section text_diagnoses;
text_section text_reconciliation;
text_section text_fault_kinds;
text_section text_fault_causes;
text_section text_timeline;
text_section text_blocks;
text_section text_fault_paths;
text_section text_syscalls;
text_section text_processes;

/* An empty line, then the heading of a section. */
void text_heading(FILE *out, const struct report_style *style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Milliseconds and microseconds to the nanosecond, so that columns sort and add up exactly. */
#define NS_AS_MS(ns) ((double)(ns) / 1e6)
#define NS_AS_US(ns) ((double)(ns) / 1e3)

#endif

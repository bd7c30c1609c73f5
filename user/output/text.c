// SPDX-License-Identifier: MIT
/* The report as text: sections under headings, for reading and for grep, sort and diff. */
#include "output/text_section.h"

#include <stdarg.h>

void text_heading(FILE *out, const struct report_style *style, const char *fmt, ...)
{
	va_list args;

	fputs(style->color ? "\n\033[1m" : "\n", out);
	va_start(args, fmt);
	vfprintf(out, fmt, args);
	va_end(args);
	fputs(style->color ? "\033[0m\n" : "\n", out);
}

static void write_text(FILE *out, const struct report *report, const struct report_style *style)
{
	static text_section *const sections[] = {
		text_head,         text_diagnoses, text_reconciliation, text_fault_kinds,
		text_fault_causes, text_timeline,  text_blocks,         text_fault_paths,
		text_syscalls,     text_processes,
	};

	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		sections[i](out, report, style);
}

const struct report_output report_text = {"text", write_text};

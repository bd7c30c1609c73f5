/* SPDX-License-Identifier: MIT */
/* Functions by page faults, as perf's list has them; and what is below functions of some names. */
#ifndef PROF_OUTPUT_FUNCTIONS_TEXT_H
#define PROF_OUTPUT_FUNCTIONS_TEXT_H

#include "output/report_output.h"
#include "profile/function_table.h"

/* `by_self`: without what the functions called. */
void text_functions(FILE *out, const struct report *report, bool by_self,
		    const struct report_style *style);

/* Events with a function on their path whose name matches. Paths of calls may be NULL, where there
 * are none. */
struct suspicion {
	const char *pattern;
	const struct path_tree *faults, *calls;
	struct function_table by_faults, by_calls;
};
void text_suspicion(FILE *out, const struct suspicion *s, const struct report_style *style);

#endif

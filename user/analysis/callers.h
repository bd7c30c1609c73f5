/* SPDX-License-Identifier: MIT */
/*
 * The functions on a call's stack, as numbers: what slow calls have in common may be far above the
 * place that made them.
 */
#ifndef PROF_ANALYSIS_CALLERS_H
#define PROF_ANALYSIS_CALLERS_H

#include "profile/names.h"
#include "recording/reader.h"

struct callers_of_stack {
	bool is_known;
	uint32_t first, nr; /* in callers.numbers */
};

struct callers {
	const struct recording *recording;
	struct names names;
	struct callers_of_stack *of_stacks; /* by id */
	VEC(uint32_t) numbers;
};

void callers_init(struct callers *c, const struct recording *r);
void callers_fini(struct callers *c);

/* Each function once, the innermost first. Valid until the next question. */
const uint32_t *callers_of(struct callers *c, uint32_t stack, uint32_t *out_nr);
const char *caller_name(const struct callers *c, uint32_t number);

#endif

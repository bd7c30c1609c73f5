/* SPDX-License-Identifier: MIT */
/*
 * Why the sides differ, the dearest cause first, and what the dearer side would save.
 *
 * A finding needs evidence on the side that has more, and that the other side has less of it. What
 * it explains is never more than what the sides differ by.
 */
#ifndef PROF_DIFF_VERDICT_H
#define PROF_DIFF_VERDICT_H

#include "base/vec.h"
#include "diff/side.h"

#include <stdint.h>

struct verdict_line {
	const char *label;
	char *text;
};

struct verdict_finding {
	const char *id;
	char *title;
	VEC(struct verdict_line) evidence;
	enum side side;         /* that has more of it */
	uint64_t faults, calls; /* of the difference, that it explains */
	uint64_t saved_faults, saved_calls, saved_ns;
	double price_ns; /* by which findings are ordered */
};

struct verdict {
	VEC(struct verdict_finding) items;
};

struct diff;

void verdict_find(const struct diff *diff, struct verdict *out);
void verdict_fini(struct verdict *verdict);

/* ---- For the files that look for findings; each adds what it finds ---- */

void verdict_find_faults(const struct diff *diff, struct verdict *out);
void verdict_find_calls(const struct diff *diff, struct verdict *out);
void verdict_find_mapped(const struct diff *diff, struct verdict *out);
void verdict_find_blocks(const struct diff *diff, struct verdict *out);
void verdict_find_shape(const struct diff *diff, struct verdict *out); /* threads, moved, renamed */

struct verdict_finding *verdict_add(struct verdict *verdict, const char *id, enum side side,
				    char *title);
/* Takes the text over. */
void verdict_say(struct verdict_finding *finding, const char *label, char *text);

#endif

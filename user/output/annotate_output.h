/* SPDX-License-Identifier: MIT */
/* What `prof annotate` says: source with its events beside it, as text and as JSON. */
#ifndef PROF_OUTPUT_ANNOTATE_OUTPUT_H
#define PROF_OUTPUT_ANNOTATE_OUTPUT_H

#include <stdio.h>

#include "profile/line_table.h"

struct annotation {
	const struct recording *recording;
	const struct line_target *target;
	const struct line_table *table;
	bool color;
	unsigned int width;   /* columns that lines should keep to */
	unsigned int context; /* lines shown around those that have events */
};

void annotate_text(FILE *out, const struct annotation *a);
void annotate_json(FILE *out, const struct annotation *a); /* prof.annotate/1 */

#endif

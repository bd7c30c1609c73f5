/* SPDX-License-Identifier: MIT */
/* A call that stands for others, so named that it can be looked up. */
#ifndef PROF_OUTPUT_EXAMPLE_H
#define PROF_OUTPUT_EXAMPLE_H

#include <stdio.h>

#include <jansson.h>

#include "analysis/study.h"

/* A line with the command that shows it; nothing, if there is none. `input`: the recording as the
 * user named it; NULL: the default. */
void example_text(FILE *out, const struct recording *r, const struct example *e, const char *input,
		  unsigned int column);

json_t *json_example(const struct recording *r, const struct example *e);

#endif

/* SPDX-License-Identifier: MIT */
/* Ratios of system calls, as text and as JSON (prof.ratios/1). */
#ifndef PROF_OUTPUT_RATIOS_OUTPUT_H
#define PROF_OUTPUT_RATIOS_OUTPUT_H

#include "analysis/ratios.h"
#include "output/analysis_output.h"

void ratios_text(FILE *out, const struct ratios *ratios, const struct analysis_style *style);
void ratios_json(FILE *out, const struct ratios *ratios);

/* The files that were read over and over, the most bytes beyond once first; `nr` of them. The
 * caller frees the list. */
const struct read_file **ratios_files(const struct ratios *ratios, size_t *nr);

#endif

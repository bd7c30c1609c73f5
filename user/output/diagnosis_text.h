/* SPDX-License-Identifier: MIT */
/* A diagnosis as text, in the report and alone. */
#ifndef PROF_OUTPUT_DIAGNOSIS_TEXT_H
#define PROF_OUTPUT_DIAGNOSIS_TEXT_H

#include "advice/diagnosis.h"
#include "output/report_output.h"

/* "1. What is wrong", the evidence, the fix; lines keep to the width of the style. */
void diagnosis_write(FILE *out, const struct diagnosis *d, size_t number,
		     const struct report_style *style);

#endif

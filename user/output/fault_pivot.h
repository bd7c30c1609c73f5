/* SPDX-License-Identifier: MIT */
/* Tables of page faults by what was asked for, alone: as text and as JSON (prof.faults/1). */
#ifndef PROF_OUTPUT_FAULT_PIVOT_H
#define PROF_OUTPUT_FAULT_PIVOT_H

#include "output/report_output.h"
#include "profile/fault_pivot.h"

void text_fault_pivot(FILE *out, const struct fault_pivot *pivot, const struct report_style *style);
void json_fault_pivot(FILE *out, const struct fault_pivot *pivot);

#endif

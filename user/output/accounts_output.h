/* SPDX-License-Identifier: MIT */
/* Where the time of threads went, as text and as JSON (prof.account/1). */
#ifndef PROF_OUTPUT_ACCOUNTS_OUTPUT_H
#define PROF_OUTPUT_ACCOUNTS_OUTPUT_H

#include "analysis/accounts.h"
#include "output/analysis_output.h"

void accounts_text(FILE *out, const struct accounts *accounts, const struct analysis_style *style);
void accounts_json(FILE *out, const struct accounts *accounts);

#endif

/* SPDX-License-Identifier: MIT */
/* Diagnoses as JSON: an array "diagnoses", in the report and in an explanation. */
#ifndef PROF_OUTPUT_DIAGNOSIS_JSON_H
#define PROF_OUTPUT_DIAGNOSIS_JSON_H

#include "output/json_stream.h"
#include "profile/memory_advice.h"

void diagnoses_json_write(struct json_stream *s, const struct memory_advice *advice);
/* Who it is: call, function, caller, allocator; null for nobody. */
json_t *json_site(const struct memory_advice *advice, uint32_t site);

#endif

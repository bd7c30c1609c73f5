/* SPDX-License-Identifier: MIT */
/* Where page faults come from, as members of the report's JSON object. */
#ifndef PROF_OUTPUT_JSON_MEMORY_H
#define PROF_OUTPUT_JSON_MEMORY_H

#include "output/json_stream.h"
#include "profile/report.h"

void json_memory_write(struct json_stream *s, const struct report *report);

#endif

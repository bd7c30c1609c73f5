/* SPDX-License-Identifier: MIT */
/* Allocation sites in JSON: the same member in all answers that have it. */
#ifndef PROF_OUTPUT_JSON_BLOCKS_H
#define PROF_OUTPUT_JSON_BLOCKS_H

#include "output/json_stream.h"
#include "profile/report.h"

/* "allocations": null where blocks were not recorded; "allocation_sites", each with one of its
 * stacks. */
void json_blocks_write(struct json_stream *s, const struct report *report);

#endif

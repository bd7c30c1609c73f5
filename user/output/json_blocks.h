/* SPDX-License-Identifier: MIT */
/* Allocation sites in JSON: the same member in all answers that have it. */
#ifndef PROF_OUTPUT_JSON_BLOCKS_H
#define PROF_OUTPUT_JSON_BLOCKS_H

#include "output/json_stream.h"
#include "profile/block_table.h"

/* "allocations": null where blocks were not recorded. */
void json_blocks_write(struct json_stream *s, const struct block_table *table);

#endif

/* SPDX-License-Identifier: MIT */
/* The table of allocation sites as text, for the answers that have it. */
#ifndef PROF_OUTPUT_TEXT_BLOCKS_H
#define PROF_OUTPUT_TEXT_BLOCKS_H

#include "output/text_section.h"
#include "profile/block_table.h"

/* Nothing where blocks were not recorded. */
void text_block_table(FILE *out, const struct block_table *table, bool all,
		      const struct report_style *style);

#endif

/* SPDX-License-Identifier: MIT */
/* The contents of chunks into the tables of a recording, and these into their final order. */
#ifndef PROF_RECORDING_LOAD_H
#define PROF_RECORDING_LOAD_H

#include "recording/arena.h"
#include "recording/block.h"
#include "recording/reader.h"
#include "recording/survey.h"

struct reader {
	struct source source;
	struct arena arena; /* of all that the tables point to */
	struct block_decoder *decoder;
	bool is_brief;                    /* blocks and what only rows refer to are left out */
	VEC(bool) bad_blocks, bad_pieces; /* by index of the block: reported already */
};

/* Rows that make no sense are left out, and their chunk counts as damaged. */
void load_tables(struct recording *r, const struct survey *survey);

/* What can be checked only when all is there: ids between tables, order, duplicates. */
void settle_tables(struct recording *r);

/* Fills r->tasks from r->task_events, which are in order. */
void tasks_derive(struct recording *r);

#endif

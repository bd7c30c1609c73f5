/* SPDX-License-Identifier: MIT */
/*
 * A block's rows in order of their start, a growing number of them in memory at a time.
 */
#ifndef PROF_PROFILE_SLICE_H
#define PROF_PROFILE_SLICE_H

#include "base/bytes.h"
#include "recording/reader.h"

struct slice {
	const struct block *block;
	uint32_t nr_columns;
	uint32_t first, nr; /* the rows in memory, by their place in the order */
	uint32_t at;        /* the current row, in the order */
	uint64_t *cells;    /* nr rows of nr_columns cells */
	uint32_t *rows;     /* their places in the block */
	bool with_pieces;
	uint32_t *first_piece;    /* nr + 1 of them: of each row, what was captured */
	VEC(struct piece) pieces; /* their bytes lie in: */
	struct bytes memory;
};

/* `with_pieces`: what was captured of system calls is wanted, too. */
void slice_init(struct slice *s, const struct block *block, bool with_pieces);
void slice_fini(struct slice *s);

/* Moves to the first row, then to the next. False after the last, and when the block is damaged. */
bool slice_next(struct slice *s, struct recording *r);

const uint64_t *slice_row(const struct slice *s); /* the current row's cells */
/* What was captured of the current row; NULL when there is nothing. */
const struct piece *slice_pieces(const struct slice *s, uint32_t *out_nr);
uint32_t slice_row_number(const struct slice *s); /* its place in the block */

#endif

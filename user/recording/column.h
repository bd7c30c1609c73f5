/* SPDX-License-Identifier: MIT */
/*
 * One column of a block as bytes and back: prediction, byte planes, zstd (format.h describes them).
 *
 * Columns in memory have a zero cell before their first row, `cells[-1]`: it is what the first row
 * of anything is predicted from, and spares the loops a case. They have room for whole tiles of
 * TILE_ROWS rows, a number known to the compiler, which makes vectors of them.
 */
#ifndef PROF_RECORDING_COLUMN_H
#define PROF_RECORDING_COLUMN_H

#include "base/bytes.h"
#include "recording/schema.h"

#define TILE_ROWS 64U

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

/* What the cells of a column are predicted from. */
struct prediction {
	enum predictor predictor;
	const uint64_t *base;     /* PREDICT_COLUMN: that column */
	const uint32_t *key_rows; /* PREDICT_SAME_KEY: see key_rows_find */
};

/* For each row, 1 + the last row above of the same key, 0 for none: an index from the zero cell on.
 */
void key_rows_find(const uint64_t *key_cells, uint32_t rows, uint32_t *key_rows);

struct column_encoder {
	struct ZSTD_CCtx_s *zstd;
	uint64_t numbers[BLOCK_ROWS + TILE_ROWS];
	uint8_t planes[8 * BLOCK_ROWS + TILE_ROWS];
};

/* Appends the column's frame to `out` and returns the mask of planes in it. */
uint8_t column_encode(struct column_encoder *e, const uint64_t *cells, uint32_t rows,
		      const struct prediction *prediction, struct bytes *out);

struct column_decoder {
	struct ZSTD_DCtx_s *zstd;
	uint8_t planes[8 * BLOCK_ROWS + TILE_ROWS];
};

/* Fills cells[0] to cells[rows - 1]; false when the frame does not hold the planes exactly. */
bool column_decode(struct column_decoder *d, const uint8_t *frame, size_t frame_bytes,
		   uint8_t planes, uint32_t rows, const struct prediction *prediction,
		   uint64_t *cells);

#endif

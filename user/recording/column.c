// SPDX-License-Identifier: MIT
#include "recording/column.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/*
 * Measured on rows of read(2): 50 ns a row all in all. Negative levels save 3 ns of them and take
 * two thirds more room; level 3 takes 25 ns more and saves nothing, since bytes of noise do not
 * compress.
 */
#define COLUMN_LEVEL 1

void key_rows_find(const uint64_t *key_cells, uint32_t rows, uint32_t *key_rows)
{
	uint32_t last[KEY_SLOTS] = {0};

	for (uint32_t row = 0; row < rows; row++) {
		uint32_t *slot = &last[key_cells[row] % KEY_SLOTS];

		key_rows[row] = *slot;
		*slot = row + 1;
	}
}

/* zigzag() in operations that SSE2 has for 64-bit lanes. */
static inline uint64_t zigzag_lane(uint64_t difference)
{
	return (difference << 1) ^ (0 - (difference >> 63));
}

static void subtract_predicted(const uint64_t *cells, uint32_t rows, const struct prediction *p,
			       uint64_t *restrict numbers)
{
	const uint64_t *base = p->predictor == PREDICT_COLUMN ? p->base : cells - 1;

	switch (p->predictor) {
	case PREDICT_NOTHING:
		memcpy(numbers, cells, rows * sizeof *cells);
		break;
	case PREDICT_SAME_KEY:
		for (uint32_t row = 0; row < rows; row++)
			numbers[row] = zigzag_lane(cells[row] - base[p->key_rows[row]]);
		break;
	case PREDICT_PREVIOUS_ROW:
	case PREDICT_COLUMN:
		for (uint32_t tile = 0; tile < rows; tile += TILE_ROWS)
			for (uint32_t i = tile; i < tile + TILE_ROWS; i++)
				numbers[i] = zigzag_lane(cells[i] - base[i]);
		break;
	}
}

static uint8_t planes_in_use(const uint64_t *numbers, uint32_t rows)
{
	uint64_t lanes[8] = {0}, any = 0;
	uint8_t planes = 0;

	for (uint32_t tile = 0; tile < rows; tile += 8)
		for (uint32_t lane = 0; lane < 8; lane++)
			lanes[lane] |= numbers[tile + lane];
	for (uint32_t lane = 0; lane < 8; lane++)
		any |= lanes[lane];
	for (uint32_t plane = 0; plane < 8; plane++)
		planes |= (uint8_t)(!!(any >> 8 * plane & 0xff) << plane);
	return planes;
}

/* The last tile runs over the plane's end: into the next one, filled later, or into the slack. */
static void plane_split(const uint64_t *numbers, uint32_t rows, uint32_t plane,
			uint8_t *restrict out)
{
	for (uint32_t tile = 0; tile < rows; tile += TILE_ROWS)
		for (uint32_t i = tile; i < tile + TILE_ROWS; i++)
			out[i] = (uint8_t)(numbers[i] >> 8 * plane);
}

uint8_t column_encode(struct column_encoder *e, const uint64_t *cells, uint32_t rows,
		      const struct prediction *prediction, struct bytes *out)
{
	uint8_t planes;
	size_t size = 0, bound, before = out->size;

	subtract_predicted(cells, rows, prediction, e->numbers);
	memset(e->numbers + rows, 0, TILE_ROWS * sizeof *e->numbers);
	planes = planes_in_use(e->numbers, rows);
	for (uint32_t plane = 0; plane < 8; plane++) {
		if (planes >> plane & 1) {
			plane_split(e->numbers, rows, plane, e->planes + size);
			size += rows;
		}
	}
	if (!planes)
		return 0;
	bound = ZSTD_compressBound(size);
	size = ZSTD_compressCCtx(e->zstd, bytes_extend(out, bound), bound, e->planes, size,
				 COLUMN_LEVEL);
	if (ZSTD_isError(size)) /* only an exhausted heap: the frame has the room that it needs */
		abort();
	out->size = before + size;
	return planes;
}

static void planes_join(const uint8_t *planes, uint8_t mask, uint32_t rows,
			uint64_t *restrict cells)
{
	memset(cells, 0, rows * sizeof *cells);
	for (uint32_t plane = 0; plane < 8; plane++) {
		if (!(mask >> plane & 1))
			continue;
		for (uint32_t tile = 0; tile < rows; tile += TILE_ROWS)
			for (uint32_t i = tile; i < tile + TILE_ROWS; i++)
				cells[i] |= (uint64_t)planes[i] << 8 * plane;
		planes += rows;
	}
}

static void add_predicted(const struct prediction *p, uint32_t rows, uint64_t *cells)
{
	const uint64_t *base = p->predictor == PREDICT_COLUMN ? p->base : cells - 1;

	switch (p->predictor) {
	case PREDICT_NOTHING:
		break;
	case PREDICT_SAME_KEY:
		for (uint32_t row = 0; row < rows; row++)
			cells[row] = base[p->key_rows[row]] + (uint64_t)unzigzag(cells[row]);
		break;
	case PREDICT_PREVIOUS_ROW:
	case PREDICT_COLUMN:
		for (uint32_t row = 0; row < rows; row++)
			cells[row] = base[row] + (uint64_t)unzigzag(cells[row]);
		break;
	}
}

bool column_decode(struct column_decoder *d, const uint8_t *frame, size_t frame_bytes,
		   uint8_t planes, uint32_t rows, const struct prediction *prediction,
		   uint64_t *cells)
{
	size_t size = (size_t)__builtin_popcount(planes) * rows;

	if (size && ZSTD_decompressDCtx(d->zstd, d->planes, size, frame, frame_bytes) != size)
		return false;
	if (!size && frame_bytes)
		return false;
	planes_join(d->planes, planes, rows, cells);
	cells[-1] = 0;
	add_predicted(prediction, rows, cells);
	return true;
}

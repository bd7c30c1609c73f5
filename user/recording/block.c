// SPDX-License-Identifier: MIT
#include "recording/block.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* A cache line before each column: the zero cell is its last one. */
#define COLUMN_LEAD 8

/*
 * From one column to the next. The lead keeps full columns from being a power of two apart, where
 * they would share the same few sets of the first-level cache, and every row touches them all.
 */
static size_t column_stride(uint32_t rows)
{
	return COLUMN_LEAD + (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
}

static void columns_lay(uint64_t *memory, size_t stride, uint32_t nr, uint32_t mask,
			uint64_t **columns)
{
	for (uint32_t i = 0, used = 0; i < nr; i++)
		if (mask >> i & 1)
			columns[i] = memory + used++ * stride + COLUMN_LEAD;
}

struct block_builder *block_builder_new(enum block_kind kind)
{
	struct block_builder *b = xnew(struct block_builder);

	b->kind = kind;
	b->schema = schema_of(kind);
	b->memory = xcalloc(b->schema->nr_columns * column_stride(BLOCK_ROWS), sizeof *b->memory);
	columns_lay(b->memory, column_stride(BLOCK_ROWS), b->schema->nr_columns, ALL_COLUMNS,
		    b->columns);
	return b;
}

void block_builder_free(struct block_builder *b)
{
	if (!b)
		return;
	free(b->memory);
	free(b);
}

bool block_builder_add(struct block_builder *b, const uint64_t *row)
{
	const size_t stride = column_stride(BLOCK_ROWS);
	uint64_t *cell = b->columns[0] + b->rows;

	for (uint32_t i = 0; i < b->schema->nr_columns; i++, cell += stride)
		*cell = row[i];
	return ++b->rows == BLOCK_ROWS;
}

struct block_encoder *block_encoder_new(void)
{
	struct block_encoder *e = xnew(struct block_encoder);

	e->column.zstd = ZSTD_createCCtx();
	e->summarizer = summarizer_new();
	return e;
}

void block_encoder_free(struct block_encoder *e)
{
	if (!e)
		return;
	ZSTD_freeCCtx(e->column.zstd);
	summarizer_free(e->summarizer);
	bytes_fini(&e->frames);
	bytes_fini(&e->raw);
	bytes_fini(&e->payload);
	free(e);
}

static void columns_encode(struct block_encoder *e, const struct block_builder *b)
{
	const struct schema *schema = b->schema;

	bytes_reset(&e->frames);
	bytes_reset(&e->payload);
	bytes_varint(&e->payload, b->kind);
	bytes_varint(&e->payload, b->rows);
	bytes_varint(&e->payload, schema->nr_columns);
	key_rows_find(b->columns[schema->key_column], b->rows, e->key_rows);
	for (uint32_t i = 0; i < schema->nr_columns; i++) {
		const struct column_schema *column = &schema->columns[i];
		struct prediction prediction = {
			.predictor = column->predictor,
			.base = b->columns[column->base],
			.key_rows = e->key_rows,
		};
		size_t before = e->frames.size;
		uint8_t planes =
			column_encode(&e->column, b->columns[i], b->rows, &prediction, &e->frames);

		bytes_u8(&e->payload, column->predictor);
		bytes_u8(&e->payload, column->base);
		bytes_u8(&e->payload, planes);
		bytes_varint(&e->payload, e->frames.size - before);
	}
	bytes_append(&e->payload, e->frames.data, e->frames.size);
}

void block_encode(struct block_encoder *e, const struct block_builder *b)
{
	columns_encode(e, b);
	bytes_reset(&e->raw);
	summary_put(e->summarizer, b->kind, b->columns, b->rows, &e->raw);
}

struct block_decoder *block_decoder_new(void)
{
	struct block_decoder *d = xnew(struct block_decoder);

	d->column.zstd = ZSTD_createDCtx();
	return d;
}

void block_decoder_free(struct block_decoder *d)
{
	if (!d)
		return;
	ZSTD_freeDCtx(d->column.zstd);
	free(d);
}

struct stored_column {
	uint8_t predictor, base, planes;
	const uint8_t *frame;
	size_t frame_bytes;
};

/* Whether the columns in `mask` can be decoded, once the ones they rest on are. */
static bool directory_take(struct cursor *in, const struct block *block, uint32_t nr_known,
			   struct stored_column stored[MAX_COLUMNS])
{
	uint64_t kind = cursor_varint(in), rows = cursor_varint(in), nr = cursor_varint(in);

	if (in->failed || kind != block->kind || rows != block->rows || nr > cursor_left(in) / 4)
		return false;
	for (uint64_t i = 0; i < nr; i++) {
		struct stored_column ignored, *s = i < nr_known ? &stored[i] : &ignored;

		s->predictor = cursor_u8(in);
		s->base = cursor_u8(in);
		s->planes = cursor_u8(in);
		s->frame_bytes = cursor_varint(in);
		if (i < nr_known && (s->predictor > PREDICT_COLUMN || s->base >= nr_known))
			return false;
	}
	for (uint64_t i = 0; i < nr && i < nr_known; i++)
		stored[i].frame = cursor_take(in, stored[i].frame_bytes);
	return !in->failed;
}

static bool rests_on_base(const struct stored_column *s)
{
	return s->predictor == PREDICT_SAME_KEY || s->predictor == PREDICT_COLUMN;
}

/* Adds the columns that those in `mask` rest on; 0 when one of them rests on another in turn. */
static uint32_t mask_with_bases(const struct stored_column *stored, uint32_t nr, uint32_t mask)
{
	uint32_t all = mask;

	for (uint32_t i = 0; i < nr; i++) {
		if (!(mask >> i & 1) || !rests_on_base(&stored[i]))
			continue;
		if (rests_on_base(&stored[stored[i].base]))
			return 0;
		all |= COLUMN(stored[i].base);
	}
	return all;
}

static void cells_bound(uint64_t *cells, uint32_t rows, uint64_t limit, uint64_t otherwise)
{
	for (uint32_t i = 0; i < rows; i++)
		cells[i] = cells[i] < limit ? cells[i] : otherwise;
}

static void cells_check(uint64_t *cells, uint32_t rows, enum cell_check check,
			const struct cell_limits *limits)
{
	switch (check) {
	case CELL_ANY:
		break;
	case CELL_TASK:
		cells_bound(cells, rows, limits->nr_tasks, 0);
		break;
	case CELL_STACK:
		cells_bound(cells, rows, limits->nr_stacks, 0);
		break;
	case CELL_CPU:
		cells_bound(cells, rows, MAX_CPUS, 0);
		break;
	case CELL_FAULT_KIND:
		cells_bound(cells, rows, NR_FAULT_KINDS, FAULT_FAILED);
		break;
	case CELL_ALLOC_KIND:
		cells_bound(cells, rows, NR_ALLOC_KINDS, ALLOC_FREED);
		break;
	case CELL_COUNT:
		cells_bound(cells, rows, MAX_RUN_FAULTS, MAX_RUN_FAULTS);
		for (uint32_t i = 0; i < rows; i++)
			cells[i] += !cells[i];
		break;
	}
}

/* Columns that rest on nothing first, then the others. `all` are laid out in out->at. */
static bool columns_decode(struct block_decoder *d, const struct stored_column *stored, uint32_t nr,
			   uint32_t all, struct columns *out)
{
	uint32_t keyed_by = MAX_COLUMNS;

	for (uint32_t pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < nr; i++) {
			const struct stored_column *s = &stored[i];
			struct prediction prediction = {s->predictor, out->at[s->base],
							d->key_rows};

			if (!(all >> i & 1) || rests_on_base(s) != (pass == 1))
				continue;
			if (s->predictor == PREDICT_SAME_KEY && keyed_by != s->base) {
				key_rows_find(out->at[s->base], out->rows, d->key_rows);
				keyed_by = s->base;
			}
			if (!column_decode(&d->column, s->frame, s->frame_bytes, s->planes,
					   out->rows, &prediction, out->at[i]))
				return false;
		}
	}
	return true;
}

bool block_decode(struct block_decoder *d, struct cursor payload, const struct block *block,
		  uint32_t mask, const struct cell_limits *limits, struct columns *out)
{
	const struct schema *schema = schema_of(block->kind);
	struct stored_column stored[MAX_COLUMNS] = {0};
	uint32_t nr = schema->nr_columns, all;
	size_t stride;

	*out = (struct columns){.rows = block->rows};
	mask &= nr < 32 ? COLUMN(nr) - 1 : ALL_COLUMNS;
	if (!directory_take(&payload, block, nr, stored))
		return false;
	all = mask_with_bases(stored, nr, mask);
	stride = column_stride(block->rows);
	out->memory = xrealloc(NULL, (size_t)__builtin_popcount(all) * stride, sizeof *out->memory);
	columns_lay(out->memory, stride, nr, all, out->at);
	if ((mask && !all) || !columns_decode(d, stored, nr, all, out)) {
		columns_fini(out);
		return false;
	}
	for (uint32_t i = 0; i < nr; i++) {
		if (mask >> i & 1)
			cells_check(out->at[i], block->rows, schema->columns[i].check, limits);
		else
			out->at[i] = NULL;
	}
	return true;
}

void columns_fini(struct columns *c)
{
	free(c->memory);
	*c = (struct columns){0};
}

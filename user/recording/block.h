/* SPDX-License-Identifier: MIT */
/* Rows gathering in columns until they make a block, and the columns of a block read back. */
#ifndef PROF_RECORDING_BLOCK_H
#define PROF_RECORDING_BLOCK_H

#include "base/bytes.h"
#include "recording/column.h"
#include "recording/reader.h"
#include "recording/schema.h"
#include "recording/summary.h"

struct block_builder {
	enum block_kind kind;
	const struct schema *schema;
	uint32_t rows;
	uint64_t *columns[MAX_COLUMNS];
	uint64_t *memory;
};

/* What encoding needs beside the rows; one serves all builders. */
struct block_encoder {
	struct column_encoder column;
	uint32_t key_rows[BLOCK_ROWS];
	struct bytes frames, raw, payload;
	struct summarizer *summarizer;
};

struct block_builder *block_builder_new(enum block_kind kind);
void block_builder_free(struct block_builder *b); /* NULL is fine */
/* Adds a row; true when the block is full now. */
bool block_builder_add(struct block_builder *b, const uint64_t *row);

struct block_encoder *block_encoder_new(void);
void block_encoder_free(struct block_encoder *e); /* NULL is fine */
/* Leaves the payload of the COLUMNS chunk in e->payload, of the BLOCK chunk, uncompressed, in
 * e->raw. */
void block_encode(struct block_encoder *e, const struct block_builder *b);

/* What decoding needs; one serves all blocks. */
struct block_decoder {
	struct column_decoder column;
	uint32_t key_rows[BLOCK_ROWS];
};

/* Bounds of ids in cells, see enum cell_check. */
struct cell_limits {
	uint64_t nr_tasks, nr_stacks;
};

struct block_decoder *block_decoder_new(void);
void block_decoder_free(struct block_decoder *d); /* NULL is fine */
/* Decodes the payload of a COLUMNS chunk; false, with nothing in *out, when it is malformed. */
bool block_decode(struct block_decoder *d, struct cursor payload, const struct block *block,
		  uint32_t mask, const struct cell_limits *limits, struct columns *out);

#endif

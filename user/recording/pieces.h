/* SPDX-License-Identifier: MIT */
/*
 * What was captured of the memory of system calls as bytes and back; format.h describes them.
 *
 * The pieces of a block's rows lie in a chunk of their own behind its columns, so whoever does not
 * ask for them does not pay for them. Contents are told once in each chunk: paths and buffers come
 * again and again.
 */
#ifndef PROF_RECORDING_PIECES_H
#define PROF_RECORDING_PIECES_H

#include "base/bytes.h"
#include "recording/idmap.h"
#include "recording/reader.h"

/* Gathers what belongs to the rows of a block that is being built. */
struct pieces_builder {
	struct bytes rows, texts;
	uint32_t last_row; /* of which there are any, + 1 */
	struct idmap text_ids;
	VEC(struct text_place) known;
};

void pieces_builder_reset(struct pieces_builder *b);
void pieces_builder_fini(struct pieces_builder *b);

/* `args` are the call's, `row` ascends. */
void pieces_add(struct pieces_builder *b, uint32_t row, const uint64_t args[6],
		const struct piece *pieces, uint32_t nr_pieces);

size_t pieces_bytes(const struct pieces_builder *b); /* so far */

/* Appends the payload of the chunk. */
void pieces_put(const struct pieces_builder *b, struct bytes *out);

/* Reads such a payload, whose bytes are copied, for the rows of `columns`, of which it needs the
 * arguments; false, with nothing in *out, when it is malformed. */
bool pieces_take(struct cursor in, const struct columns *columns, struct pieces *out);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What was captured of the memory of system calls as bytes and back; format.h describes them.
 *
 * The pieces of a block's rows lie in a chunk of their own behind its columns, so whoever does not
 * ask for them does not pay for them. Contents that come again are told by number: paths and
 * buffers do so all the time. A table of all contents would be larger than a processor's own cache,
 * and most are never met again; so it has a place for each hash, which belongs to whom came last.
 */
#ifndef PROF_RECORDING_PIECES_H
#define PROF_RECORDING_PIECES_H

#include "base/bytes.h"
#include "recording/reader.h"

#define NR_TEXT_PLACES 8192 /* a power of two */

/* A content that was told: where it lies in `texts`. */
struct text_place {
	uint32_t id, hash; /* id 0: none */
	uint32_t at, size;
};

/* Gathers what belongs to the rows of a block that is being built. */
struct pieces_builder {
	struct bytes rows, texts;
	uint32_t last_row; /* of which there are any, + 1 */
	uint32_t nr_texts; /* told in this chunk */
	struct text_place known[NR_TEXT_PLACES];
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

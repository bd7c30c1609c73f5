/* SPDX-License-Identifier: MIT */
/*
 * The exact statistics of a block's rows by key: made when a block is written, read when a file is
 * opened.
 *
 * Rows are first brought together by key, so that one dense array of counters, reused key after
 * key, serves as the histogram whatever the number of keys.
 */
#ifndef PROF_RECORDING_SUMMARY_H
#define PROF_RECORDING_SUMMARY_H

#include "base/bytes.h"
#include "recording/arena.h"
#include "recording/reader.h"

struct summarizer;

struct summarizer *summarizer_new(void);
void summarizer_free(struct summarizer *s); /* NULL is fine */

/* Appends the payload of a BLOCK chunk over `rows` (1 to BLOCK_ROWS) rows. */
void summary_put(struct summarizer *s, enum block_kind kind, uint64_t *const *columns,
		 uint32_t rows, struct bytes *out);

/*
 * Reads such a payload into *out, which is zero; false when it is malformed or contradicts itself.
 * A kind of block that is not known leaves the kind 0.
 */
bool summary_take(struct cursor *in, struct arena *arena, struct block *out);

/* What there is of one key, but the key itself, which *out has; false as above. */
bool key_take(struct cursor *in, struct arena *arena, enum block_kind kind,
	      struct key_summary *out);

/* Pairs of (index, count), ascending, every index below `limit`; their sum of counts goes to
 * *total. */
struct bucket *buckets_take(struct cursor *in, struct arena *arena, uint32_t limit, uint32_t *nr,
			    uint64_t *total);
void buckets_put(struct bytes *out, const struct bucket *buckets, uint32_t nr);

#endif

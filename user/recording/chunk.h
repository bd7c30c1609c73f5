/* SPDX-License-Identifier: MIT */
/* The file's header and the headers of chunks as bytes; format.h has their layout. */
#ifndef PROF_RECORDING_CHUNK_H
#define PROF_RECORDING_CHUNK_H

#include "base/bytes.h"
#include "recording/format.h"

struct file_header {
	uint32_t version, flags;
	uint64_t index_offset, file_bytes;
};

enum header_state { HEADER_SOUND, HEADER_FOREIGN, HEADER_DAMAGED };

void file_header_put(struct bytes *out, const struct file_header *header);
/* `size` may be too small for a header. The fields are set only when it is sound. */
enum header_state file_header_take(const uint8_t *data, size_t size, struct file_header *out);

struct chunk {
	uint16_t kind, codec;
	uint32_t stored, raw;
};

/* Appends a whole chunk around a payload of chunk->stored bytes. */
void chunk_put(struct bytes *out, const struct chunk *chunk, const void *payload);
/* Reads CHUNK_HEADER_BYTES; false when they cannot begin a chunk. */
bool chunk_take(const uint8_t *header, struct chunk *out);
/* Whether header and payload, which follows it in memory, are as they were written. */
bool chunk_is_sound(const uint8_t *header, const struct chunk *chunk);

/* Appends a chunk of table rows: one zstd frame, or as they are when that is no shorter. */
struct ZSTD_CCtx_s;
void chunk_pack(struct bytes *out, uint16_t kind, const struct bytes *raw, struct ZSTD_CCtx_s *zstd,
		struct chunk *packed);

#endif

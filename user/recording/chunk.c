// SPDX-License-Identifier: MIT
#include "recording/chunk.h"

#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#define HEADER_SUM_AT 56
#define CHUNK_SUM_AT  16

/* Tables are a small part of a file and are written once: the usual level. What was captured comes
 * as fast as the program runs. */
#define TABLE_LEVEL  3
#define PIECES_LEVEL 1

void file_header_put(struct bytes *out, const struct file_header *header)
{
	size_t start = out->size;

	bytes_append(out, FILE_MAGIC, 8);
	bytes_u32(out, header->version);
	bytes_u32(out, header->flags);
	bytes_u64(out, header->index_offset);
	bytes_u64(out, header->file_bytes);
	memset(bytes_extend(out, HEADER_SUM_AT - 32), 0, HEADER_SUM_AT - 32);
	bytes_u64(out, XXH3_64bits(out->data + start, HEADER_SUM_AT));
}

enum header_state file_header_take(const uint8_t *data, size_t size, struct file_header *out)
{
	struct cursor c = cursor_over(data, size);
	const uint8_t *magic = cursor_take(&c, 8);

	if (!magic || memcmp(magic, FILE_MAGIC, 8) != 0)
		return HEADER_FOREIGN;
	if (size < FILE_HEADER_BYTES)
		return HEADER_DAMAGED;
	out->version = cursor_u32(&c);
	out->flags = cursor_u32(&c);
	out->index_offset = cursor_u64(&c);
	out->file_bytes = cursor_u64(&c);
	c = cursor_over(data + HEADER_SUM_AT, 8);
	return cursor_u64(&c) == XXH3_64bits(data, HEADER_SUM_AT) ? HEADER_SOUND : HEADER_DAMAGED;
}

static uint64_t chunk_sum(const uint8_t *header, const void *payload, size_t size)
{
	return XXH3_64bits_withSeed(payload, size, XXH3_64bits(header, CHUNK_SUM_AT));
}

void chunk_put(struct bytes *out, const struct chunk *chunk, const void *payload)
{
	size_t start = out->size;

	bytes_u32(out, CHUNK_MAGIC);
	bytes_u16(out, chunk->kind);
	bytes_u16(out, chunk->codec);
	bytes_u32(out, chunk->stored);
	bytes_u32(out, chunk->raw);
	bytes_u64(out, chunk_sum(out->data + start, payload, chunk->stored));
	bytes_append(out, payload, chunk->stored);
}

bool chunk_take(const uint8_t *header, struct chunk *out)
{
	struct cursor c = cursor_over(header, CHUNK_HEADER_BYTES);

	if (cursor_u32(&c) != CHUNK_MAGIC)
		return false;
	out->kind = cursor_u16(&c);
	out->codec = cursor_u16(&c);
	out->stored = cursor_u32(&c);
	out->raw = cursor_u32(&c);
	return out->stored <= MAX_CHUNK_BYTES && out->raw <= MAX_CHUNK_BYTES;
}

bool chunk_is_sound(const uint8_t *header, const struct chunk *chunk)
{
	struct cursor c = cursor_over(header + CHUNK_SUM_AT, 8);

	return cursor_u64(&c) == chunk_sum(header, header + CHUNK_HEADER_BYTES, chunk->stored);
}

void chunk_pack(struct bytes *out, uint16_t kind, const struct bytes *raw, ZSTD_CCtx *zstd,
		struct chunk *packed)
{
	struct bytes frame = {0};
	size_t bound = ZSTD_compressBound(raw->size);
	size_t size =
		ZSTD_compressCCtx(zstd, bytes_extend(&frame, bound), bound, raw->data, raw->size,
				  kind == CHUNK_PIECES ? PIECES_LEVEL : TABLE_LEVEL);

	*packed =
		(struct chunk){.kind = kind, .codec = CODEC_ZSTD, .stored = size, .raw = raw->size};
	if (ZSTD_isError(size) || size >= raw->size) {
		packed->codec = CODEC_STORED;
		packed->stored = raw->size;
	}
	chunk_put(out, packed, packed->codec == CODEC_ZSTD ? frame.data : raw->data);
	bytes_fini(&frame);
}

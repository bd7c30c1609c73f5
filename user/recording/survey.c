// SPDX-License-Identifier: MIT
#include "recording/survey.h"

#include <string.h>

#define MIN_WINDOW_BYTES 4096U
#define MAX_WINDOW_BYTES (1U << 20)

/*
 * A file can be made of nothing but beginnings of huge chunks. The bytes that a search looks at in
 * vain are limited to this many times the file, after which the rest counts as lost.
 */
#define SEARCHES_OF_FILE 8

struct search {
	struct source *source;
	uint64_t bytes_left; /* that may be looked at in vain */
	struct bytes window;
};

void integrity_damage(struct integrity *integrity, uint64_t offset)
{
	if (!integrity->damaged_chunks || offset < integrity->damaged_offset)
		integrity->damaged_offset = offset;
	integrity->damaged_chunks++;
}

static uint64_t chunk_end(uint64_t offset, const struct chunk *chunk)
{
	return offset + CHUNK_HEADER_BYTES + chunk->stored;
}

static void place_add(struct survey *v, uint64_t offset, const struct chunk *chunk)
{
	*vec_push(&v->places) = (struct place){offset, *chunk};
}

static bool may_look_at(struct search *s, uint64_t bytes)
{
	if (s->bytes_left < bytes)
		return false;
	s->bytes_left -= bytes;
	return true;
}

static const uint8_t *magic_find(const struct bytes *window)
{
	struct bytes magic = {0};
	const uint8_t *found;

	bytes_u32(&magic, CHUNK_MAGIC);
	found = memmem(window->data, window->size, magic.data, magic.size);
	bytes_fini(&magic);
	return found;
}

/* Where the next magic lies, from `offset` on; the end of the file when there is none. */
static uint64_t search_magic(struct search *s, uint64_t offset)
{
	size_t wanted = MIN_WINDOW_BYTES;

	while (offset + CHUNK_HEADER_BYTES <= s->source->bytes && may_look_at(s, wanted)) {
		const uint8_t *found;

		bytes_reset(&s->window);
		bytes_extend(&s->window, wanted);
		s->window.size = source_read(s->source, offset, s->window.data, wanted);
		found = magic_find(&s->window);
		if (found)
			return offset + (uint64_t)(found - s->window.data);
		if (s->window.size < wanted)
			break;
		offset += wanted - 3; /* the magic may lie across the end of the window */
		wanted = wanted < MAX_WINDOW_BYTES ? 2 * wanted : wanted;
	}
	return s->source->bytes;
}

/* The first whole chunk from `offset` on; the end of the file when there is none. */
static uint64_t search_chunk(struct search *s, uint64_t offset, struct chunk *out)
{
	while (!source_chunk(s->source, offset, out)) {
		if (!may_look_at(s, s->source->chunk.size))
			return s->source->bytes;
		offset = search_magic(s, offset + 1);
		if (offset == s->source->bytes)
			break;
	}
	return offset;
}

static void survey_by_search(struct survey *v, struct source *source, struct integrity *integrity)
{
	struct search s = {.source = source,
			   .bytes_left = SEARCHES_OF_FILE * source->bytes + (1U << 20)};
	uint64_t offset = FILE_HEADER_BYTES;

	while (offset < source->bytes) {
		struct chunk chunk;
		uint64_t found = search_chunk(&s, offset, &chunk);

		if (found == source->bytes)
			break;
		if (found != offset)
			integrity_damage(integrity, offset);
		place_add(v, found, &chunk);
		offset = chunk_end(found, &chunk);
	}
	integrity->lost_tail_bytes = offset < source->bytes ? source->bytes - offset : 0;
	bytes_fini(&s.window);
}

static bool index_read(struct survey *v, struct source *s, uint64_t index_offset)
{
	struct cursor in = {0};
	uint64_t offset = FILE_HEADER_BYTES;
	struct chunk index;

	if (!source_chunk(s, index_offset, &index) || index.kind != CHUNK_INDEX ||
	    !source_payload(s, &index, &in))
		return false;
	while (cursor_left(&in)) {
		uint64_t kind = cursor_varint(&in), stored = cursor_varint(&in),
			 raw = cursor_varint(&in);
		struct chunk chunk = {(uint16_t)kind, 0, (uint32_t)stored, (uint32_t)raw};

		if (in.failed || kind > UINT16_MAX || stored > MAX_CHUNK_BYTES ||
		    raw > MAX_CHUNK_BYTES)
			return false;
		place_add(v, offset, &chunk);
		offset = chunk_end(offset, &chunk);
		if (offset > index_offset)
			return false;
	}
	place_add(v, index_offset, &index);
	return !in.failed && offset == index_offset;
}

void survey_file(struct survey *v, struct source *s, struct integrity *integrity)
{
	const struct file_header *header = &s->header;
	bool finished = s->header_sound && !(header->flags & FILE_INCOMPLETE);

	integrity->file_bytes = s->bytes;
	integrity->complete = finished && header->file_bytes <= s->bytes;
	if (!s->header_sound)
		integrity_damage(integrity, 0);
	if (integrity->complete) {
		if (index_read(v, s, header->index_offset)) {
			integrity->index_used = true;
			integrity->lost_tail_bytes = s->bytes - header->file_bytes;
			return;
		}
		integrity_damage(integrity, header->index_offset);
	}
	v->places.size = 0;
	survey_by_search(v, s, integrity);
}

// SPDX-License-Identifier: MIT
#include "recording/pieces.h"

#include <string.h>
#include <xxhash.h>

#include "base/search.h"

/* Numbers of contents that were met before begin after the two marks. */
enum { TEXT_EMPTY, TEXT_NEW, FIRST_TEXT };

void pieces_builder_reset(struct pieces_builder *b)
{
	bytes_reset(&b->rows);
	bytes_reset(&b->texts);
	b->last_row = 0;
	if (b->nr_texts)
		memset(b->known, 0, sizeof b->known);
	b->nr_texts = 0;
}

void pieces_builder_fini(struct pieces_builder *b)
{
	bytes_fini(&b->rows);
	bytes_fini(&b->texts);
}

static bool text_is(const struct pieces_builder *b, const struct text_place *known,
		    const struct piece *piece, uint32_t hash)
{
	return known->id && known->hash == hash && known->size == piece->size_bytes &&
	       memcmp(b->texts.data + known->at, piece->bytes, known->size) == 0;
}

static void text_add(struct pieces_builder *b, const struct piece *piece)
{
	uint64_t hash = XXH3_64bits(piece->bytes, piece->size_bytes);
	struct text_place *known = &b->known[hash >> 32 & (NR_TEXT_PLACES - 1)];

	if (!piece->size_bytes) {
		bytes_varint(&b->rows, TEXT_EMPTY);
		return;
	}
	if (text_is(b, known, piece, (uint32_t)hash)) {
		bytes_varint(&b->rows, known->id);
		return;
	}
	bytes_varint(&b->rows, TEXT_NEW);
	bytes_varint(&b->rows, piece->size_bytes);
	*known = (struct text_place){.id = FIRST_TEXT + b->nr_texts++,
				     .hash = (uint32_t)hash,
				     .at = (uint32_t)b->texts.size,
				     .size = piece->size_bytes};
	bytes_append(&b->texts, piece->bytes, piece->size_bytes);
}

/* Mostly it is the argument itself that is the address. */
static uint64_t base_of(const uint64_t args[6], uint64_t arg)
{
	return arg < 6 ? args[arg] : 0;
}

void pieces_add(struct pieces_builder *b, uint32_t row, const uint64_t args[6],
		const struct piece *pieces, uint32_t nr_pieces)
{
	if (!nr_pieces)
		return;
	bytes_varint(&b->rows, row + 1 - b->last_row);
	b->last_row = row + 1;
	bytes_varint(&b->rows, nr_pieces);
	for (uint32_t i = 0; i < nr_pieces; i++) {
		const struct piece *piece = &pieces[i];

		bytes_varint(&b->rows, piece->arg);
		bytes_varint(&b->rows, piece->flags);
		bytes_varint(&b->rows,
			     zigzag((int64_t)(piece->address - base_of(args, piece->arg))));
		text_add(b, piece);
	}
}

size_t pieces_bytes(const struct pieces_builder *b)
{
	return b->rows.size + b->texts.size;
}

void pieces_put(const struct pieces_builder *b, struct bytes *out)
{
	bytes_varint(out, b->rows.size);
	bytes_append(out, b->rows.data, b->rows.size);
	bytes_append(out, b->texts.data, b->texts.size);
}

/* ---- And back ---- */

struct pieces_reader {
	struct cursor rows, texts;
	const struct columns *columns;
	VEC(struct piece) known; /* bytes and size alone */
	VEC(struct piece) items;
};

static bool text_take(struct pieces_reader *r, struct piece *out)
{
	uint64_t number = cursor_varint(&r->rows);

	if (number == TEXT_EMPTY)
		return true;
	if (number == TEXT_NEW) {
		uint64_t size = cursor_varint(&r->rows);

		if (!size || size > UINT32_MAX)
			return false;
		out->size_bytes = (uint32_t)size;
		out->bytes = cursor_take(&r->texts, size);
		if (out->bytes)
			*vec_push(&r->known) = *out;
		return out->bytes;
	}
	if (number - FIRST_TEXT >= r->known.size)
		return false;
	out->size_bytes = r->known.items[number - FIRST_TEXT].size_bytes;
	out->bytes = r->known.items[number - FIRST_TEXT].bytes;
	return true;
}

static bool piece_take(struct pieces_reader *r, uint32_t row)
{
	struct piece piece = {0};
	uint64_t arg = cursor_varint(&r->rows), flags = cursor_varint(&r->rows);
	int64_t beyond = unzigzag(cursor_varint(&r->rows));

	if (arg > UINT16_MAX || flags > UINT16_MAX || !text_take(r, &piece))
		return false;
	piece.arg = (uint16_t)arg;
	piece.flags = (uint16_t)flags;
	piece.address = (uint64_t)beyond;
	if (arg < 6)
		piece.address += r->columns->at[SYSCALL_ARG0 + arg][row];
	*vec_push(&r->items) = piece;
	return !r->rows.failed;
}

/* The pieces of the next row that has any; *row is where the one before was, + 1. */
static bool row_take(struct pieces_reader *r, uint64_t *row, struct piece_row *out)
{
	uint64_t further = cursor_varint(&r->rows), nr = cursor_varint(&r->rows);

	/* Each piece takes four bytes. */
	if (r->rows.failed || !further || further > r->columns->rows - *row ||
	    nr > cursor_left(&r->rows) / 4)
		return false;
	*row += further;
	*out = (struct piece_row){(uint32_t)*row - 1, (uint32_t)r->items.size, (uint32_t)nr};
	for (uint64_t i = 0; i < nr; i++) {
		if (!piece_take(r, out->row))
			return false;
	}
	return true;
}

bool pieces_take(struct cursor in, const struct columns *columns, struct pieces *out)
{
	struct pieces_reader r = {.columns = columns};
	VEC(struct piece_row) rows = {0};
	uint64_t row = 0, rows_bytes;
	size_t size = cursor_left(&in);
	uint8_t *memory;
	bool sound = true;

	*out = (struct pieces){0};
	memory = xcalloc(size + 1, 1);
	if (size)
		memcpy(memory, in.at, size);
	r.texts = cursor_over(memory, size);
	rows_bytes = cursor_varint(&r.texts);
	r.rows = r.texts;
	if (!cursor_take(&r.texts, rows_bytes))
		sound = false;
	else
		r.rows.end = r.texts.at;
	while (sound && cursor_left(&r.rows))
		sound = row_take(&r, &row, vec_push(&rows));
	vec_free(&r.known);
	*out = (struct pieces){.nr_rows = (uint32_t)rows.size,
			       .rows = rows.items,
			       .items = r.items.items,
			       .memory = memory};
	if (sound && cursor_done(&r.texts))
		return true;
	pieces_fini(out);
	return false;
}

void pieces_fini(struct pieces *p)
{
	free(p->rows);
	free(p->items);
	free(p->memory);
	*p = (struct pieces){0};
}

const struct piece *pieces_of_row(const struct pieces *p, uint32_t row, uint32_t *out_nr)
{
	uint32_t at = search_first(i, 0, p->nr_rows, p->rows[i].row >= row);

	*out_nr = 0;
	if (at == p->nr_rows || p->rows[at].row != row)
		return NULL;
	*out_nr = p->rows[at].nr;
	return p->items + p->rows[at].first;
}

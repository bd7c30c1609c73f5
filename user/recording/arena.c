// SPDX-License-Identifier: MIT
#include "recording/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define PIECE_BYTES 65536

struct arena_piece {
	struct arena_piece *next;
	uint64_t memory[];
};

void *arena_take(struct arena *a, size_t size)
{
	void *taken;

	size = size ? (size + 7) & ~(size_t)7 : 8;
	if (a->capacity - a->used < size) {
		size_t capacity = size > PIECE_BYTES ? size : PIECE_BYTES;
		struct arena_piece *piece = xcalloc(1, sizeof *piece + capacity);

		piece->next = a->pieces;
		*a = (struct arena){.pieces = piece, .capacity = capacity};
	}
	taken = (char *)a->pieces->memory + a->used;
	a->used += size;
	return taken;
}

char *arena_text(struct arena *a, const void *text, size_t size)
{
	char *copy = arena_take(a, size + 1);

	memcpy(copy, text, size);
	return copy;
}

void arena_fini(struct arena *a)
{
	while (a->pieces) {
		struct arena_piece *next = a->pieces->next;

		free(a->pieces);
		a->pieces = next;
	}
	*a = (struct arena){0};
}

// SPDX-License-Identifier: MIT
#include "profile/slice.h"

#define FIRST_SLICE 256
#define GROWTH      16

/* Both kinds of rows begin with their start; so does the order. */
_Static_assert(SYSCALL_START_NS == 0 && FAULT_START_NS == 0, "the start is column 0");

struct order {
	uint64_t start_ns;
	uint32_t task, row;
};

static uint32_t task_column(const struct block *block)
{
	return block->kind == BLOCK_FAULTS ? (uint32_t)FAULT_TASK : (uint32_t)SYSCALL_TASK;
}

static int compare_order(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static struct order *order_rows(const struct slice *s, const struct columns *c)
{
	struct order *order = xcalloc(c->rows, sizeof *order);
	const uint64_t *tasks = c->at[task_column(s->block)];

	for (uint32_t i = 0; i < c->rows; i++)
		order[i] = (struct order){c->at[0][i], (uint32_t)tasks[i], i};
	qsort(order, c->rows, sizeof *order, compare_order);
	return order;
}

static void take_rows(struct slice *s, const struct columns *c, const struct order *order)
{
	s->cells = xrealloc(s->cells, (size_t)s->nr * s->nr_columns, sizeof *s->cells);
	s->rows = xrealloc(s->rows, s->nr, sizeof *s->rows);
	for (uint32_t i = 0; i < s->nr; i++) {
		s->rows[i] = order[i].row;
		for (uint32_t column = 0; column < s->nr_columns; column++)
			s->cells[i * s->nr_columns + column] = c->at[column][order[i].row];
	}
}

static void copy_piece(struct slice *s, const struct piece *piece)
{
	struct piece *copy = vec_push(&s->pieces);

	*copy = *piece;
	copy->bytes = (const uint8_t *)s->memory.size; /* until it moves no more */
	bytes_append(&s->memory, piece->bytes, piece->size_bytes);
}

/* Those of the slice's rows alone: of the rest there may be a lot. */
static void take_pieces(struct slice *s, const struct pieces *all)
{
	s->first_piece = xrealloc(s->first_piece, s->nr + 1UL, sizeof *s->first_piece);
	s->pieces.size = 0;
	bytes_reset(&s->memory);
	for (uint32_t i = 0; i < s->nr; i++) {
		uint32_t nr;
		const struct piece *pieces = pieces_of_row(all, s->rows[i], &nr);

		s->first_piece[i] = (uint32_t)s->pieces.size;
		for (uint32_t n = 0; n < nr; n++)
			copy_piece(s, &pieces[n]);
	}
	s->first_piece[s->nr] = (uint32_t)s->pieces.size;
	vec_each (&s->pieces, piece)
		piece->bytes = piece->size_bytes ? s->memory.data + (size_t)piece->bytes : NULL;
}

/* A block whose pieces are damaged has none, which has been reported. */
static void load_pieces(struct slice *s, struct recording *r, const struct columns *c)
{
	struct pieces pieces;

	block_pieces(r, s->block, c, &pieces);
	take_pieces(s, &pieces);
	pieces_fini(&pieces);
}

static bool load(struct slice *s, struct recording *r, uint32_t nr)
{
	struct columns c;
	struct order *order;

	if (block_columns(r, s->block, (1U << s->nr_columns) - 1, &c) < 0)
		return false;
	s->first += s->nr;
	s->nr = nr < c.rows - s->first ? nr : c.rows - s->first;
	order = order_rows(s, &c);
	take_rows(s, &c, order + s->first);
	free(order);
	if (s->with_pieces)
		load_pieces(s, r, &c);
	columns_fini(&c);
	return true;
}

void slice_init(struct slice *s, const struct block *block, bool with_pieces)
{
	*s = (struct slice){
		.block = block,
		.with_pieces = with_pieces && block->kind != BLOCK_FAULTS,
		.nr_columns = block->kind == BLOCK_FAULTS ? (uint32_t)NR_FAULT_COLUMNS
							  : (uint32_t)NR_SYSCALL_COLUMNS,
	};
}

void slice_fini(struct slice *s)
{
	free(s->cells);
	free(s->rows);
	free(s->first_piece);
	vec_free(&s->pieces);
	bytes_fini(&s->memory);
	*s = (struct slice){0};
}

bool slice_next(struct slice *s, struct recording *r)
{
	if (s->nr && s->at + 1 < s->first + s->nr) {
		s->at++;
		return true;
	}
	if (s->first + s->nr >= s->block->rows || !load(s, r, s->nr ? GROWTH * s->nr : FIRST_SLICE))
		return false;
	s->at = s->first;
	return true;
}

const uint64_t *slice_row(const struct slice *s)
{
	return s->cells + (size_t)(s->at - s->first) * s->nr_columns;
}

const struct piece *slice_pieces(const struct slice *s, uint32_t *out_nr)
{
	uint32_t row = s->at - s->first;

	*out_nr = s->with_pieces ? s->first_piece[row + 1] - s->first_piece[row] : 0;
	return *out_nr ? &s->pieces.items[s->first_piece[row]] : NULL;
}

uint32_t slice_row_number(const struct slice *s)
{
	return s->rows[s->at - s->first];
}

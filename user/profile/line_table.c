// SPDX-License-Identifier: MIT
#include "profile/line_table.h"

#include "profile/call_row.h"
#include "profile/facts.h"

/* A line of the target at a frame. */
struct mark {
	uint32_t row;
	bool is_innermost; /* nothing is inlined there */
};

struct builder {
	const struct recording *r;
	const struct line_target *target;
	struct line_table *table;
	VEC(struct mark) marks;
	/* By id of a frame: its marks, and the nearest frame that has any, it or a caller. */
	struct span {
		uint32_t first, nr;
	} * spans;
	uint32_t *nearest;
	uint32_t *seen; /* by row: the last place whose events it got */
	uint32_t place;
};

static uint32_t row_of(struct line_table *table, const struct function_line *at)
{
	uint32_t file = names_intern(&table->files, at->file ? at->file : "");
	uint32_t row = pair_map_number(&table->by_place, file, at->line);

	if (row == table->rows.size)
		*vec_push(&table->rows) = (struct line_row){.file = file, .line = at->line};
	return row;
}

static void mark_frame(struct builder *b, uint32_t id)
{
	const struct frame *frame = &b->r->frames.items[id];
	const struct location *location = recording_location(b->r, frame->module, frame->offset);
	size_t first = b->marks.size;

	for (uint32_t i = 0; location && i < location->nr_lines; i++) {
		if (line_target_has(b->target, &location->lines[i]))
			*vec_push(&b->marks) =
				(struct mark){row_of(b->table, &location->lines[i]), i == 0};
	}
	b->spans[id] = (struct span){(uint32_t)first, (uint32_t)(b->marks.size - first)};
	b->nearest[id] = b->spans[id].nr ? id : b->nearest[frame->parent];
}

static void mark_frames(struct builder *b)
{
	b->spans = xcalloc(b->r->frames.size, sizeof *b->spans);
	b->nearest = xcalloc(b->r->frames.size, sizeof *b->nearest);
	for (uint32_t id = 1; id < b->r->frames.size; id++)
		mark_frame(b, id);
	b->seen = xcalloc(b->table->rows.size, sizeof *b->seen);
}

static void add(struct line_events *to, const uint64_t weights[NR_WEIGHTS])
{
	to->count += weights[WEIGHT_COUNT];
	to->ns += weights[WEIGHT_NS];
}

static void add_to_frame(struct builder *b, uint32_t frame, enum line_event kind,
			 const uint64_t weights[NR_WEIGHTS])
{
	for (uint32_t i = 0; i < b->spans[frame].nr; i++) {
		uint32_t row = b->marks.items[b->spans[frame].first + i].row;

		if (b->seen[row] != b->place)
			add(&b->table->rows.items[row].total[kind], weights);
		b->seen[row] = b->place;
	}
}

static void add_to_stack(struct builder *b, uint32_t frame, enum line_event kind,
			 const uint64_t weights[NR_WEIGHTS])
{
	uint32_t at = b->nearest[frame];

	b->place++;
	add(&b->table->all[kind], weights);
	if (at)
		add(&b->table->target[kind], weights);
	for (uint32_t depth = 0; at && depth < PATH_MAX_DEPTH; depth++) {
		add_to_frame(b, at, kind, weights);
		at = b->nearest[b->r->frames.items[at].parent];
	}
}

/* The faults of the very instruction in the frame, if its line is one of the target's. */
static void add_self(struct builder *b, uint32_t frame, const uint64_t weights[NR_WEIGHTS])
{
	const struct span *span = &b->spans[frame];

	if (span->nr && b->marks.items[span->first].is_innermost)
		add(&b->table->rows.items[b->marks.items[span->first].row].self, weights);
}

static void add_events(struct builder *b, enum line_event kind, const struct tally *tally)
{
	vec_each (&tally->cells, cell) {
		uint32_t frame = b->r->stacks.items[cell->place.stack].frame;

		add_to_stack(b, frame, kind, cell->weights);
		if (kind == LINE_FAULTS && !cell->place.leaf)
			add_self(b, frame, cell->weights);
	}
}

#define FAULT_PLACE_COLUMNS                                                                        \
	(COLUMN(FAULT_COUNT) | COLUMN(FAULT_SERVICE_NS) | COLUMN(FAULT_IP) | COLUMN(FAULT_STACK) | \
	 COLUMN(FAULT_FLAGS))

/* One whose start was not seen has no time. */
static void fault_row_add(const struct columns *c, uint32_t row, struct tally *tally)
{
	uint64_t flags = c->at[FAULT_FLAGS][row];
	const struct place place = {
		.stack = (uint32_t)c->at[FAULT_STACK][row],
		.leaf = flags & FAULT_KERNEL ? c->at[FAULT_IP][row] : 0,
	};
	const uint64_t weights[NR_WEIGHTS] = {
		[WEIGHT_COUNT] = c->at[FAULT_COUNT][row],
		[WEIGHT_NS] = flags & FAULT_UNTIMED ? 0 : c->at[FAULT_SERVICE_NS][row],
	};

	tally_add(tally, &place, weights);
}

static void tally_block(struct recording *r, const struct block *block,
			struct tally tallies[NR_LINE_EVENTS])
{
	bool are_calls = block->kind == BLOCK_SYSCALLS;
	struct columns c;

	if (!are_calls && block->kind != BLOCK_FAULTS)
		return;
	if (block_columns(r, block, are_calls ? CALL_PLACE_COLUMNS : FAULT_PLACE_COLUMNS, &c) < 0)
		return;
	for (uint32_t i = 0; i < c.rows; i++) {
		if (are_calls)
			call_row_add(&c, i, 0, 0, &tallies[LINE_SYSCALLS]);
		else
			fault_row_add(&c, i, &tallies[LINE_FAULTS]);
	}
	columns_fini(&c);
}

static int compare_rows(const void *a, const void *b, void *table)
{
	const struct line_row *x = a, *y = b;
	int order = strcmp(line_table_file(table, x), line_table_file(table, y));

	return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

void line_table_build(struct recording *r, const struct line_target *target, struct line_table *out)
{
	struct builder b = {.r = r, .target = target, .table = out};
	struct tally tallies[NR_LINE_EVENTS] = {0};

	*out = (struct line_table){0};
	mark_frames(&b);
	vec_each (&r->blocks, block)
		tally_block(r, block, tallies);
	for (int kind = 0; kind < NR_LINE_EVENTS; kind++) {
		add_events(&b, kind, &tallies[kind]);
		tally_fini(&tallies[kind]);
	}
	if (out->rows.size)
		qsort_r(out->rows.items, out->rows.size, sizeof *out->rows.items, compare_rows,
			out);
	vec_free(&b.marks);
	free(b.spans);
	free(b.nearest);
	free(b.seen);
}

void line_table_fini(struct line_table *table)
{
	names_fini(&table->files);
	pair_map_fini(&table->by_place);
	vec_free(&table->rows);
}

const char *line_table_file(const struct line_table *table, const struct line_row *row)
{
	return names_text(&table->files, row->file);
}

size_t line_table_run(const struct line_table *table, size_t first)
{
	size_t at = first;

	while (at < table->rows.size && table->rows.items[at].file == table->rows.items[first].file)
		at++;
	return at - first;
}

// SPDX-License-Identifier: MIT
#include "recording/writer.h"

#include <errno.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "base/error.h"
#include "recording/block.h"
#include "recording/call_sum.h"
#include "recording/chunk.h"
#include "recording/growing_file.h"
#include "recording/idmap.h"
#include "recording/pieces.h"
#include "recording/table.h"

/* A table's rows become a chunk at this size, should nobody flush before. */
#define TABLE_BYTES (256U << 10)

/* Leaves room in a chunk for the row's other parts. */
#define MAX_META_BYTES (MAX_CHUNK_BYTES - (1U << 20) - TABLE_BYTES)

struct writer {
	struct growing_file file;
	struct bytes out;   /* whole chunks on their way into the file, all or none */
	struct bytes index; /* rows of the index for the file's chunks, then for those in `out` */
	size_t indexed;     /* size of the former */
	struct ZSTD_CCtx_s *zstd;
	struct table tables[NR_CHUNK_KINDS];
	struct block_builder *blocks[NR_BLOCK_KINDS];
	struct pieces_builder pieces[NR_BLOCK_KINDS];
	struct block_encoder *encoder;
	struct call_sum calls;    /* of the blocks that are in the file */
	VEC(struct frame) frames; /* [0] is the root */
	struct idmap frame_ids;
	uint32_t nr_modules;
	uint64_t dropped[NR_BLOCK_KINDS]; /* events that found no room in the file */
	bool lacks_tables;                /* nor did something that is not counted */
};

static void index_add(struct writer *w, const struct chunk *chunk)
{
	bytes_varint(&w->index, chunk->kind);
	bytes_varint(&w->index, chunk->stored);
	bytes_varint(&w->index, chunk->raw);
}

static void pack_rows(struct writer *w, enum chunk_kind kind, const struct bytes *rows)
{
	struct chunk chunk;

	chunk_pack(&w->out, kind, rows, w->zstd, &chunk);
	index_add(w, &chunk);
}

static void pack_table(struct writer *w, enum chunk_kind kind)
{
	struct table *t = &w->tables[kind];

	if (t->rows.size)
		pack_rows(w, kind, &t->rows);
	table_reset(t);
}

static void pack_tables(struct writer *w)
{
	for (enum chunk_kind kind = CHUNK_META; kind < CHUNK_BLOCK; kind++)
		pack_table(w, kind);
	pack_table(w, CHUNK_MAPPINGS);
}

/* The packed chunks are in the file; or they did not fit, and are dropped. */
static int committed(struct writer *w, int err)
{
	if (err)
		w->index.size = w->indexed;
	w->indexed = w->index.size;
	bytes_reset(&w->out);
	return err;
}

/* Tables may use the room that is kept free: without them, rows mean little. */
static int commit_tables(struct writer *w)
{
	int err = committed(w, growing_file_append(&w->file, &w->out));

	w->lacks_tables |= err < 0;
	return err;
}

static uint64_t count_events(const struct block_builder *b)
{
	uint64_t events = 0;

	if (b->kind != BLOCK_FAULTS)
		return b->rows;
	for (uint32_t i = 0; i < b->rows; i++)
		events += b->columns[FAULT_COUNT][i];
	return events;
}

/* They follow their block's columns. */
static void pack_pieces(struct writer *w, enum block_kind kind)
{
	struct pieces_builder *pieces = &w->pieces[kind];
	struct bytes raw = {0};

	if (!pieces_bytes(pieces))
		return;
	pieces_put(pieces, &raw);
	pack_rows(w, CHUNK_PIECES, &raw);
	bytes_fini(&raw);
	pieces_builder_reset(pieces);
}

/* Tables go first: a file cut right here has what the rows refer to. */
static int write_block(struct writer *w, struct block_builder *b)
{
	struct block_encoder *e = w->encoder;
	struct chunk columns = {.kind = CHUNK_COLUMNS, .codec = CODEC_COLUMNS};
	uint32_t rows = b->rows;
	int err;

	pack_tables(w);
	commit_tables(w);
	block_encode(e, b);
	pack_rows(w, CHUNK_BLOCK, &e->raw);
	columns.stored = (uint32_t)e->payload.size;
	columns.raw = rows * b->schema->nr_columns * (uint32_t)sizeof(uint64_t);
	chunk_put(&w->out, &columns, e->payload.data);
	index_add(w, &columns);
	pack_pieces(w, b->kind);
	err = committed(w, growing_file_append_bulk(&w->file, &w->out));
	if (err)
		w->dropped[b->kind] += count_events(b);
	else if (b->kind == BLOCK_SYSCALLS)
		call_sum_add(&w->calls, &e->raw);
	b->rows = 0;
	return err;
}

static int write_all_gathered(struct writer *w)
{
	int err;

	pack_tables(w);
	err = commit_tables(w);
	for (uint32_t kind = 0; kind < NR_BLOCK_KINDS; kind++)
		if (w->blocks[kind] && w->blocks[kind]->rows)
			err = write_block(w, w->blocks[kind]) ?: err;
	return err;
}

/* After each row of a table. */
static void table_grown(struct writer *w, enum chunk_kind kind)
{
	if (w->tables[kind].rows.size < TABLE_BYTES)
		return;
	pack_table(w, kind);
	commit_tables(w);
}

static int write_header(struct writer *w, const struct file_header *header)
{
	struct bytes bytes = {0};
	int err;

	file_header_put(&bytes, header);
	err = w->file.bytes ? growing_file_rewrite(&w->file, 0, &bytes)
			    : growing_file_append(&w->file, &bytes);
	bytes_fini(&bytes);
	return err;
}

int writer_new(int fd, const char *path, struct writer **out)
{
	struct file_header header = {.version = FORMAT_VERSION, .flags = FILE_INCOMPLETE};
	struct writer *w = xnew(struct writer);
	int err;

	growing_file_init(&w->file, fd, path);
	w->zstd = ZSTD_createCCtx();
	w->encoder = block_encoder_new();
	w->nr_modules = FIRST_FILE_MODULE;
	vec_push(&w->frames);
	err = write_header(w, &header);
	if (err) {
		writer_free(w);
		return err;
	}
	*out = w;
	return 0;
}

void writer_meta(struct writer *w, const char *key, const void *value, size_t size)
{
	if (size > MAX_META_BYTES) {
		note("'%s' of %zu bytes is too large for the recording and left out", key, size);
		return;
	}
	meta_put(&w->tables[CHUNK_META], key, value, size);
	table_grown(w, CHUNK_META);
}

void writer_meta_text(struct writer *w, const char *key, const char *value)
{
	writer_meta(w, key, value, strlen(value));
}

static struct block_builder *builder_of(struct writer *w, enum block_kind kind)
{
	if (!w->blocks[kind])
		w->blocks[kind] = block_builder_new(kind);
	return w->blocks[kind];
}

void writer_row(struct writer *w, enum block_kind kind, const uint64_t *row)
{
	struct block_builder *builder;

	if (w->file.error) {
		w->dropped[kind] += kind == BLOCK_FAULTS ? row[FAULT_COUNT] : 1;
		return;
	}
	builder = builder_of(w, kind);
	if (block_builder_add(builder, row) || pieces_bytes(&w->pieces[kind]) >= BLOCK_PIECES_BYTES)
		write_block(w, builder);
}

void writer_call(struct writer *w, enum block_kind kind, const uint64_t *row,
		 const struct piece *pieces, uint32_t nr_pieces)
{
	if (!w->file.error)
		pieces_add(&w->pieces[kind], builder_of(w, kind)->rows, &row[SYSCALL_ARG0], pieces,
			   nr_pieces);
	writer_row(w, kind, row);
}

uint32_t writer_module(struct writer *w, const struct module *module)
{
	uint32_t id = w->nr_modules++;

	module_put(&w->tables[CHUNK_MODULES], id, module);
	table_grown(w, CHUNK_MODULES);
	return id;
}

static bool frame_equals(const void *owner, uint32_t id, const void *wanted)
{
	const struct writer *w = owner;
	const struct frame *a = &w->frames.items[id], *b = wanted;

	return a->parent == b->parent && a->module == b->module && a->offset == b->offset;
}

uint32_t writer_frame(struct writer *w, uint32_t parent, uint32_t module, uint64_t offset)
{
	struct frame frame = {.parent = parent, .module = module, .offset = offset};
	uint32_t new_id = (uint32_t)w->frames.size;
	uint32_t id = idmap_intern(&w->frame_ids, XXH3_64bits(&frame, sizeof frame), frame_equals,
				   w, &frame, new_id);

	if (id == new_id) {
		*vec_push(&w->frames) = frame;
		frame_put(&w->tables[CHUNK_FRAMES], id, &frame);
		table_grown(w, CHUNK_FRAMES);
	}
	return id;
}

void writer_stack(struct writer *w, uint32_t id, const struct stack *stack)
{
	stack_put(&w->tables[CHUNK_STACKS], id, stack);
	table_grown(w, CHUNK_STACKS);
}

void writer_location(struct writer *w, const struct location *location)
{
	location_put(&w->tables[CHUNK_LOCATIONS], location);
	table_grown(w, CHUNK_LOCATIONS);
}

void writer_task_event(struct writer *w, const struct task_event *event)
{
	task_event_put(&w->tables[CHUNK_TASK_EVENTS], event);
	table_grown(w, CHUNK_TASK_EVENTS);
}

void writer_mapping(struct writer *w, const struct task_mapping *mapping)
{
	task_mapping_put(&w->tables[CHUNK_MAPPINGS], mapping);
	table_grown(w, CHUNK_MAPPINGS);
}

void writer_counter(struct writer *w, const char *name, uint64_t value)
{
	counter_put(&w->tables[CHUNK_COUNTERS], name, value);
	table_grown(w, CHUNK_COUNTERS);
}

void writer_syscall_total(struct writer *w, const struct syscall_total *total)
{
	syscall_total_put(&w->tables[CHUNK_SYSCALL_TOTALS], total);
	table_grown(w, CHUNK_SYSCALL_TOTALS);
}

uint32_t writer_nr_frames(const struct writer *w)
{
	return (uint32_t)w->frames.size - 1;
}

void writer_frame_at(const struct writer *w, uint32_t id, struct frame *out)
{
	*out = w->frames.items[id];
}

int writer_flush(struct writer *w)
{
	return write_all_gathered(w);
}

uint64_t writer_file_bytes(const struct writer *w)
{
	return w->file.bytes;
}

int writer_error(const struct writer *w)
{
	return w->file.error;
}

uint64_t writer_dropped_events(const struct writer *w)
{
	return w->dropped[BLOCK_SYSCALLS] + w->dropped[BLOCK_MEMORY_CALLS] +
	       w->dropped[BLOCK_FAULTS] + w->dropped[BLOCK_ALLOCATIONS];
}

/* One that finds no room can be had from the blocks. */
static void write_call_sum(struct writer *w)
{
	struct bytes rows = {0};

	call_sum_put(&w->calls, &rows);
	if (rows.size) {
		pack_rows(w, CHUNK_CALL_SUMMARY, &rows);
		committed(w, growing_file_append_bulk(&w->file, &w->out));
	}
	bytes_fini(&rows);
}

/* Also after an error: the room that was kept is for this. The file counts as complete when it says
 * itself what it lacks. */
int writer_finish(struct writer *w)
{
	struct file_header header = {.version = FORMAT_VERSION};
	struct bytes rows = {0};

	write_all_gathered(w);
	if (writer_dropped_events(w)) {
		writer_counter(w, "lost.syscalls.disk",
			       w->dropped[BLOCK_SYSCALLS] + w->dropped[BLOCK_MEMORY_CALLS]);
		writer_counter(w, "lost.faults.disk", w->dropped[BLOCK_FAULTS]);
		writer_counter(w, "lost.allocations.disk", w->dropped[BLOCK_ALLOCATIONS]);
		pack_table(w, CHUNK_COUNTERS);
		commit_tables(w);
	}
	write_call_sum(w);
	if (w->lacks_tables)
		header.flags = FILE_INCOMPLETE;
	header.index_offset = w->file.bytes;
	bytes_append(&rows, w->index.data, w->indexed);
	pack_rows(w, CHUNK_INDEX, &rows);
	bytes_fini(&rows);
	if (!commit_tables(w)) {
		header.file_bytes = w->file.bytes;
		write_header(w, &header);
	}
	growing_file_trim(&w->file);
	return w->file.error;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	growing_file_fini(&w->file);
	for (uint32_t kind = 0; kind < NR_CHUNK_KINDS; kind++)
		table_fini(&w->tables[kind]);
	for (uint32_t kind = 0; kind < NR_BLOCK_KINDS; kind++) {
		block_builder_free(w->blocks[kind]);
		pieces_builder_fini(&w->pieces[kind]);
	}
	block_encoder_free(w->encoder);
	call_sum_fini(&w->calls);
	ZSTD_freeCCtx(w->zstd);
	bytes_fini(&w->out);
	bytes_fini(&w->index);
	vec_free(&w->frames);
	idmap_fini(&w->frame_ids);
	free(w);
}

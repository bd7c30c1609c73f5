// SPDX-License-Identifier: MIT
#include "recording/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/search.h"
#include "recording/load.h"
#include "recording/pieces.h"

/* By enum chunk_kind. */
static const char *const chunk_names[MAX_CHUNK_KINDS] = {
	"of a later version",
	"metadata",
	"modules",
	"frames",
	"stacks",
	"locations",
	"task events",
	"counters",
	"syscall totals",
	"block summaries",
	"columns",
	"index",
	"mappings",
	"captured memory",
	"summary of calls",
};

_Static_assert(NR_CHUNK_KINDS == 15, "every kind of chunk has a name");

static void note_cut(const struct recording *r)
{
	const struct source *s = &r->reader->source;

	if (r->integrity.complete || !s->header_sound)
		return;
	if (s->header.flags & FILE_INCOMPLETE)
		note("'%s' was not finished: its recorder was killed or still runs; up to byte "
		     "%" PRIu64 " it can be read",
		     s->path, s->bytes - r->integrity.lost_tail_bytes);
	else
		note("'%s' was cut short at byte %" PRIu64 " of %" PRIu64 "; up to byte %" PRIu64
		     " it can be read",
		     s->path, s->bytes, s->header.file_bytes,
		     s->bytes - r->integrity.lost_tail_bytes);
}

static void note_damage(const struct recording *r)
{
	const struct integrity *i = &r->integrity;

	if (i->damaged_chunks)
		note("'%s' is damaged at byte %" PRIu64
		     ", where %s was expected; %u damaged part%s left out",
		     r->reader->source.path, i->damaged_offset,
		     i->damaged_offset ? "a chunk with a matching checksum" : "a sound header",
		     i->damaged_chunks, i->damaged_chunks == 1 ? " was" : "s were");
}

static int refuse_unreadable(const struct recording *r)
{
	const struct source *s = &r->reader->source;

	refuse(-EBADMSG,
	       "'%s' holds nothing that can be read: no whole chunk within %" PRIu64 " bytes",
	       s->path, s->bytes);
	hint("its recorder was killed at its start, or the file was cut or overwritten");
	return -EBADMSG;
}

static int recording_load(struct recording *r)
{
	struct survey survey = {0};

	for (uint32_t kind = 0; kind < MAX_CHUNK_KINDS; kind++)
		r->integrity.kinds[kind].name = chunk_names[kind];
	survey_file(&survey, &r->reader->source, &r->integrity);
	load_tables(r, &survey);
	vec_free(&survey.places);
	bytes_fini(&r->reader->source.raw);
	if (!r->integrity.chunks)
		return refuse_unreadable(r);
	if (r->reader->is_brief && !r->call_keys)
		return 0;
	settle_tables(r);
	tasks_derive(r);
	vec_extend(&r->reader->bad_blocks, r->blocks.size);
	vec_extend(&r->reader->bad_pieces, r->blocks.size);
	note_cut(r);
	note_damage(r);
	return 0;
}

static int open_as(const char *path, bool is_brief, struct recording **out)
{
	struct recording *r = xnew(struct recording);
	int err;

	r->reader = xnew(struct reader);
	r->reader->is_brief = is_brief;
	r->reader->decoder = block_decoder_new();
	err = source_open(&r->reader->source, path) ?: recording_load(r);
	if (err) {
		recording_close(r);
		return err;
	}
	*out = r;
	return 0;
}

int recording_open(const char *path, struct recording **out)
{
	return open_as(path, false, out);
}

int recording_open_brief(const char *path, struct recording **out)
{
	int err = open_as(path, true, out);

	if (err || (*out)->call_keys)
		return err;
	recording_close(*out);
	return open_as(path, false, out);
}

void recording_close(struct recording *r)
{
	if (!r)
		return;
	source_fini(&r->reader->source);
	arena_fini(&r->reader->arena);
	block_decoder_free(r->reader->decoder);
	vec_free(&r->reader->bad_blocks);
	vec_free(&r->reader->bad_pieces);
	free(r->reader);
	vec_free(&r->meta);
	vec_free(&r->counters);
	vec_free(&r->modules);
	vec_free(&r->frames);
	vec_free(&r->stacks);
	vec_free(&r->locations);
	vec_free(&r->task_events);
	vec_free(&r->mappings);
	vec_free(&r->tasks);
	vec_free(&r->syscall_totals);
	vec_free(&r->blocks);
	free(r);
}

const char *recording_meta(const struct recording *r, const char *key)
{
	vec_each (&r->meta, meta) {
		if (strcmp(meta->key, key) == 0)
			return (const char *)meta->value;
	}
	return NULL;
}

uint64_t recording_counter(const struct recording *r, const char *name)
{
	vec_each (&r->counters, counter) {
		if (strcmp(counter->name, name) == 0)
			return counter->value;
	}
	return 0;
}

const struct location *recording_location(const struct recording *r, uint32_t module,
					  uint64_t offset)
{
	const struct location *all = r->locations.items;
	size_t at = search_first(i, 0, r->locations.size,
				 all[i].module > module ||
					 (all[i].module == module && all[i].offset >= offset));

	if (at == r->locations.size || all[at].module != module || all[at].offset != offset)
		return NULL;
	return &all[at];
}

static bool columns_read(struct recording *r, const struct block *block, uint32_t mask,
			 struct columns *out)
{
	struct source *s = &r->reader->source;
	struct cell_limits limits = {r->tasks.size, r->stacks.size};
	struct chunk chunk;
	struct cursor payload;

	return source_chunk(s, block->file_offset, &chunk) && chunk.kind == CHUNK_COLUMNS &&
	       chunk.codec == CODEC_COLUMNS && source_payload(s, &chunk, &payload) &&
	       block_decode(r->reader->decoder, payload, block, mask, &limits, out);
}

int block_columns(struct recording *r, const struct block *block, uint32_t mask,
		  struct columns *out)
{
	bool *bad = &r->reader->bad_blocks.items[block - r->blocks.items];

	*out = (struct columns){0};
	if (!*bad && columns_read(r, block, mask, out))
		return 0;
	if (*bad)
		return -EBADMSG;
	*bad = true;
	integrity_damage(&r->integrity, block->file_offset);
	return refuse(-EBADMSG,
		      "'%s' is damaged at byte %" PRIu64 ": a block of %" PRIu32
		      " rows cannot be read",
		      r->reader->source.path, block->file_offset, block->rows);
}

static bool pieces_read(struct recording *r, const struct block *block,
			const struct columns *columns, struct pieces *out)
{
	struct source *s = &r->reader->source;
	struct cursor payload;
	struct chunk chunk;

	return source_chunk(s, block->pieces_offset, &chunk) && chunk.kind == CHUNK_PIECES &&
	       chunk.raw <= MAX_PIECES_BYTES && source_payload(s, &chunk, &payload) &&
	       pieces_take(payload, columns, out);
}

int block_pieces(struct recording *r, const struct block *block, const struct columns *columns,
		 struct pieces *out)
{
	bool *bad = &r->reader->bad_pieces.items[block - r->blocks.items];

	*out = (struct pieces){0};
	if (!block->pieces_offset || (!*bad && pieces_read(r, block, columns, out)))
		return 0;
	if (*bad)
		return -EBADMSG;
	*bad = true;
	integrity_damage(&r->integrity, block->pieces_offset);
	return refuse(-EBADMSG,
		      "'%s' is damaged at byte %" PRIu64 ": what was captured for %" PRIu32
		      " system calls cannot be read",
		      r->reader->source.path, block->pieces_offset, block->rows);
}

int recording_verify(struct recording *r)
{
	bool any_bad = false;
	size_t kept = 0;

	for (size_t i = 0; i < r->blocks.size; i++) {
		struct columns columns;
		struct pieces pieces = {0};
		bool bad = block_columns(r, &r->blocks.items[i], ALL_COLUMNS, &columns) < 0;
		bool bad_pieces =
			!bad && block_pieces(r, &r->blocks.items[i], &columns, &pieces) < 0;

		pieces_fini(&pieces);
		columns_fini(&columns);
		any_bad |= bad || bad_pieces;
		if (bad)
			continue;
		r->blocks.items[kept] = r->blocks.items[i];
		r->reader->bad_pieces.items[kept] = bad_pieces;
		r->reader->bad_blocks.items[kept++] = false;
	}
	if (!any_bad)
		return 0;
	r->blocks.size = kept;
	return -EBADMSG;
}

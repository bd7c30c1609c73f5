// SPDX-License-Identifier: MIT
#include "recording/load.h"

#include "recording/call_sum.h"
#include "recording/summary.h"
#include "recording/table.h"

/*
 * Ids may have gaps, where a chunk was lost. How far they may reach beyond what was seen is tied to
 * the size of the file, as every entry costs some of it; the floor serves sparse ids in small
 * files.
 */
enum { MODULE_FLOOR = 1 << 12, FRAME_FLOOR = 1 << 20, STACK_FLOOR = 1 << 20 };

static bool id_is_plausible(const struct recording *r, uint64_t id, uint64_t floor)
{
	return id < floor + r->integrity.file_bytes && id < UINT32_MAX;
}

static char unknown_module[] = "[unknown]", kernel_module[] = "[kernel]", vdso_module[] = "[vdso]";

static void modules_extend(struct recording *r, uint64_t nr)
{
	size_t known = r->modules.size;

	vec_extend(&r->modules, nr);
	for (size_t i = known; i < r->modules.size; i++)
		r->modules.items[i].path = unknown_module;
}

static void load_meta(struct recording *r, struct table_reader *t)
{
	struct meta meta = {0};

	while (meta_take(t, &meta))
		*vec_push(&r->meta) = meta;
}

static void load_modules(struct recording *r, struct table_reader *t)
{
	struct module module = {0};
	uint64_t id;

	while (module_take(t, &id, &module)) {
		if (id < r->modules.size || !id_is_plausible(r, id, MODULE_FLOOR)) {
			t->in.failed = true;
			return;
		}
		modules_extend(r, id + 1);
		r->modules.items[id] = module;
		module = (struct module){0};
	}
}

static void load_frames(struct recording *r, struct table_reader *t)
{
	struct frame frame;
	uint64_t id;

	while (frame_take(t, &id, &frame)) {
		if (id < r->frames.size || !id_is_plausible(r, id, FRAME_FLOOR)) {
			t->in.failed = true;
			return;
		}
		vec_extend(&r->frames, id + 1);
		r->frames.items[id] = frame;
	}
}

static void load_stacks(struct recording *r, struct table_reader *t)
{
	struct stack stack;
	uint64_t id;

	while (stack_take(t, &id, &stack)) {
		if (!id || !id_is_plausible(r, id, STACK_FLOOR)) {
			t->in.failed = true;
			return;
		}
		vec_extend(&r->stacks, id + 1);
		r->stacks.items[id] = stack;
	}
}

static void load_locations(struct recording *r, struct table_reader *t)
{
	struct location location = {0};

	while (location_take(t, &location))
		*vec_push(&r->locations) = location;
}

static void load_task_events(struct recording *r, struct table_reader *t)
{
	struct task_event event = {0};

	while (task_event_take(t, &event))
		*vec_push(&r->task_events) = event;
}

static void load_mappings(struct recording *r, struct table_reader *t)
{
	struct task_mapping mapping;

	while (task_mapping_take(t, &mapping))
		*vec_push(&r->mappings) = mapping;
}

static void load_counters(struct recording *r, struct table_reader *t)
{
	struct counter counter = {0};

	while (counter_take(t, &counter))
		*vec_push(&r->counters) = counter;
}

static void load_syscall_totals(struct recording *r, struct table_reader *t)
{
	struct syscall_total total = {0};

	while (syscall_total_take(t, &total))
		*vec_push(&r->syscall_totals) = total;
}

/* Believed in a whole file alone: of any other, blocks may be missing. */
static void load_call_keys(struct recording *r, struct table_reader *t)
{
	struct key_summary *keys;
	uint32_t nr;

	if (r->call_keys || !call_sum_take(&t->in, t->arena, &keys, &nr)) {
		t->in.failed = true;
	} else if (r->integrity.index_used) {
		r->call_keys = keys;
		r->nr_call_keys = nr;
	}
}

typedef void load_rows(struct recording *r, struct table_reader *t);

static load_rows *const loaders[NR_CHUNK_KINDS] = {
	[CHUNK_META] = load_meta,           [CHUNK_MODULES] = load_modules,
	[CHUNK_FRAMES] = load_frames,       [CHUNK_STACKS] = load_stacks,
	[CHUNK_LOCATIONS] = load_locations, [CHUNK_TASK_EVENTS] = load_task_events,
	[CHUNK_COUNTERS] = load_counters,   [CHUNK_SYSCALL_TOTALS] = load_syscall_totals,
	[CHUNK_MAPPINGS] = load_mappings,   [CHUNK_CALL_SUMMARY] = load_call_keys,
};

/* Where the pieces lie that directly follow the columns in that place; 0: nowhere. */
static uint64_t pieces_behind(const struct survey *survey, size_t at)
{
	const struct place *columns = &survey->places.items[at], *pieces = columns + 1;

	if (at + 1 == survey->places.size || pieces->chunk.kind != CHUNK_PIECES ||
	    pieces->offset != columns->offset + CHUNK_HEADER_BYTES + columns->chunk.stored)
		return 0;
	return pieces->offset;
}

/*
 * A block is its summary and the columns right behind it: neither is of use alone. Columns that
 * were there and are gone count as damage, or as cut off, where they lay.
 */
static bool load_block(struct recording *r, struct cursor *in, const struct survey *survey,
		       size_t at)
{
	const struct place *place = &survey->places.items[at], *columns = place + 1;
	struct block block = {0};

	block.file_offset = place->offset + CHUNK_HEADER_BYTES + place->chunk.stored;
	if (at + 1 == survey->places.size || columns->offset != block.file_offset)
		return true;
	if (columns->chunk.kind != CHUNK_COLUMNS || !summary_take(in, &r->reader->arena, &block))
		return false;
	block.pieces_offset = pieces_behind(survey, at + 1);
	if (block.kind)
		*vec_push(&r->blocks) = block;
	return true;
}

static bool load_chunk(struct recording *r, const struct survey *survey, size_t at)
{
	const struct place *place = &survey->places.items[at];
	struct source *s = &r->reader->source;
	struct table_reader t = {.arena = &r->reader->arena};
	struct chunk chunk;
	bool sound;

	if (!source_chunk(s, place->offset, &chunk) || chunk.kind != place->chunk.kind ||
	    chunk.stored != place->chunk.stored || !source_payload(s, &chunk, &t.in))
		return false;
	if (chunk.kind == CHUNK_BLOCK)
		return load_block(r, &t.in, survey, at);
	loaders[chunk.kind](r, &t);
	sound = cursor_done(&t.in);
	vec_free(&t.texts);
	return sound;
}

/* Columns are read when they are asked for, and kinds of a later day are none of our business. */
static bool is_loaded(const struct recording *r, uint16_t kind)
{
	if (r->reader->is_brief)
		return kind == CHUNK_CALL_SUMMARY || kind == CHUNK_META || kind == CHUNK_COUNTERS ||
		       kind == CHUNK_SYSCALL_TOTALS;
	return kind == CHUNK_BLOCK || (kind < NR_CHUNK_KINDS && loaders[kind]);
}

static void integrity_count(struct integrity *integrity, const struct chunk *chunk)
{
	uint32_t kind = chunk->kind < NR_CHUNK_KINDS ? chunk->kind : 0;
	struct chunk_sizes *sizes = &integrity->kinds[kind];

	integrity->chunks++;
	integrity->stored_bytes += chunk->stored;
	integrity->raw_bytes += chunk->raw;
	sizes->chunks++;
	sizes->stored_bytes += chunk->stored;
	sizes->raw_bytes += chunk->raw;
}

void load_tables(struct recording *r, const struct survey *survey)
{
	modules_extend(r, FIRST_FILE_MODULE);
	r->modules.items[MODULE_KERNEL].path = kernel_module;
	r->modules.items[MODULE_VDSO].path = vdso_module;
	vec_extend(&r->frames, 1);
	vec_extend(&r->stacks, 1);
	for (size_t at = 0; at < survey->places.size; at++) {
		const struct place *place = &survey->places.items[at];

		if (is_loaded(r, place->chunk.kind) && !load_chunk(r, survey, at))
			integrity_damage(&r->integrity, place->offset);
		else
			integrity_count(&r->integrity, &place->chunk);
	}
}

// SPDX-License-Identifier: MIT
#include "profile/block_table.h"

#include "profile/facts.h"
#include "profile/frame_label.h"
#include "profile/place_name.h"

/* ---- Names of a site ---- */

/* What containers do for those who use them. */
static bool is_container_code(const char *label)
{
	static const char *const beginnings[] = {"std::",       "__gnu_cxx::", "operator new",
						 "alloc::",     "core::",      "<alloc::",
						 "hashbrown::", "void std::",  NULL};

	for (const char *const *beginning = beginnings; *beginning; beginning++)
		if (!strncmp(label, *beginning, strlen(*beginning)))
			return true;
	return false;
}

/* A function at a frame. */
struct spot {
	uint32_t node, index;
};

/* The innermost function of the program's own from a node outwards; false: there is none. */
static bool find_own(const struct recording *r, uint32_t node, struct spot *out)
{
	for (; node; node = r->frames.items[node].parent) {
		const struct frame *frame = &r->frames.items[node];

		if (is_common_code(r, frame))
			continue;
		for (uint32_t i = frame_nr_labels(r, frame->module, frame->offset); i-- > 0;) {
			scoped_free char *label = frame_label(r, frame->module, frame->offset, i);

			if (is_container_code(label))
				continue;
			*out = (struct spot){node, i};
			return true;
		}
	}
	return false;
}

/* A symbol of the C library has several names. */
static const char *plain_name(const char *label)
{
	static const char *const prefixes[] = {"__libc_", "__GI___libc_", "__GI_", "__", NULL};

	for (const char *const *prefix = prefixes; *prefix; prefix++)
		if (!strncmp(label, *prefix, strlen(*prefix)))
			return label + strlen(*prefix);
	return label;
}

static uint32_t name_entry(const struct recording *r, uint32_t node, struct names *names)
{
	const struct frame *frame = &r->frames.items[node];
	scoped_free char *label = frame_label(r, frame->module, frame->offset, 0);

	return names_intern(names, plain_name(label));
}

static uint32_t name_spot(const struct recording *r, const struct spot *spot, struct names *names)
{
	const struct frame *frame = &r->frames.items[spot->node];
	scoped_free char *label = frame_label(r, frame->module, frame->offset, spot->index);

	return names_intern(names, label);
}

/* The function that the one at the spot was called by, or inlined into. */
static uint32_t name_caller(const struct recording *r, const struct spot *spot, struct names *names)
{
	uint32_t parent = r->frames.items[spot->node].parent;
	struct spot outer = {.node = spot->node, .index = spot->index - 1};

	if (!spot->index) {
		if (!parent)
			return 0;
		outer = (struct spot){parent, 0};
		outer.index = frame_nr_labels(r, r->frames.items[parent].module,
					      r->frames.items[parent].offset) -
			      1;
	}
	return name_spot(r, &outer, names);
}

static void name_site(const struct recording *r, uint32_t stack, struct names *names,
		      struct block_row *out)
{
	uint32_t leaf = r->stacks.items[stack].frame;
	const struct function_line *line;
	struct spot spot = {0};
	const struct frame *frame;

	*out = (struct block_row){.stack = stack};
	if (!leaf)
		return;
	out->entry = name_entry(r, leaf, names);
	if (!find_own(r, r->frames.items[leaf].parent, &spot))
		spot.node = r->frames.items[leaf].parent; /* of a library itself */
	if (!spot.node)
		return;
	frame = &r->frames.items[spot.node];
	out->function = name_spot(r, &spot, names);
	out->caller = name_caller(r, &spot, names);
	line = frame_line(r, frame->module, frame->offset, spot.index);
	if (line) {
		out->file = names_intern(names, line->file);
		out->line = line->line;
	}
}

/* ---- Rows ---- */

static void totals_add(struct block_totals *sum, const struct block_totals *more)
{
	if (!sum->blocks || (more->blocks && more->least_bytes < sum->least_bytes))
		sum->least_bytes = more->least_bytes;
	if (sum->largest_bytes < more->largest_bytes)
		sum->largest_bytes = more->largest_bytes;
	if (sum->longest_ns < more->longest_ns)
		sum->longest_ns = more->longest_ns;
	sum->blocks += more->blocks;
	sum->bytes += more->bytes;
	sum->resized += more->resized;
	sum->failures += more->failures;
	sum->peak_blocks += more->peak_blocks;
	sum->peak_bytes += more->peak_bytes;
	sum->kept_blocks += more->kept_blocks;
	sum->kept_bytes += more->kept_bytes;
	sum->life_ns += more->life_ns;
	sum->judged_bytes += more->judged_bytes;
	sum->untouched_bytes += more->untouched_bytes;
	sum->untouched_blocks += more->untouched_blocks;
}

/* Where no line is known, calls of a function are told apart by where in its code they are. */
static struct block_row *row_of(struct block_table *table, struct names *keys,
				const struct recording *r, const struct block_row *wanted)
{
	const struct frame *leaf = &r->frames.items[r->stacks.items[wanted->stack].frame];
	const struct frame *from = &r->frames.items[leaf->parent];
	bool has_line = wanted->line;
	scoped_free char *key =
		xasprintf("%u %u %u %u %u %u %llx", wanted->entry, wanted->function, wanted->file,
			  wanted->line, wanted->caller, has_line ? 0 : from->module,
			  has_line ? 0 : (unsigned long long)from->offset);
	uint32_t id = names_intern(keys, key); /* from 1 on */

	if (id > table->rows.size)
		*vec_push(&table->rows) = *wanted;
	return &table->rows.items[id - 1];
}

static int by_bytes(const void *left, const void *right)
{
	const struct block_row *a = left, *b = right;

	if (a->totals.bytes != b->totals.bytes)
		return a->totals.bytes < b->totals.bytes ? 1 : -1;
	if (a->totals.blocks != b->totals.blocks)
		return a->totals.blocks < b->totals.blocks ? 1 : -1;
	return (a->stack > b->stack) - (a->stack < b->stack);
}

static void build_rows(const struct recording *r, const struct blocks *blocks,
		       struct block_table *out)
{
	struct names keys = {0};

	vec_each (&blocks->sites, site) {
		struct block_row wanted, *row;

		name_site(r, site->stack, &out->names, &wanted);
		row = row_of(out, &keys, r, &wanted);
		totals_add(&row->totals, &site->totals);
		totals_add(&out->all, &site->totals);
	}
	names_fini(&keys);
	if (out->rows.size)
		qsort(out->rows.items, out->rows.size, sizeof *out->rows.items, by_bytes);
}

void block_table_build(const struct recording *r, const struct memory *model,
		       struct block_table *out)
{
	const struct blocks *blocks = memory_blocks(model);
	uint64_t start_ns = recording_start_ns(r);

	*out = (struct block_table){
		.is_recorded = recording_meta(r, "events") && recording_has(r, "malloc"),
		.knows_pages = recording_has(r, "faults"),
		.peak_bytes = blocks->peak_bytes,
		.peak_blocks = blocks->peak_blocks,
		.peak_ns = blocks->peak_ns > start_ns ? blocks->peak_ns - start_ns : 0,
		.unknown_frees = blocks->unknown_frees,
		.inherited_frees = blocks->inherited_frees,
		.unseen_frees = blocks->unseen_frees,
		.untracked = blocks->untracked,
		.allocators = recording_counter(r, "allocators.files"),
		.late_allocators = recording_counter(r, "allocators.late_files"),
		.failed_allocators = recording_counter(r, "allocators.failed_files"),
	};
	build_rows(r, blocks, out);
}

void block_table_fini(struct block_table *table)
{
	vec_free(&table->rows);
	names_fini(&table->names);
}

/* ---- For those who print it ---- */

uint64_t block_row_mean_life_ns(const struct block_totals *totals)
{
	return totals->blocks ? totals->life_ns / totals->blocks : 0;
}

char *block_row_text(const struct block_table *table, const struct block_row *row)
{
	const char *function = names_text(&table->names, row->function);
	const char *caller = names_text(&table->names, row->caller);
	const char *file = names_text(&table->names, row->file), *slash = strrchr(file, '/');
	scoped_free char *place =
		row->line ? xasprintf(" (%s:%u)", slash ? slash + 1 : file, row->line)
			  : xstrdup("");

	if (!row->entry)
		return xstrdup("[no stack]");
	return xasprintf("%s%s%s%s%s%s", names_text(&table->names, row->entry),
			 *function ? " in " : "", function, place, *caller ? ", called by " : "",
			 caller);
}

void block_places_add(const struct memory *model, const uint32_t *roots, struct tally *out)
{
	vec_each (&memory_blocks(model)->sites, site) {
		const struct place place = {
			.root = roots ? roots[site->task] : site->task,
			.stack = site->stack,
		};
		const uint64_t weights[NR_WEIGHTS] = {
			[WEIGHT_COUNT] = site->totals.blocks,
			[WEIGHT_BYTES] = site->totals.bytes,
		};

		if (site->totals.blocks)
			tally_add(out, &place, weights);
	}
}

// SPDX-License-Identifier: MIT
#include "output/json_blocks.h"

#include "output/json_value.h"
#include "profile/frame_label.h"

static json_t *json_name(const struct block_table *table, uint32_t name)
{
	return json_text_or_null(name ? names_text(&table->names, name) : NULL);
}

static void set_totals(json_t *object, const struct block_table *table,
		       const struct block_totals *totals)
{
	bool knows = table->knows_pages;

	set(object, "bytes", json_count(totals->bytes));
	set(object, "blocks", json_count(totals->blocks));
	set(object, "resized_blocks", json_count(totals->resized));
	set(object, "failures", json_count(totals->failures));
	set(object, "least_bytes", json_count(totals->least_bytes));
	set(object, "largest_bytes", json_count(totals->largest_bytes));
	set(object, "peak_bytes", json_count(totals->peak_bytes));
	set(object, "peak_blocks", json_count(totals->peak_blocks));
	set(object, "kept_bytes", json_count(totals->kept_bytes));
	set(object, "kept_blocks", json_count(totals->kept_blocks));
	set(object, "life_ns", json_count(totals->life_ns));
	set(object, "mean_life_ns", json_count(block_row_mean_life_ns(totals)));
	set(object, "longest_life_ns", json_count(totals->longest_ns));
	set(object, "judged_bytes", knows ? json_count(totals->judged_bytes) : json_null());
	set(object, "untouched_bytes", knows ? json_count(totals->untouched_bytes) : json_null());
	set(object, "untouched_blocks", knows ? json_count(totals->untouched_blocks) : json_null());
}

static void append_labels(json_t *frames, const struct recording *r, const struct frame *frame)
{
	uint32_t nr = frame_nr_labels(r, frame->module, frame->offset);

	for (uint32_t i = 0; i < nr; i++) {
		scoped_free char *label = frame_label(r, frame->module, frame->offset, i);

		json_array_append_new(frames, json_text(label));
	}
}

/* From the outermost function in, as in fault_paths. */
static json_t *json_frames(const struct recording *r, uint32_t stack)
{
	uint32_t nodes[PATH_MAX_DEPTH], nr = 0, node = r->stacks.items[stack].frame;
	json_t *frames = json_array();

	for (; node && nr < PATH_MAX_DEPTH; node = r->frames.items[node].parent)
		nodes[nr++] = node;
	while (nr)
		append_labels(frames, r, &r->frames.items[nodes[--nr]]);
	return frames;
}

static json_t *json_row(const struct recording *r, const struct block_table *table,
			const struct block_row *row)
{
	json_t *object = json_object();

	set(object, "entry", json_name(table, row->entry));
	set(object, "function", json_name(table, row->function));
	set(object, "file", json_name(table, row->file));
	set(object, "line", row->line ? json_count(row->line) : json_null());
	set(object, "caller", json_name(table, row->caller));
	set_totals(object, table, &row->totals);
	set(object, "frames", json_frames(r, row->stack));
	return object;
}

static json_t *json_all(const struct block_table *table)
{
	json_t *object = json_object();

	set_totals(object, table, &table->all);
	set(object, "peak_ns", json_count(table->peak_ns));
	set(object, "unknown_frees", json_count(table->unknown_frees));
	set(object, "inherited_frees", json_count(table->inherited_frees));
	set(object, "unseen_frees", json_count(table->unseen_frees));
	set(object, "untracked_blocks", json_count(table->untracked));
	set(object, "allocators", json_count(table->allocators));
	set(object, "late_allocators", json_count(table->late_allocators));
	set(object, "failed_allocators", json_count(table->failed_allocators));
	return object;
}

void json_blocks_write(struct json_stream *s, const struct report *report)
{
	const struct block_table *table = &report->blocks;

	json_stream_member(s, "allocations", table->is_recorded ? json_all(table) : json_null());
	json_stream_array_begin(s, "allocation_sites");
	vec_each (&table->rows, row)
		json_stream_element(s, json_row(report->recording, table, row));
	json_stream_array_end(s);
}

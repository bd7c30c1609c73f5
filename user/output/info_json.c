// SPDX-License-Identifier: MIT
/* `prof info --json`: "prof.info/1". */
#include "output/info_output.h"
#include "output/json_stream.h"
#include "output/json_value.h"
#include "profile/facts.h"

static void write_integrity(struct json_stream *s, const struct integrity *file)
{
	json_t *object = json_object();

	set(object, "file_bytes", json_count(file->file_bytes));
	set(object, "stored_bytes", json_count(file->stored_bytes));
	set(object, "raw_bytes", json_count(file->raw_bytes));
	set(object, "chunks", json_count(file->chunks));
	set(object, "damaged_chunks", json_count(file->damaged_chunks));
	set(object, "damaged_offset",
	    file->damaged_chunks ? json_count(file->damaged_offset) : json_null());
	set(object, "lost_tail_bytes", json_count(file->lost_tail_bytes));
	set(object, "index_used", json_boolean(file->index_used));
	json_stream_member(s, "integrity", object);
}

static void write_parts(struct json_stream *s, const struct integrity *file)
{
	json_stream_array_begin(s, "parts");
	for (int kind = 0; kind < MAX_CHUNK_KINDS; kind++) {
		const struct chunk_sizes *sizes = &file->kinds[kind];
		json_t *part;

		if (!sizes->name || !sizes->chunks)
			continue;
		part = json_object();
		set(part, "name", json_string(sizes->name));
		set(part, "chunks", json_count(sizes->chunks));
		set(part, "stored_bytes", json_count(sizes->stored_bytes));
		set(part, "raw_bytes", json_count(sizes->raw_bytes));
		json_stream_element(s, part);
	}
	json_stream_array_end(s);
}

static void write_inventory(struct json_stream *s, const struct inventory *has)
{
	json_t *object = json_object();

	set(object, "syscall_blocks", json_count(has->blocks[BLOCK_SYSCALLS]));
	set(object, "syscall_rows", json_count(has->rows[BLOCK_SYSCALLS]));
	set(object, "fault_blocks", json_count(has->blocks[BLOCK_FAULTS]));
	set(object, "fault_rows", json_count(has->rows[BLOCK_FAULTS]));
	set(object, "memory_call_blocks", json_count(has->blocks[BLOCK_MEMORY_CALLS]));
	set(object, "memory_call_rows", json_count(has->rows[BLOCK_MEMORY_CALLS]));
	set(object, "allocation_blocks", json_count(has->blocks[BLOCK_ALLOCATIONS]));
	set(object, "allocation_rows", json_count(has->rows[BLOCK_ALLOCATIONS]));
	set(object, "faults", json_count(has->faults));
	set(object, "tasks", json_count(has->tasks));
	set(object, "task_events", json_count(has->task_events));
	set(object, "stacks", json_count(has->stacks));
	set(object, "frames", json_count(has->frames));
	set(object, "modules", json_count(has->modules));
	set(object, "locations", json_count(has->locations));
	json_stream_member(s, "content", object);
}

/* Of keys that have several values, lists: the words of the command, and processes attached to. */
static void write_meta(struct json_stream *s, const struct recording *r)
{
	json_t *command = json_array(), *attached = json_array(), *object = json_object();

	vec_each (&r->meta, meta) {
		json_t *value = json_text((char *)meta->value);

		if (strcmp(meta->key, "argv") == 0)
			json_array_append_new(command, value);
		else if (strcmp(meta->key, "attached") == 0)
			json_array_append_new(attached, value);
		else
			set(object, meta->key, value);
	}
	json_stream_member(s, "command", command);
	json_stream_member(s, "attached", attached);
	json_stream_member(s, "meta", object);
}

static void write_counters(struct json_stream *s, const struct recording *r)
{
	struct losses losses;
	json_t *object = json_object();

	vec_each (&r->counters, counter)
		set(object, counter->name, json_count(counter->value));
	losses_of(r, &losses);
	json_stream_member(s, "counters", object);
	json_stream_member(s, "lost", json_count(losses.total));
	losses_fini(&losses);
}

void info_json(FILE *out, const struct info *info)
{
	struct json_stream s;

	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.info/1"));
	json_stream_member(&s, "file", json_text(info->path));
	json_stream_member(&s, "whole", json_boolean(info->is_whole));
	json_stream_member(&s, "complete", json_boolean(info->recording->integrity.complete));
	write_integrity(&s, &info->recording->integrity);
	write_parts(&s, &info->recording->integrity);
	write_inventory(&s, &info->inventory);
	write_meta(&s, info->recording);
	write_counters(&s, info->recording);
	json_stream_end(&s);
}

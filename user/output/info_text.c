// SPDX-License-Identifier: MIT
/* What a recording is, as text: its file, what it has, and what was noted of the run. */
#include <inttypes.h>

#include "cli/number.h"
#include "output/info_output.h"
#include "output/printable.h"

static void write_file(FILE *out, const struct info *info)
{
	const struct integrity *file = &info->recording->integrity;
	scoped_free char *path = printable(info->path);
	char size[NUMBER_SIZE], raw[NUMBER_SIZE], count[NUMBER_SIZE];

	fprintf(out, "file            %s\n", path);
	fprintf(out, "state           %s\n",
		info->is_whole   ? "complete"
		: file->complete ? "damaged"
				 : "incomplete: its end is missing");
	fprintf(out, "size            %s (%s bytes)\n", size_format(file->file_bytes, size),
		count_format(file->file_bytes, count));
	if (file->stored_bytes)
		fprintf(out, "compression     %s in %s, %.1f times smaller\n",
			size_format(file->raw_bytes, raw), size_format(file->stored_bytes, size),
			(double)file->raw_bytes / (double)file->stored_bytes);
	fprintf(out, "chunks          %" PRIu32 " whole, %" PRIu32 " damaged, found %s\n",
		file->chunks, file->damaged_chunks,
		file->index_used ? "through the index" : "by searching the file");
	if (file->damaged_chunks)
		fprintf(out, "damage          from byte %" PRIu64 "\n", file->damaged_offset);
	if (file->lost_tail_bytes)
		fprintf(out, "unreadable end  %" PRIu64 " bytes\n", file->lost_tail_bytes);
}

static void write_kinds(FILE *out, const struct integrity *file)
{
	fprintf(out, "\n%-16s %10s %14s %14s\n", "part", "chunks", "stored_bytes", "raw_bytes");
	for (int kind = 0; kind < MAX_CHUNK_KINDS; kind++) {
		const struct chunk_sizes *sizes = &file->kinds[kind];

		if (sizes->name && sizes->chunks)
			fprintf(out, "%-16s %10" PRIu32 " %14" PRIu64 " %14" PRIu64 "\n",
				sizes->name, sizes->chunks, sizes->stored_bytes, sizes->raw_bytes);
	}
}

static void write_inventory(FILE *out, const struct inventory *has)
{
	const struct {
		const char *name;
		uint64_t count;
	} rows[] = {
		{"syscall blocks", has->blocks[BLOCK_SYSCALLS]},
		{"syscall rows", has->rows[BLOCK_SYSCALLS]},
		{"fault blocks", has->blocks[BLOCK_FAULTS]},
		{"fault rows", has->rows[BLOCK_FAULTS]},
		{"unchosen blocks", has->blocks[BLOCK_MEMORY_CALLS]},
		{"unchosen rows", has->rows[BLOCK_MEMORY_CALLS]},
		{"alloc blocks", has->blocks[BLOCK_ALLOCATIONS]},
		{"alloc rows", has->rows[BLOCK_ALLOCATIONS]},
		{"faults", has->faults},
		{"tasks", has->tasks},
		{"task events", has->task_events},
		{"stacks", has->stacks},
		{"frames", has->frames},
		{"modules", has->modules},
		{"named places", has->locations},
	};

	fprintf(out, "\n%-16s %10s\n", "content", "number");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		fprintf(out, "%-16s %10" PRIu64 "\n", rows[i].name, rows[i].count);
}

static void write_meta(FILE *out, const struct recording *r)
{
	fputs("\nmetadata\n", out);
	vec_each (&r->meta, meta) {
		scoped_free char *key = printable(meta->key);
		scoped_free char *value = printable((char *)meta->value);

		fprintf(out, "  %-22s %s\n", key, value);
	}
}

static void write_counters(FILE *out, const struct recording *r)
{
	fputs("\ncounters\n", out);
	vec_each (&r->counters, counter) {
		scoped_free char *name = printable(counter->name);

		fprintf(out, "  %-22s %" PRIu64 "\n", name, counter->value);
	}
}

void info_text(FILE *out, const struct info *info)
{
	write_file(out, info);
	write_kinds(out, &info->recording->integrity);
	write_inventory(out, &info->inventory);
	write_meta(out, info->recording);
	write_counters(out, info->recording);
}

// SPDX-License-Identifier: MIT
#include "unwind/table.h"

#include <errno.h>
#include <libelf.h>
#include <sys/stat.h>

#include "unwind/eh_frame.h"
#include "unwind/missing_frames.h"
#include "unwind/rule_set.h"

/* Sixteen times what the largest libraries have. */
#define MAX_ROWS ((size_t)16 << 20)

struct builder {
	VEC(struct unwind_row) rows;
	struct rule_set rules;
};

/* Of rows at the same offset the last one counts; a rule that goes on needs no row. */
static void add_row(struct builder *b, uint32_t offset, uint16_t rule)
{
	if (b->rows.size && b->rows.items[b->rows.size - 1].offset == offset)
		b->rows.size--;
	if (b->rows.size ? b->rows.items[b->rows.size - 1].rule == rule : rule == RULE_NONE)
		return;
	vec_reserve(&b->rows, b->rows.size + 1);
	b->rows.items[b->rows.size++] = (struct unwind_row){.offset = offset, .rule = rule};
}

static void add_fde_rows(struct builder *b, const struct frames *frames, const struct fde *fde)
{
	const struct cie *cie = &frames->cies.items[fde->cie];
	struct cfa_program program;

	cfa_program_begin(&program, cie, cursor_over(fde->instructions, fde->size), fde->address,
			  fde->address + (fde->end - fde->start));
	while (b->rows.size < MAX_ROWS && cfa_program_next(&program)) {
		struct unwind_rule rule = frame_state_rule(&program.state, cie->is_signal);

		add_row(b, fde->start + (program.row - fde->address),
			rule_set_add(&b->rules, &rule));
	}
	add_row(b, fde->end, RULE_NONE);
}

static uint32_t count_unsupported(const struct builder *b)
{
	uint32_t count = 0;

	vec_each (&b->rows, row)
		count += row->rule == RULE_UNSUPPORTED;
	return count;
}

static void build_rows(const struct frames *frames, struct unwind_table *out)
{
	struct builder b = {0};

	rule_set_init(&b.rules);
	vec_each (&frames->fdes, fde)
		add_fde_rows(&b, frames, fde);
	b.rows.items = xrealloc(b.rows.items, b.rows.size, sizeof *b.rows.items);
	*out = (struct unwind_table){
		.rows = b.rows.items,
		.nr_rows = b.rows.size,
		.rules = b.rules.rules.items,
		.nr_rules = b.rules.rules.size,
		.nr_fdes = frames->fdes.size,
		.nr_unsupported = count_unsupported(&b),
	};
	b.rules.rules.items = NULL;
	rule_set_fini(&b.rules);
}

/* What the run-time unwinder uses comes first; .debug_frame fills in what it leaves out, in
 * programs that have some parts compiled without the former. */
static int build_code(const struct elf_code *code, struct unwind_table *out)
{
	struct frame_section eh, debug;
	struct missing_frames missing;
	struct frames frames = {0};

	if (frame_section_find_eh(code, &eh)) {
		frames_scan(&frames, &eh, code);
		frames_sort(&frames);
	}
	if (frame_section_find_debug(code, &debug)) {
		frames_scan(&frames, &debug, code);
		frames_sort(&frames);
	}
	if (frames.fdes.size) {
		missing_frames_add(&missing, &frames, code);
		frames_sort(&frames);
		build_rows(&frames, out);
	}
	frames_fini(&frames);
	return out->nr_rows ? 0 : -ENODATA;
}

static int build_elf(Elf *elf, uint64_t file_size, struct unwind_table *out)
{
	struct elf_code code;
	int err;

	*out = (struct unwind_table){0};
	err = elf_code_init(&code, elf, file_size);
	if (!err)
		err = build_code(&code, out);
	elf_code_fini(&code);
	elf_end(elf);
	return err;
}

/* Read, not mapped: whoever truncates the file meanwhile must not end prof. */
int unwind_table_build(int fd, struct unwind_table *out)
{
	struct stat status;

	elf_version(EV_CURRENT);
	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		status.st_size = 0;
	return build_elf(elf_begin(fd, ELF_C_READ, NULL), status.st_size, out);
}

int unwind_table_build_image(const void *image, size_t size, struct unwind_table *out)
{
	elf_version(EV_CURRENT);
	return build_elf(elf_memory((char *)image, size), size, out);
}

void unwind_table_fini(struct unwind_table *table)
{
	free(table->rows);
	free(table->rules);
	*table = (struct unwind_table){0};
}

const struct unwind_rule *unwind_table_find(const struct unwind_table *table, uint64_t offset)
{
	size_t low = 0, high = table->nr_rows;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->rows[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || table->rows[low - 1].rule == RULE_NONE)
		return NULL;
	return &table->rules[table->rows[low - 1].rule];
}

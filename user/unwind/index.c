// SPDX-License-Identifier: MIT
#include "unwind/index.h"

#include <errno.h>
#include <libelf.h>
#include <sys/stat.h>

#include "base/search.h"
#include "unwind/eh_frame.h"
#include "unwind/go_frames.h"
#include "unwind/missing_frames.h"
#include "unwind/restorer.h"
#include "unwind/rule_set.h"

/* Sixteen times what the largest libraries have. */
#define MAX_ROWS ((size_t)16 << 20)

struct unwind_index {
	Elf *elf; /* owns the bytes that the FDEs lie in */
	struct elf_code code;
	struct frame_section eh, debug;
	struct missing_frames missing;
	struct bytes go_instructions;
	struct frames frames;
};

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

/* What the run-time unwinders use comes first; .debug_frame fills in what they leave out, in
 * programs that have some parts compiled without the former. */
static int index_frames(struct unwind_index *index)
{
	struct frames *frames = &index->frames;

	if (frame_section_find_eh(&index->code, &index->eh)) {
		frames_scan(frames, &index->eh, &index->code);
		frames_sort(frames);
	}
	go_frames_add(frames, &index->code, &index->go_instructions);
	frames_sort(frames);
	if (frame_section_find_debug(&index->code, &index->debug)) {
		frames_scan(frames, &index->debug, &index->code);
		frames_sort(frames);
	}
	restorers_add(frames, &index->code);
	if (!frames->fdes.size)
		return -ENODATA;
	missing_frames_add(&index->missing, frames, &index->code);
	frames_sort(frames);
	return 0;
}

static int index_elf(Elf *elf, uint64_t file_size, struct unwind_index **out)
{
	struct unwind_index *index = xnew(struct unwind_index);
	int err;

	index->elf = elf;
	err = elf_code_init(&index->code, elf, file_size);
	if (!err)
		err = index_frames(index);
	if (err) {
		unwind_index_free(index);
		index = NULL;
	}
	*out = index;
	return err;
}

/* Read, not mapped: whoever truncates the file meanwhile must not end prof. */
int unwind_index_open(int fd, struct unwind_index **out)
{
	struct stat status;
	Elf *elf;

	elf_version(EV_CURRENT);
	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		status.st_size = 0;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	return index_elf(elf, status.st_size, out);
}

int unwind_index_open_image(const void *image, size_t size, struct unwind_index **out)
{
	elf_version(EV_CURRENT);
	return index_elf(elf_memory((char *)image, size), size, out);
}

void unwind_index_free(struct unwind_index *index)
{
	if (!index)
		return;
	frames_fini(&index->frames);
	bytes_fini(&index->go_instructions);
	elf_code_fini(&index->code);
	elf_end(index->elf);
	free(index);
}

/* Where an FDE ends a gap begins, so that page is one of them. */
size_t unwind_index_pages(const struct unwind_index *index)
{
	const struct frames *frames = &index->frames;

	return (frames->fdes.items[frames->fdes.size - 1].end >> UNWIND_PAGE_SHIFT) + 1;
}

/* The first FDE that ends behind `offset`. */
static size_t first_fde(const struct frames *frames, uint64_t offset)
{
	return search_first(i, 0, frames->fdes.size, frames->fdes.items[i].end > offset);
}

/* Leaves the row that holds at `start` and those up to `end`: a function may have more of them than
 * fit into the pages that are asked for, and would bring them along with each. */
static void clip_rows(struct builder *b, uint64_t start, uint64_t end)
{
	struct unwind_row *rows = b->rows.items;
	size_t first = 0, nr = b->rows.size;

	while (nr && rows[nr - 1].offset > end)
		nr--;
	while (first + 1 < nr && rows[first + 1].offset <= start)
		first++;
	b->rows.size = nr - first;
	if (b->rows.size)
		memmove(rows, rows + first, b->rows.size * sizeof *rows);
}

void unwind_index_rows(const struct unwind_index *index, uint64_t start, uint64_t end,
		       struct unwind_table *out)
{
	const struct frames *frames = &index->frames;
	struct builder b = {0};
	size_t first = first_fde(frames, start), at = first;

	rule_set_init(&b.rules);
	for (; at < frames->fdes.size && frames->fdes.items[at].start <= end; at++)
		add_fde_rows(&b, frames, &frames->fdes.items[at]);
	clip_rows(&b, start, end);
	b.rows.items = xrealloc(b.rows.items, b.rows.size, sizeof *b.rows.items);
	*out = (struct unwind_table){
		.rows = b.rows.items,
		.nr_rows = b.rows.size,
		.rules = b.rules.rules.items,
		.nr_rules = b.rules.rules.size,
		.nr_fdes = at - first,
		.nr_unsupported = count_unsupported(&b),
	};
	b.rules.rules.items = NULL;
	rule_set_fini(&b.rules);
}

bool unwind_index_frame(const struct unwind_index *index, uint64_t offset, struct exact_frame *out)
{
	const struct frames *frames = &index->frames;
	size_t at = first_fde(frames, offset);
	const struct fde *fde = at < frames->fdes.size ? &frames->fdes.items[at] : NULL;
	struct cfa_program program;
	const struct cie *cie;

	if (!fde || offset < fde->start)
		return false;
	cie = &frames->cies.items[fde->cie];
	*out = (struct exact_frame){.section = cie->section,
				    .address = fde->address + (offset - fde->start),
				    .is_signal = cie->is_signal};
	cfa_program_begin(&program, cie, cursor_over(fde->instructions, fde->size), fde->address,
			  fde->address + (fde->end - fde->start));
	while (cfa_program_next(&program)) {
		out->state = program.state;
		if (out->address < program.location)
			return true;
	}
	return false;
}

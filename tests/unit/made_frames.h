/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the .eh_frame of a program, and what must hold of every table, whatever it was made
 * of.
 */
#ifndef TESTS_MADE_FRAMES_H
#define TESTS_MADE_FRAMES_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "unwind/table.h"

#define MADE_ADDRESS 0x400000 /* of the file's first byte: all of it is loaded, as code */
#define MADE_FRAMES  0x8000   /* where the call-frame information is */

struct made_headers {
	Elf64_Ehdr file;
	Elf64_Phdr segments[2];
	struct {
		uint8_t version, pointer_encoding, count_encoding, table_encoding;
		uint32_t pointer;
	} frame_header;
};

/* A file of MADE_FRAMES + size bytes that has these frames; to be freed. */
static inline uint8_t *make_program(const void *frames, size_t size)
{
	uint64_t all = MADE_FRAMES + size;
	uint64_t header = offsetof(struct made_headers, frame_header);
	struct made_headers headers = {
		.file = {.e_type = ET_DYN,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_entry = MADE_ADDRESS + 0x1000,
			 .e_phoff = offsetof(struct made_headers, segments),
			 .e_ehsize = sizeof(Elf64_Ehdr),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 2},
		.segments = {{.p_type = PT_LOAD,
			      .p_flags = PF_R | PF_X,
			      .p_vaddr = MADE_ADDRESS,
			      .p_filesz = all,
			      .p_memsz = all},
			     {.p_type = PT_GNU_EH_FRAME,
			      .p_offset = header,
			      .p_vaddr = MADE_ADDRESS + header,
			      .p_filesz = sizeof headers.frame_header}},
		/* a plain pointer of four bytes; neither count nor table */
		.frame_header = {1, 0x03, 0xff, 0xff, MADE_ADDRESS + MADE_FRAMES},
	};
	uint8_t *file = xcalloc(all, 1);

	memcpy(headers.file.e_ident, ELFMAG, SELFMAG);
	headers.file.e_ident[EI_CLASS] = ELFCLASS64;
	headers.file.e_ident[EI_DATA] = ELFDATA2LSB;
	headers.file.e_ident[EI_VERSION] = EV_CURRENT;
	memcpy(file, &headers, sizeof headers);
	memcpy(file + MADE_FRAMES, frames, size);
	return file;
}

/* Aborts where a table is not in order, or not within a file of that size. */
static inline void table_verify(const struct unwind_table *table, size_t file_size)
{
	for (size_t i = 0; i < table->nr_rows; i++) {
		const struct unwind_row *row = &table->rows[i];

		if (row->rule >= table->nr_rules || row->offset > file_size || row->reserved)
			BUG("row %zu is wrong", i);
		if (i ? row->offset <= row[-1].offset || row->rule == row[-1].rule : !row->rule)
			BUG("row %zu is out of order", i);
	}
	if (table->nr_rows && table->rows[table->nr_rows - 1].rule)
		BUG("the last row is no end");
	for (size_t i = 0; i < table->nr_rules; i++) {
		const struct unwind_rule *rule = &table->rules[i];

		if (rule->cfa_kind > UNWIND_CFA_UNSUPPORTED || rule->cfa_reg > 15 ||
		    rule->ra_kind > UNWIND_RA_UNSUPPORTED)
			BUG("rule %zu is wrong", i);
		if ((rule->cfa_kind == UNWIND_CFA_NONE) != (i == 0))
			BUG("rule %zu says nothing", i);
	}
}

#endif

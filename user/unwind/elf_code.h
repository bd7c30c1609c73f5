/* SPDX-License-Identifier: MIT */
/*
 * An ELF file as the unwinder sees it: executable segments, between whose addresses and offsets in
 * the file it translates, and bytes by address. Files of some linkers have several such segments,
 * each with another difference between the two.
 */
#ifndef PROF_UNWIND_ELF_CODE_H
#define PROF_UNWIND_ELF_CODE_H

#include <gelf.h>
#include <stdbool.h>

#include "base/vec.h"
#include "unwind/pointer.h"

struct code_segment {
	uint64_t address, size;
	uint64_t offset; /* offset + size fits in 32 bits, as in struct unwind_row */
};

struct elf_code {
	Elf *elf;
	uint64_t entry;
	VEC(struct code_segment) segments;
};

/* 0, or -ENOEXEC when this is no x86-64 program or library. No code lies beyond the file. */
int elf_code_init(struct elf_code *code, Elf *elf, uint64_t file_size);
void elf_code_fini(struct elf_code *code);

/* The file's offset of the code at an address, and how much code follows in its segment. */
bool elf_code_locate(const struct elf_code *code, uint64_t address, uint64_t *offset,
		     uint64_t *left);
/* The first program header of a type. */
bool elf_code_header(const struct elf_code *code, uint32_t type, GElf_Phdr *out);

/* What is loaded at an address, up to `size` bytes of it; they stay until the Elf ends. */
struct loaded_bytes elf_code_read(const struct elf_code *code, uint64_t address, uint64_t size);
/* The contents of a section; empty when there is none. */
struct loaded_bytes elf_code_section(const struct elf_code *code, const char *name);

#endif

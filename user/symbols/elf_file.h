/* SPDX-License-Identifier: MIT */
/*
 * An ELF file opened for reading: its identity and where its bytes are loaded.
 *
 * The file may be anything that was mapped while recording. It is mapped, not read, and its
 * descriptor can be given back once all readers have begun, so hundreds of files stay open cheaply.
 */
#ifndef PROF_SYMBOLS_ELF_FILE_H
#define PROF_SYMBOLS_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

#define BUILD_ID_BYTES 20 /* longer ones are cut */

struct elf_file {
	Elf *elf; /* NULL when not open */
	int fd;   /* -1 when given back */
	uint8_t build_id[BUILD_ID_BYTES];
	uint8_t build_id_size;
};

#define ELF_FILE_CLOSED ((struct elf_file){.fd = -1})

/* 0 or -errno, unreported: a file that cannot be read just has no names. */
int elf_file_open(const char *path, struct elf_file *out);
int elf_file_open_descriptor(int fd, struct elf_file *out); /* takes it; -1 is fine */
/* The vdso as it lies in this process; its offsets are offsets into that image. */
int elf_file_open_vdso(struct elf_file *out);
/* Whether both have a build-id, and the same one. */
bool elf_file_is_same(const struct elf_file *a, const struct elf_file *b);
void elf_file_give_back(struct elf_file *file); /* the descriptor */
void elf_file_close(struct elf_file *file);     /* closed already is fine */

/* The virtual address of a byte of the file, if it is loaded at all. */
bool elf_file_address(const struct elf_file *file, uint64_t offset, uint64_t *out);

/* The section of that name that has contents in this file, or NULL. */
Elf_Scn *elf_file_section(const struct elf_file *file, const char *name, GElf_Shdr *header);
bool elf_file_has_type(const struct elf_file *file, uint32_t section_type);

#endif

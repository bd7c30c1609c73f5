// SPDX-License-Identifier: MIT
#include "symbols/elf_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "symbols/symbols.h"

#define MAX_NOTES_BYTES (64 << 10) /* real ones have a few hundred */
#define MAX_VDSO_PAGES  16

static uint8_t find_build_id(Elf_Data *notes, uint8_t out[BUILD_ID_BYTES])
{
	size_t at = 0, next, name, id;
	GElf_Nhdr note;

	for (; notes && (next = gelf_getnote(notes, at, &note, &name, &id)) > 0; at = next) {
		const uint8_t *bytes = notes->d_buf;
		uint8_t size = note.n_descsz < BUILD_ID_BYTES ? note.n_descsz : BUILD_ID_BYTES;

		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof "GNU" ||
		    memcmp(bytes + name, "GNU", sizeof "GNU"))
			continue;
		memcpy(out, bytes + id, size);
		return size;
	}
	return 0;
}

static uint8_t build_id_of_segments(Elf *elf, uint8_t out[BUILD_ID_BYTES])
{
	size_t nr_headers = 0;
	uint8_t size = 0;
	GElf_Phdr header;

	elf_getphdrnum(elf, &nr_headers);
	for (size_t i = 0; !size && i < nr_headers && gelf_getphdr(elf, i, &header); i++) {
		Elf_Type type = header.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR;

		if (header.p_type == PT_NOTE && header.p_filesz <= MAX_NOTES_BYTES)
			size = find_build_id(
				elf_getdata_rawchunk(elf, header.p_offset, header.p_filesz, type),
				out);
	}
	return size;
}

/* In separate debug files the segments may still describe the program that they were taken from. */
static uint8_t build_id_of_sections(Elf *elf, uint8_t out[BUILD_ID_BYTES])
{
	Elf_Scn *section = NULL;
	uint8_t size = 0;
	GElf_Shdr header;

	while (!size && (section = elf_nextscn(elf, section)) && gelf_getshdr(section, &header))
		if (header.sh_type == SHT_NOTE && header.sh_size <= MAX_NOTES_BYTES)
			size = find_build_id(elf_getdata(section, NULL), out);
	return size;
}

static int identify(struct elf_file *file)
{
	if (!file->elf || elf_kind(file->elf) != ELF_K_ELF)
		return -ENOEXEC;
	file->build_id_size = build_id_of_segments(file->elf, file->build_id);
	if (!file->build_id_size)
		file->build_id_size = build_id_of_sections(file->elf, file->build_id);
	return 0;
}

/* O_NONBLOCK: what the path names by now may be a FIFO. */
static int open_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

/* Takes `fd`, or passes on why there is none. */
static int open_with(int fd, Elf_Cmd command, struct elf_file *out)
{
	struct stat status;
	int err = -ENOEXEC;

	*out = ELF_FILE_CLOSED;
	if (fd < 0)
		return fd;
	elf_version(EV_CURRENT);
	out->fd = fd;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		out->elf = elf_begin(fd, command, NULL);
		err = identify(out);
	}
	if (err)
		elf_file_close(out);
	return err;
}

int elf_file_open(const char *path, struct elf_file *out)
{
	return open_with(open_path(path), ELF_C_READ_MMAP, out);
}

int elf_file_open_descriptor(int fd, struct elf_file *out)
{
	return open_with(fd, ELF_C_READ_MMAP, out);
}

/* Its section headers follow its one segment, within the segment's last page. */
int elf_file_open_vdso(struct elf_file *out)
{
	const GElf_Ehdr *image = (const GElf_Ehdr *)getauxval(AT_SYSINFO_EHDR);
	size_t page_bytes = sysconf(_SC_PAGESIZE), size = 0;
	const Elf64_Phdr *headers;
	int err;

	*out = ELF_FILE_CLOSED;
	if (!image || image->e_ident[EI_CLASS] != ELFCLASS64)
		return -ENOENT;
	headers = (const void *)((const char *)image + image->e_phoff);
	for (size_t i = 0; i < image->e_phnum; i++)
		if (headers[i].p_type == PT_LOAD)
			size = headers[i].p_offset + headers[i].p_filesz;
	size = (size + page_bytes - 1) / page_bytes * page_bytes;
	if (!size || size > MAX_VDSO_PAGES * page_bytes)
		return -ENOENT;
	elf_version(EV_CURRENT);
	out->elf = elf_memory((char *)image, size);
	err = identify(out);
	if (err)
		elf_file_close(out);
	return err;
}

bool elf_file_is_same(const struct elf_file *a, const struct elf_file *b)
{
	return a->build_id_size && a->build_id_size == b->build_id_size &&
	       !memcmp(a->build_id, b->build_id, a->build_id_size);
}

void elf_file_give_back(struct elf_file *file)
{
	if (!file->elf || file->fd < 0)
		return;
	elf_cntl(file->elf, ELF_C_FDDONE);
	close(file->fd);
	file->fd = -1;
}

void elf_file_close(struct elf_file *file)
{
	elf_end(file->elf);
	if (file->fd >= 0)
		close(file->fd);
	*file = ELF_FILE_CLOSED;
}

/* Segments meet within a page of the file; code is asked for, so an executable one goes first. */
bool elf_file_address(const struct elf_file *file, uint64_t offset, uint64_t *out)
{
	size_t nr_headers = 0;
	GElf_Phdr header;
	bool found = false;

	elf_getphdrnum(file->elf, &nr_headers);
	for (size_t i = 0; i < nr_headers && gelf_getphdr(file->elf, i, &header); i++) {
		bool executable = header.p_flags & PF_X;

		if (header.p_type != PT_LOAD || offset < header.p_offset ||
		    offset - header.p_offset >= header.p_filesz || (found && !executable))
			continue;
		*out = offset - header.p_offset + header.p_vaddr;
		if (executable)
			return true;
		found = true;
	}
	return found;
}

Elf_Scn *elf_file_section(const struct elf_file *file, const char *name, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (!file->elf || elf_getshdrstrndx(file->elf, &names))
		return NULL;
	while ((section = elf_nextscn(file->elf, section)) && gelf_getshdr(section, header)) {
		const char *text = elf_strptr(file->elf, names, header->sh_name);

		if (text && !strcmp(text, name))
			return header->sh_type != SHT_NOBITS && header->sh_size ? section : NULL;
	}
	return NULL;
}

bool elf_file_has_type(const struct elf_file *file, uint32_t section_type)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while (file->elf && (section = elf_nextscn(file->elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == section_type)
			return true;
	return false;
}

/* Read, not mapped: while recording, the file may be written to at the same time. Takes `fd`. */
static uint8_t read_build_id(int fd, uint8_t out[BUILD_ID_BYTES])
{
	struct elf_file file;
	uint8_t size;

	if (open_with(fd, ELF_C_READ, &file))
		return 0;
	size = file.build_id_size;
	memcpy(out, file.build_id, size);
	elf_file_close(&file);
	return size;
}

uint8_t build_id_of_file(const char *path, uint8_t out[BUILD_ID_BYTES])
{
	return read_build_id(open_path(path), out);
}

uint8_t build_id_of_descriptor(int fd, uint8_t out[BUILD_ID_BYTES])
{
	return read_build_id(fcntl(fd, F_DUPFD_CLOEXEC, 0), out);
}

// SPDX-License-Identifier: MIT
#include "unwind/elf_code.h"

#include <errno.h>
#include <string.h>

#define MAX_SEGMENTS      64 /* each FDE is looked for in all of them; the most seen is three */
#define MAX_SECTION_BYTES ((uint64_t)128 << 20)

static const struct loaded_bytes no_bytes = {0};

static uint64_t clipped(uint64_t value, uint64_t limit)
{
	return value < limit ? value : limit;
}

static bool is_x86_64_program(Elf *elf, uint64_t *entry)
{
	GElf_Ehdr header;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		return false;
	*entry = header.e_entry;
	return header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_machine == EM_X86_64 &&
	       (header.e_type == ET_EXEC || header.e_type == ET_DYN);
}

static void add_segment(struct elf_code *code, const GElf_Phdr *header, uint64_t file_size)
{
	uint64_t size;

	if (header->p_type != PT_LOAD || !(header->p_flags & PF_X) ||
	    header->p_offset >= file_size || code->segments.size == MAX_SEGMENTS)
		return;
	size = clipped(header->p_filesz, file_size - header->p_offset);
	if (!size || header->p_vaddr > UINT64_MAX - size)
		return;
	*vec_push(&code->segments) = (struct code_segment){header->p_vaddr, size, header->p_offset};
}

/* The loaded segment with an address, and where in the file it is. */
static bool find_loaded(const struct elf_code *code, uint64_t address, uint64_t *offset,
			uint64_t *left)
{
	size_t nr_headers = 0;
	GElf_Phdr header;

	elf_getphdrnum(code->elf, &nr_headers);
	for (size_t i = 0; i < nr_headers && gelf_getphdr(code->elf, i, &header); i++) {
		uint64_t within = address - header.p_vaddr;

		if (header.p_type != PT_LOAD || within >= header.p_filesz)
			continue;
		*left = header.p_filesz - within;
		return !__builtin_add_overflow(header.p_offset, within, offset);
	}
	return false;
}

static Elf_Data *uncompressed(Elf_Scn *section, const GElf_Shdr *header)
{
	GElf_Chdr compressed;

	if (header->sh_flags & SHF_COMPRESSED &&
	    (!gelf_getchdr(section, &compressed) || compressed.ch_size > MAX_SECTION_BYTES ||
	     elf_compress(section, 0, 0) < 0))
		return NULL;
	return elf_rawdata(section, NULL);
}

int elf_code_init(struct elf_code *code, Elf *elf, uint64_t file_size)
{
	size_t nr_headers = 0;
	GElf_Phdr header;

	*code = (struct elf_code){.elf = elf};
	if (!is_x86_64_program(elf, &code->entry))
		return -ENOEXEC;
	elf_getphdrnum(elf, &nr_headers);
	for (size_t i = 0; i < nr_headers && gelf_getphdr(elf, i, &header); i++)
		add_segment(code, &header, clipped(file_size, UINT32_MAX));
	return 0;
}

void elf_code_fini(struct elf_code *code)
{
	vec_free(&code->segments);
}

bool elf_code_locate(const struct elf_code *code, uint64_t address, uint64_t *offset,
		     uint64_t *left)
{
	vec_each (&code->segments, segment) {
		uint64_t within = address - segment->address;

		if (within >= segment->size)
			continue;
		*offset = segment->offset + within;
		*left = segment->size - within;
		return true;
	}
	return false;
}

bool elf_code_header(const struct elf_code *code, uint32_t type, GElf_Phdr *out)
{
	size_t nr_headers = 0;

	elf_getphdrnum(code->elf, &nr_headers);
	for (size_t i = 0; i < nr_headers && gelf_getphdr(code->elf, i, out); i++)
		if (out->p_type == type)
			return true;
	return false;
}

struct loaded_bytes elf_code_read(const struct elf_code *code, uint64_t address, uint64_t size)
{
	uint64_t offset, left;
	Elf_Data *data;

	if (!find_loaded(code, address, &offset, &left))
		return no_bytes;
	size = clipped(clipped(size, left), MAX_SECTION_BYTES);
	data = elf_getdata_rawchunk(code->elf, offset, size, ELF_T_BYTE);
	if (!data || !data->d_buf)
		return no_bytes;
	return (struct loaded_bytes){data->d_buf, data->d_size, address};
}

struct loaded_bytes elf_code_section(const struct elf_code *code, const char *name)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(code->elf, &names))
		return no_bytes;
	while ((section = elf_nextscn(code->elf, section)) && gelf_getshdr(section, &header)) {
		const char *text = elf_strptr(code->elf, names, header.sh_name);
		Elf_Data *data;

		if (!text || strcmp(text, name) || header.sh_type == SHT_NOBITS ||
		    header.sh_size > MAX_SECTION_BYTES)
			continue;
		data = uncompressed(section, &header);
		if (data && data->d_buf)
			return (struct loaded_bytes){data->d_buf, data->d_size, header.sh_addr};
	}
	return no_bytes;
}

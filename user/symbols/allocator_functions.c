// SPDX-License-Identifier: MIT
#include "symbols/allocator_functions.h"

#include <string.h>

#include "symbols/probe_place.h"

/* In order of trial: of an allocator with several sets of names the first one does. */
static const char *const prefixes[] = {"", "_rjem_", "je_", "mi_", "tc_", NULL};

struct named_function {
	const char *name; /* without prefix */
	enum alloc_function function;
};

static const struct named_function prefixed[] = {
	{"malloc", FUNCTION_MALLOC},
	{"free", FUNCTION_FREE},
	{"calloc", FUNCTION_CALLOC},
	{"realloc", FUNCTION_REALLOC},
	{"reallocarray", FUNCTION_REALLOCARRAY},
	{"aligned_alloc", FUNCTION_ALIGNED},
	{"memalign", FUNCTION_ALIGNED},
	{"posix_memalign", FUNCTION_POSIX},
	{"valloc", FUNCTION_MALLOC},
	{"pvalloc", FUNCTION_MALLOC},
	{"cfree", FUNCTION_FREE},
	{"free_sized", FUNCTION_FREE},
	{"free_aligned_sized", FUNCTION_FREE},
	{"mallocx", FUNCTION_MALLOC},
	{"rallocx", FUNCTION_REALLOC},
	{"dallocx", FUNCTION_FREE},
	{"sdallocx", FUNCTION_FREE},
	{NULL},
};

/* operator new and delete: all of them take the bytes, or the block, first. */
static const char *const operators_new[] = {"_Znwm", "_Znam", NULL};
static const char *const operators_delete[] = {"_ZdlPv", "_ZdaPv", NULL};

static bool begins_with_any(const char *name, const char *const *beginnings)
{
	for (; *beginnings; beginnings++)
		if (!strncmp(name, *beginnings, strlen(*beginnings)))
			return true;
	return false;
}

/* 0: none that is looked for. */
static enum alloc_function function_named(const char *name, const char *prefix)
{
	size_t skipped = strlen(prefix);

	if (begins_with_any(name, operators_new))
		return FUNCTION_MALLOC;
	if (begins_with_any(name, operators_delete))
		return FUNCTION_FREE;
	if (strncmp(name, prefix, skipped))
		return 0;
	for (const struct named_function *row = prefixed; row->name; row++)
		if (!strcmp(name + skipped, row->name))
			return row->function;
	return 0;
}

static unsigned int nr_args(enum alloc_function function)
{
	switch (function) {
	case FUNCTION_POSIX:
	case FUNCTION_REALLOCARRAY:
		return 3;
	case FUNCTION_MALLOC:
	case FUNCTION_FREE:
		return 1;
	default:
		return 2;
	}
}

#define MOST_BYTES 64 /* of a function's beginning */

static void add_place(const struct elf_file *file, struct allocator_functions *out,
		      enum alloc_function function, uint64_t offset, uint64_t size)
{
	size_t file_size = 0;
	const uint8_t *bytes = (const uint8_t *)elf_rawfile(file->elf, &file_size);
	size_t room = bytes && offset < file_size ? file_size - offset : 0;

	size = size < MOST_BYTES ? size : MOST_BYTES;
	if (room)
		offset += probe_place(bytes + offset, room < size ? room : size, nr_args(function));
	vec_each (out, known)
		if (known->offset == offset)
			return;
	*vec_push(out) = (struct allocator_function){function, offset};
}

/* Where in the file the code at a virtual address lies. */
static bool file_offset(const struct elf_file *file, uint64_t address, uint64_t *out)
{
	size_t nr_segments = 0;
	GElf_Phdr segment;

	elf_getphdrnum(file->elf, &nr_segments);
	for (size_t i = 0; i < nr_segments && gelf_getphdr(file->elf, (int)i, &segment); i++) {
		if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_X) ||
		    address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz)
			continue;
		*out = address - segment.p_vaddr + segment.p_offset;
		return true;
	}
	return false;
}

/* What the symbols of one table name with this prefix; bits 1 << enum alloc_function. */
static unsigned int add_section(const struct elf_file *file, Elf_Scn *section, const char *prefix,
				struct allocator_functions *out)
{
	Elf_Data *data = elf_getdata(section, NULL);
	unsigned int found = 0;
	GElf_Shdr header;
	GElf_Sym symbol;

	if (!data || !gelf_getshdr(section, &header))
		return 0;
	for (int i = 1; gelf_getsym(data, i, &symbol); i++) {
		enum alloc_function function;
		const char *name;
		uint64_t offset;

		if (symbol.st_shndx == SHN_UNDEF || GELF_ST_TYPE(symbol.st_info) != STT_FUNC)
			continue;
		name = elf_strptr(file->elf, header.sh_link, symbol.st_name);
		function = name ? function_named(name, prefix) : 0;
		if (!function || !file_offset(file, symbol.st_value, &offset))
			continue;
		add_place(file, out, function, offset, symbol.st_size);
		if (!begins_with_any(name, operators_new) &&
		    !begins_with_any(name, operators_delete))
			found |= 1U << function;
	}
	return found;
}

static bool find_prefixed(const struct elf_file *file, const char *prefix,
			  struct allocator_functions *out)
{
	const unsigned int wanted = 1U << FUNCTION_MALLOC | 1U << FUNCTION_FREE;
	unsigned int found = 0;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(file->elf, section)) && gelf_getshdr(section, &header))
		if (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM)
			found |= add_section(file, section, prefix, out);
	if ((found & wanted) == wanted)
		return true;
	allocator_functions_fini(out);
	return false;
}

/* Of 32-bit programs nothing is recorded but their system calls. */
void allocator_functions_find(const struct elf_file *file, struct allocator_functions *out)
{
	*out = (struct allocator_functions){0};
	if (!file->elf || gelf_getclass(file->elf) != ELFCLASS64)
		return;
	for (const char *const *prefix = prefixes; *prefix; prefix++)
		if (find_prefixed(file, *prefix, out))
			return;
}

void allocator_functions_fini(struct allocator_functions *functions)
{
	vec_free(functions);
	*functions = (struct allocator_functions){0};
}

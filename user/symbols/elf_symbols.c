// SPDX-License-Identifier: MIT
#include "symbols/elf_symbols.h"

#include <elfutils/libdwelf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/go_table.h"

#define MAX_PACKED_BYTES (4 << 20) /* it unpacks to a multiple; the C library's has 0.1 MiB */

/* Per section: where its code ends, 0 when it holds none. */
struct code_ends {
	uint64_t *items;
	size_t size, capacity;
};

static void find_code(Elf *elf, struct code_ends *out)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section)) && gelf_getshdr(section, &header)) {
		size_t index = elf_ndxscn(section);

		vec_extend(out, index + 1);
		if (header.sh_flags & SHF_EXECINSTR &&
		    header.sh_size <= UINT64_MAX - header.sh_addr)
			out->items[index] = header.sh_addr + header.sh_size;
	}
}

/* Assembly often leaves its functions without a type. $x and .L mark places, not functions. */
static bool names_function(const GElf_Sym *symbol, const char *name)
{
	switch (GELF_ST_TYPE(symbol->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		return *name;
	case STT_NOTYPE:
		return *name && *name != '$' && *name != '.';
	default:
		return false;
	}
}

static void add_section(struct symbol_table *table, Elf *elf, Elf_Scn *section,
			const struct code_ends *code)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Shdr header;
	GElf_Sym symbol;

	if (!data || !gelf_getshdr(section, &header))
		return;
	for (int i = 1; gelf_getsym(data, i, &symbol); i++) {
		uint64_t end = symbol.st_shndx < code->size ? code->items[symbol.st_shndx] : 0;
		const char *name;

		if (symbol.st_value >= end)
			continue;
		name = elf_strptr(elf, header.sh_link, symbol.st_name);
		if (name && names_function(&symbol, name))
			symbol_table_add(table,
					 &(struct symbol){
						 .start = symbol.st_value,
						 .size = symbol.st_size,
						 .limit = end,
						 .name = name,
						 .local = GELF_ST_BIND(symbol.st_info) == STB_LOCAL,
					 });
	}
}

static void add_sections(struct symbol_table *table, Elf *elf, uint32_t type)
{
	struct code_ends code = {0};
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	find_code(elf, &code);
	while ((section = elf_nextscn(elf, section)) && gelf_getshdr(section, &header))
		if (header.sh_type == type)
			add_section(table, elf, section, &code);
	vec_free(&code);
}

/* A section's contents as a file, which libdwelf then unpacks. */
static int memory_file(const Elf_Data *data)
{
	int fd = memfd_create("packed symbols", MFD_CLOEXEC);

	if (fd >= 0 && write(fd, data->d_buf, data->d_size) == (ssize_t)data->d_size)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static void add_packed(struct elf_symbols *symbols, const struct elf_file *program)
{
	GElf_Shdr header;
	Elf_Scn *section = elf_file_section(program, ".gnu_debugdata", &header);
	Elf_Data *data = NULL;
	scoped_fd int fd = -1;

	if (section && header.sh_size <= MAX_PACKED_BYTES)
		data = elf_rawdata(section, NULL);
	if (data && data->d_buf)
		fd = memory_file(data);
	if (fd < 0)
		return;
	symbols->packed = dwelf_elf_begin(fd);
	if (symbols->packed)
		add_sections(&symbols->table, symbols->packed, SHT_SYMTAB);
}

static bool open_go_section(const struct elf_file *program, const char *name, struct go_table *out)
{
	GElf_Shdr header;
	Elf_Scn *section = elf_file_section(program, name, &header);
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;

	return data && data->d_buf && go_table_open(data->d_buf, data->d_size, out);
}

/* Where another linker than Go's left it. */
static bool search_go_table(const struct elf_file *program, struct go_table *out)
{
	size_t file_size = 0, nr_headers = 0;
	const char *bytes = elf_rawfile(program->elf, &file_size);
	GElf_Phdr header;

	elf_getphdrnum(program->elf, &nr_headers);
	for (size_t i = 0; bytes && i < nr_headers && gelf_getphdr(program->elf, i, &header); i++)
		if (header.p_type == PT_LOAD && !(header.p_flags & PF_X) &&
		    header.p_offset < file_size && header.p_filesz <= file_size - header.p_offset &&
		    go_table_search(bytes + header.p_offset, header.p_filesz, out))
			return true;
	return false;
}

/* Go programs know their functions by name, stripped or not. */
static void add_go_functions(struct symbol_table *symbols, const struct elf_file *program)
{
	struct go_function function;
	struct go_table table;
	GElf_Shdr header;

	if (!open_go_section(program, ".gopclntab", &table) &&
	    !open_go_section(program, ".data.rel.ro.gopclntab", &table) &&
	    !(elf_file_section(program, ".note.go.buildid", &header) &&
	      search_go_table(program, &table)))
		return;
	for (uint32_t i = 0; i < table.nr_functions; i++)
		if (go_table_function(&table, i, &function) && *function.name)
			symbol_table_add(symbols, &(struct symbol){.start = function.address,
								   .size = function.size,
								   .name = function.name});
}

void elf_symbols_init(struct elf_symbols *symbols, const struct elf_file *program,
		      const struct elf_file *debug)
{
	memset(symbols, 0, sizeof *symbols);
	if (elf_file_has_type(program, SHT_SYMTAB)) {
		add_sections(&symbols->table, program->elf, SHT_SYMTAB);
	} else if (elf_file_has_type(debug, SHT_SYMTAB)) {
		add_sections(&symbols->table, debug->elf, SHT_SYMTAB);
	} else {
		add_sections(&symbols->table, program->elf, SHT_DYNSYM);
		add_packed(symbols, program);
		add_go_functions(&symbols->table, program);
	}
	symbol_table_seal(&symbols->table);
}

void elf_symbols_fini(struct elf_symbols *symbols)
{
	symbol_table_fini(&symbols->table);
	elf_end(symbols->packed);
}

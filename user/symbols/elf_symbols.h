/* SPDX-License-Identifier: MIT */
/*
 * The functions that ELF symbol tables name.
 *
 * .symtab names all of them, in the file or in its separate debug file. Without it there are the
 * exported ones (.dynsym), those that a distribution packed into .gnu_debugdata to complete them,
 * and those in the table of Go's run-time.
 */
#ifndef PROF_SYMBOLS_ELF_SYMBOLS_H
#define PROF_SYMBOLS_ELF_SYMBOLS_H

#include "symbols/elf_file.h"
#include "symbols/symbol_table.h"

struct elf_symbols {
	struct symbol_table table;
	Elf *packed; /* .gnu_debugdata, unpacked; or NULL */
};

/* `debug` may be one that is not open. Both files must outlive the symbols. */
void elf_symbols_init(struct elf_symbols *symbols, const struct elf_file *program,
		      const struct elf_file *debug);
void elf_symbols_fini(struct elf_symbols *symbols);

#endif

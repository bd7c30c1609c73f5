/* SPDX-License-Identifier: MIT */
/*
 * Named functions by address: what both ELF symbols and the kernel's list of symbols become.
 *
 * A symbol reaches as far as its size says. One without a size reaches up to the next symbol,
 * though never past its limit (the end of its section), and never hides one that has a size: it may
 * be a label inside that one.
 */
#ifndef PROF_SYMBOLS_SYMBOL_TABLE_H
#define PROF_SYMBOLS_SYMBOL_TABLE_H

#include <stdbool.h>

#include "symbols/range_index.h"

struct symbol {
	uint64_t start, size, limit;
	const char *name; /* as it lies in the file; not owned */
	bool local;
	char *readable; /* demangled, at the first question */
};

struct symbol_table {
	VEC(struct symbol) symbols;
	struct range_index sized, unsized;
};

void symbol_table_fini(struct symbol_table *table);
void symbol_table_add(struct symbol_table *table, const struct symbol *symbol);
void symbol_table_seal(struct symbol_table *table);

/*
 * The readable name of the function over the address, or NULL. It belongs to the table. Where that
 * function is known to begin at `start` (else 0), a symbol without a size that lies before it
 * reaches no further than up to there.
 */
char *symbol_table_find(struct symbol_table *table, uint64_t address, uint64_t start);

#endif

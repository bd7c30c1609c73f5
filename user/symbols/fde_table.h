/* SPDX-License-Identifier: MIT */
/*
 * Where functions begin and end, as the unwind information says: the only thing that still tells
 * the functions of a stripped program apart.
 *
 * Linkers leave a table of all frame description entries (FDEs), sorted by the address of their
 * code, in .eh_frame_hdr. It is searched where it lies in the file, so nothing is built beforehand;
 * the entry found must then itself say that it begins there and covers the address. For files
 * without that table, as static programs are, .eh_frame is gone through once. Everything is read
 * within the bounds of the file, and what contradicts itself covers nothing.
 */
#ifndef PROF_SYMBOLS_FDE_TABLE_H
#define PROF_SYMBOLS_FDE_TABLE_H

#include <stdbool.h>

#include "base/vec.h"
#include "symbols/elf_file.h"

struct loaded_bytes {
	uint64_t address;
	const uint8_t *data;
	size_t size;
};

/* The code of one function, or of the part of it that the compiler has put aside. */
struct code_range {
	uint64_t start, end;
};

struct fde_table {
	VEC(struct loaded_bytes) segments;
	bool is_64_bit;
	uint64_t base; /* the address of .eh_frame_hdr, to which its entries are relative */
	const uint8_t *entries; /* pairs of offsets from the base: of the code, of its FDE */
	uint32_t nr_entries;
	VEC(struct code_range) ranges; /* by start; only where there is no such table */
};

/* The file must outlive the table; without a usable section there are no functions. */
void fde_table_init(struct fde_table *table, const struct elf_file *file);
void fde_table_fini(struct fde_table *table);

/* The function over the address, if some FDE covers it; *out is untouched else. */
bool fde_table_find(const struct fde_table *table, uint64_t address, struct code_range *out);

#endif

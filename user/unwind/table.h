/* SPDX-License-Identifier: MIT */
/*
 * From an ELF file's call-frame information to unwinding rows (bpf/unwind.h).
 *
 * Every FDE is run through once, row by row; nothing is evaluated per address later. The file may
 * be hostile: every length, offset and nesting is bounded, and what cannot be understood becomes a
 * rule that says so.
 */
#ifndef PROF_UNWIND_TABLE_H
#define PROF_UNWIND_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "unwind.h"

struct unwind_table {
	/* By ascending offset, with end markers (UNWIND_CFA_NONE) where no FDE covers the code. */
	struct unwind_row *rows;
	size_t nr_rows;
	struct unwind_rule *rules; /* rows[i].rule is an index here; [0] is UNWIND_CFA_NONE */
	size_t nr_rules;
	uint32_t nr_fdes, nr_unsupported; /* rows whose rule is left to user space, or unknown */
};

/* Builds from an open ELF file (x86-64, any class of link). 0; -ENOEXEC: no such file; -ENODATA: no
 * call-frame information. Silent: a file without a table is walked by frame pointers. */
int unwind_table_build(int fd, struct unwind_table *out);
/* The same over an image in memory (the vdso): offsets are those in the image. */
int unwind_table_build_image(const void *image, size_t size, struct unwind_table *out);
void unwind_table_fini(struct unwind_table *table);

/* The rule at a file offset, NULL where there is none. */
const struct unwind_rule *unwind_table_find(const struct unwind_table *table, uint64_t offset);

#endif

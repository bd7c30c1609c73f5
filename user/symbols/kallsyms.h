/* SPDX-License-Identifier: MIT */
/*
 * The running kernel's functions, those of its modules and of BPF programs, from /proc/kallsyms.
 *
 * A reader without the privilege sees every address as zero; there are then no names at all.
 */
#ifndef PROF_SYMBOLS_KALLSYMS_H
#define PROF_SYMBOLS_KALLSYMS_H

#include "base/bytes.h"
#include "symbols/symbol_table.h"

struct kallsyms {
	struct bytes text; /* the names lie in it */
	struct symbol_table table;
};

struct kallsyms *kallsyms_new(const char *path);
void kallsyms_free(struct kallsyms *k); /* NULL is fine */

#endif

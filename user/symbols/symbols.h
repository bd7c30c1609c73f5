/* SPDX-License-Identifier: MIT */
/*
 * Names and source lines for places in code: (file, offset) in, functions out.
 *
 * Every place is asked for once, so each file gets sorted indexes of its own at its first question
 * (functions by address, and per compilation unit the inlined calls and the line table), built with
 * libelf and libdw as readers; a question is then a binary search. A function is named only when
 * the address lies inside it: the nearest symbol below is never taken for it. One that nothing
 * names is `module!fn@0xSTART`, by the virtual address where its unwind information says it begins.
 */
#ifndef PROF_SYMBOLS_H
#define PROF_SYMBOLS_H

#include "recording/recording.h"

struct symbolizer;

struct symbolizer *symbolizer_new(void);
void symbolizer_free(struct symbolizer *s); /* NULL is fine */

/*
 * Opens a file that will probably be asked for. May run in a thread of its own, so that the work is
 * done while others wait, as long as no other call on the symbolizer overlaps with it.
 */
void symbolizer_open_ahead(struct symbolizer *s, const char *path);

/*
 * Also asks the servers that DEBUGINFOD_URLS names for debug information that is not here; without
 * that variable, nothing is ever asked of the network. `wait` is called several times a second
 * while a file is awaited; true gives up.
 */
typedef bool symbolizer_wait(void *arg);
void symbolizer_use_servers(struct symbolizer *s, symbolizer_wait *wait, void *arg);

/*
 * Whom to ask for modules' files instead of opening them at their paths: for a descriptor that
 * becomes the symbolizer's, or -1 when there is no such file any more.
 */
typedef int symbolizer_open(void *arg, uint32_t module_id);
void symbolizer_use_files(struct symbolizer *s, symbolizer_open *open, void *arg);

/*
 * What lies at `offset` of the module's file (not its virtual address). The file is opened at its
 * path, and used only if its build-id is still the module's; its debug information may lie in the
 * file itself, in a separate file by build-id or .gnu_debuglink, and its symbols in .symtab,
 * .gnu_debugdata or .dynsym. Places of the kernel are not known here: capture.h asks the kernel.
 *
 * Returns the number of functions (0 = nothing known), innermost inlined one first, in *out: an
 * array that belongs to the symbolizer and is valid until the next call. Never fails loudly: a file
 * that is missing, changed or damaged just has no names.
 */
uint32_t symbolizer_lookup(struct symbolizer *s, const struct module *module, uint32_t module_id,
			   uint64_t offset, const struct function_line **out);

/* How far behind the beginning of its function's code a place lies; false where nothing tells. */
bool symbolizer_function_offset(struct symbolizer *s, const struct module *module,
				uint32_t module_id, uint64_t offset, uint64_t *out);

/* The GNU build-id of a file; returns its size in bytes, 0 when it has none (at most 20 are kept).
 */
uint8_t build_id_of_file(const char *path, uint8_t out[20]);
uint8_t build_id_of_descriptor(int fd, uint8_t out[20]); /* which stays open */

/* A readable name for a C++ or Rust (legacy and v0) symbol, a copy of the symbol for any other. */
char *demangle(const char *symbol);

#endif

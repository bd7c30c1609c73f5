/* SPDX-License-Identifier: MIT */
/*
 * The separate file with a program's debug information, looked for on this machine only.
 *
 * By build-id under /usr/lib/debug/.build-id, then by the name in .gnu_debuglink: next to the
 * program, in .debug beside it, and in its directory below /usr/lib/debug. A file is taken only
 * when it is proven to belong to the program, by an equal build-id or, if one of them has none, by
 * the link's checksum. The alternate file that dwz leaves (.gnu_debugaltlink) is found by libdw in
 * the same places.
 */
#ifndef PROF_SYMBOLS_DEBUG_FILE_H
#define PROF_SYMBOLS_DEBUG_FILE_H

#include "symbols/elf_file.h"

/* False when there is none; *out is then not open. */
bool debug_file_open(const struct elf_file *program, const char *path, struct elf_file *out);

#endif

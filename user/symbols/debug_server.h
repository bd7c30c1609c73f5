/* SPDX-License-Identifier: MIT */
/*
 * Debug information from servers, for who asks for it: only when DEBUGINFOD_URLS names some.
 *
 * libdebuginfod does the work and keeps what it has got in its cache. It is loaded when it is
 * needed, since it brings a web client along that nobody else should have to load or install. A
 * server that is silent for DEBUGINFOD_TIMEOUT seconds (5 unless told) is not asked again.
 */
#ifndef PROF_SYMBOLS_DEBUG_SERVER_H
#define PROF_SYMBOLS_DEBUG_SERVER_H

#include "symbols/elf_file.h"
#include "symbols/symbols.h"

struct debug_server;

/* NULL when no server is named, or the library is not here. `wait` may be NULL. */
struct debug_server *debug_server_new(symbolizer_wait *wait, void *arg);
void debug_server_free(struct debug_server *server); /* NULL is fine */

/* The debug file with the program's build-id. False when there is none; *out is then not open. */
bool debug_server_fetch(struct debug_server *server, const struct elf_file *program,
			struct elf_file *out);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The files that a program will map as it starts, foreseen from its ELF headers.
 *
 * The executable, its interpreter (of a script: that of its first line), and the libraries that
 * each needs or LD_PRELOAD names, found as the loader finds them: by RPATH and RUNPATH,
 * LD_LIBRARY_PATH, the loader's cache, the standard directories. It is a guess and may be one: a
 * file that is not met costs the time of its table, and one that was not foreseen gets its table
 * when it is mapped.
 */
#ifndef PROF_UNWIND_DEPENDENCIES_H
#define PROF_UNWIND_DEPENDENCIES_H

#include "base/vec.h"

struct paths {
	char **items;
	size_t size, capacity;
};

/* Paths of existing files, each once, the program's own first. Silent about whatever fails. */
void dependencies_find(const char *program, struct paths *out);
void paths_fini(struct paths *paths);

#endif

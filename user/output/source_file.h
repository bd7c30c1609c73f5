/* SPDX-License-Identifier: MIT */
/*
 * The lines of a source file, where it still lies where the compiler found it.
 *
 * The path comes from a recording and may name anything: only regular files of a sane size are
 * read.
 */
#ifndef PROF_OUTPUT_SOURCE_FILE_H
#define PROF_OUTPUT_SOURCE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"

struct source_file {
	bool is_here, is_newer; /* is_newer: it was changed after the recording began */
	char *text;
	VEC(const char *) lines;
};

void source_file_read(struct source_file *file, const char *path, uint64_t recorded_unix_ns);
void source_file_fini(struct source_file *file);

/* Line `number`, counted from 1; NULL when the file has none. */
const char *source_file_line(const struct source_file *file, uint32_t number);

#endif

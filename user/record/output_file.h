/* SPDX-License-Identifier: MIT */
/*
 * The file that a recording goes to: the one before it is kept as FILE.old.
 */
#ifndef PROF_RECORD_OUTPUT_FILE_H
#define PROF_RECORD_OUTPUT_FILE_H

#include <stdbool.h>

#include "capture/identity.h"

struct output_file {
	char *path, *old_path;
	bool rotated; /* old_path holds what was at path */
	bool created;
};

/* Opens a new file, owned by `identity`. Returns its descriptor or -errno, reported. */
int output_file_open(const char *path, const struct identity *identity, struct output_file *out);

/* Nothing was recorded after all: puts everything back. */
void output_file_discard(struct output_file *file);
void output_file_fini(struct output_file *file);

#endif

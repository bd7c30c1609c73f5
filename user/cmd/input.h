/* SPDX-License-Identifier: MIT */
/* The recording that a subcommand reads: the one it was told, or prof.data. */
#ifndef PROF_CMD_INPUT_H
#define PROF_CMD_INPUT_H

#include "recording/reader.h"

/* `path` NULL means the default. 0 or -errno, reported. */
int input_open(const char *path, struct recording **out);

#endif

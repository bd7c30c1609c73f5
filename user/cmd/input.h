/* SPDX-License-Identifier: MIT */
/* The recording that a subcommand reads: the one it was told, or prof.data. */
#ifndef PROF_CMD_INPUT_H
#define PROF_CMD_INPUT_H

#include "cli/options.h"
#include "recording/reader.h"

#define DEFAULT_INPUT "prof.data"

/* `path` NULL means the default. 0 or -errno, reported. */
int input_open(const char *path, struct recording **out);
int input_open_brief(const char *path, struct recording **out); /* for its call_keys */

/*
 * Parses options with one operand among them, the recording's path, which goes to *input unless an
 * option put one there. Results are those of options_parse().
 */
int options_parse_with_input(const struct command *c, int argc, char **argv, void *opts,
			     const char **input);

#endif

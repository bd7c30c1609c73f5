/* SPDX-License-Identifier: MIT */
/*
 * Folded stacks: `root;caller;callee COUNT`, a line per path, for flamegraph.pl, inferno,
 * speedscope.
 *
 * Those readers split at `;`, at line ends and at the last space, and flamegraph.pl takes a name
 * that ends in a number for a second count, so names are changed where they would be misread. Paths
 * that become equal by that are merged, and lines are in byte order, as inferno demands. inferno
 * also demands UTF-8, and a line that begins with # is a comment to some.
 */
#ifndef PROF_OUTPUT_FOLDED_H
#define PROF_OUTPUT_FOLDED_H

#include <stdio.h>

#include "profile/path_tree.h"

/* The first names of the paths are those of commands. Paths without weight are left out. */
void folded_write(FILE *out, const struct path_tree *paths, enum weight weight);

/*
 * A name as it stands in a folded line; if it is a command's, also without spaces and not like a
 * comment. The caller frees it.
 */
char *folded_name(const char *name, bool is_command);

#endif

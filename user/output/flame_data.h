/* SPDX-License-Identifier: MIT */
/*
 * A path tree packed for flame_tree.js: a few bytes a node, so that hundreds of thousands of stacks
 * load in an instant.
 *
 * All integers are LEB128. Strings: their number, then size and bytes of each, printable UTF-8.
 * Distinct frames: their number, then of each name, module and line (numbers of strings) and
 * class * FLAME_SHADES + shade. Nodes: their number, then in preorder, siblings by name, of each
 * levels * 2 + 1 if it has weights of its own (levels: how many to climb from the node before to
 * its parent), the frame, and then those weights.
 */
#ifndef PROF_OUTPUT_FLAME_DATA_H
#define PROF_OUTPUT_FLAME_DATA_H

#include "base/bytes.h"
#include "profile/path_tree.h"

/* Variants of a class's colour, by the hash of the name: alike in all graphs. */
#define FLAME_SHADES 4
unsigned int flame_shade(const char *name);

/* The tree is finished by name. */
void flame_data_pack(struct bytes *out, const struct path_tree *paths);

#endif

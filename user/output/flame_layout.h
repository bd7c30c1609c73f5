/* SPDX-License-Identifier: MIT */
/*
 * Where the boxes of a flame graph lie: along a row by weight, in rows by depth.
 *
 * A box that is narrower than the threshold is not drawn, nor is anything above it: what could not
 * be seen would make up most of the file.
 */
#ifndef PROF_OUTPUT_FLAME_LAYOUT_H
#define PROF_OUTPUT_FLAME_LAYOUT_H

#include "profile/path_tree.h"

#define FLAME_LEAST_WIDTH 0.5 /* px */

struct flame_box {
	uint32_t node;
	double x, width; /* px from the left end */
};

struct flame_layout {
	VEC(struct flame_box) boxes; /* callers before their callees, left to right */
	uint32_t rows;
	uint32_t drawn, hidden; /* frames that have weight, without the root */
};

/* The tree is finished by name; its root is `width` px wide. */
void flame_layout_init(struct flame_layout *layout, const struct path_tree *paths,
		       enum weight weight, double width);
void flame_layout_fini(struct flame_layout *layout);

#endif

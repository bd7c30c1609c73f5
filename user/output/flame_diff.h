/* SPDX-License-Identifier: MIT */
/*
 * A flame graph of a difference, drawn by flame.h from an aligned tree.
 *
 * A frame's width in the difference is what was gained and what was lost below it, added up without
 * sign, so that nothing hides; its colour is what became of the frame as a whole. What one side
 * lacks is drawn like everything else. A page has BASE, NEW and the difference below each other,
 * zoomed, searched and pointed at together.
 */
#ifndef PROF_OUTPUT_FLAME_DIFF_H
#define PROF_OUTPUT_FLAME_DIFF_H

#include "diff/diff.h"
#include "output/flame.h"

/*
 * Draws `paths`, aligned and finished by name, whose frames get other classes; `unit` is what they
 * are weighed by, `what` its name ("page faults").
 */
void flame_diff(FILE *out, struct path_tree *paths, const struct aligned_runs *runs,
		enum weight unit, const char *what, bool icicle, bool as_page);

#endif

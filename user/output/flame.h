/* SPDX-License-Identifier: MIT */
/*
 * Flame graphs: paths drawn as boxes on top of each other, as wide as their weight.
 *
 * One file, which asks the network for nothing. The first view is drawn here, so that it is there
 * without a script too: in a ticket, on paper. Where scripts run, flame_*.js draw all further ones
 * from the whole tree, which lies in the picture beside it. Siblings are in order of their names,
 * never of their weights, so that two graphs can lie side by side.
 *
 * Whoever has a path tree with weights can have it drawn: nothing here knows where it comes from.
 */
#ifndef PROF_OUTPUT_FLAME_H
#define PROF_OUTPUT_FLAME_H

#include <stdio.h>

#include "profile/path_tree.h"

/* What one of the weights is called in this graph. */
struct flame_weight {
	const char *name;  /* "faults"; NULL where there is no such weight */
	const char *title; /* "Page faults" */
	enum weight unit;  /* how it is printed: as a count, a time or a size */
};

struct flame {
	const struct path_tree *paths; /* finished by name */
	struct flame_weight weights[NR_WEIGHTS];
	enum weight weight; /* the one that is drawn */
	const char *about;  /* what was recorded: text from outside */
	const char *caveat; /* what the picture does not show, or NULL */
	bool icicle;        /* callers on top */
	bool side_by_side;  /* all weights, one pane below the other, where there is a script */
};

void flame_svg(FILE *out, const struct flame *flame);
void flame_html(FILE *out, const struct flame *flame);

#endif

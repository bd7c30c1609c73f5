/* SPDX-License-Identifier: MIT */
/*
 * The paths that a flame graph shows: the command's name, the stack, and for system calls the call.
 */
#ifndef PROF_PROFILE_EVENT_PATHS_H
#define PROF_PROFILE_EVENT_PATHS_H

#include "profile/path_tree.h"
#include "recording/reader.h"

/* Which events, and which of their weights is asked for. */
struct path_choice {
	const char *name;
	enum block_kind events;
	enum weight weight;
};
extern const struct path_choice path_choices[]; /* ends with a row without a name */

void event_paths_build(struct recording *r, const struct path_choice *choice,
		       struct path_tree *out);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The paths that a flame graph shows: the command's name, the stack, and for system calls the call.
 */
#ifndef PROF_PROFILE_EVENT_PATHS_H
#define PROF_PROFILE_EVENT_PATHS_H

#include "profile/paths.h"

/* Which events, and which of their weights is asked for. */
struct path_choice {
	const char *name;
	enum block_kind events;
	enum weight weight;
};
extern const struct path_choice path_choices[]; /* ends with a row without a name */

/* `detail` has bits of enum path_detail. */
void event_paths_build(struct recording *r, const struct path_choice *choice, unsigned int detail,
		       struct path_tree *out);

#endif

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
	const char *title;  /* for people */
	unsigned int kinds; /* of faults: bits 1 << enum fault_kind; 0: all */
	/* Of system calls only those beyond this quantile of their name, by the time beyond it; 0:
	 * all. */
	unsigned int tail_ppm;
};
/* Those that can be asked for by name, with faults of all kinds. */
extern const struct path_choice path_choices[];               /* ends with a row without a name */
const struct path_choice *path_choice_find(const char *name); /* NULL: there is none */

/*
 * `detail` has bits of enum path_detail. What was lost is the path [lost], and for system calls the
 * call below it, so that the sum of each weight is that of the report; without a choice of
 * kinds or of a tail.
 */
void event_paths_build(struct recording *r, const struct path_choice *choice, unsigned int detail,
		       struct path_tree *out);

/* The same for each thread, which takes the place of the command's name; without what was lost. */
void event_paths_build_by_task(struct recording *r, const struct path_choice *choice,
			       unsigned int detail, struct path_tree *out);

#endif

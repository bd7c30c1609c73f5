/* SPDX-License-Identifier: MIT */
/* Faults and blocks of memory as paths: of those who touched, made it or gave it back. */
#ifndef PROF_PROFILE_MEMORY_PATHS_H
#define PROF_PROFILE_MEMORY_PATHS_H

#include "memory/memory.h"
#include "profile/event_paths.h"
#include "profile/path_tree.h"

/* Whose stacks a tree of paths is made of. */
enum path_side { BY_TOUCH, BY_OWNER, BY_RETURNER, NR_PATH_SIDES };
extern const char *const path_side_names[NR_PATH_SIDES + 1]; /* ends with NULL */

/* Adds the places that touched, by kind of fault: roots are by id of a task (NULL: each task is its
 * own), leaves are kernel addresses. */
void memory_touches_add(const struct memory *model, const uint32_t *roots,
			struct tally tallies[NR_FAULT_KINDS]);

/* Adds the paths of those who made memory, or gave it back, for faults of these kinds (bits, 0:
 * all); `with_root`: below the command's name. */
void memory_paths_add(struct path_tree *tree, const struct recording *r, const struct memory *model,
		      enum path_side side, unsigned int kinds, bool with_root, unsigned int detail);
/* The same alone, as a flame graph shows it; of those who touched it, too: then what the faults
 * came from is below their stacks, and the system call that they lay in. */
void memory_paths_build(struct recording *r, enum path_side side, const struct path_choice *choice,
			unsigned int detail, struct path_tree *out);

/* Blocks of allocators and their bytes, by stack and root (of a task; NULL: each is its own). */
void memory_places_of_blocks(struct recording *r, const uint32_t *roots, struct tally *out);

#endif

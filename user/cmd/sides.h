/* SPDX-License-Identifier: MIT */
/* The recordings of two sides: which they are, and reading them, each side by a thread of its own.
 */
#ifndef PROF_CMD_SIDES_H
#define PROF_CMD_SIDES_H

#include "diff/diff.h"

struct side_paths {
	VEC(char *) of[NR_SIDES];
};

/* "a,b,c"; FILE stands for FILE.1, FILE.2 and so on where `prof record --repeat` has made these.
 * 0 or -EINVAL, reported. */
int side_paths_add(struct side_paths *paths, enum side side, const char *list);
void side_paths_fini(struct side_paths *paths);

struct sides {
	struct recording **recordings[NR_SIDES];
	struct run **runs[NR_SIDES];
	struct aligned_runs aligned; /* the runs, for the comparison */
};

/* 0 or -errno, reported; to be closed in any case. The paths outlive it. */
int sides_open(struct sides *sides, const struct side_paths *paths);
void sides_close(struct sides *sides);

/* Whether paths of these events can be compared: 0 with what speaks against it as notes, or
 * -ENODATA, reported, where a side lacks them. */
int sides_check_paths(const struct aligned_runs *runs, enum event_kind_of_path events);

/* A file of lines BASE -> NEW. 0 or -errno, reported; the map is to be freed in any case. */
int name_map_read(const char *path, struct name_map *out);

#endif

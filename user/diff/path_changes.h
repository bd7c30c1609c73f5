/* SPDX-License-Identifier: MIT */
/* Paths that only one side has, and those that have grown or shrunk. */
#ifndef PROF_DIFF_PATH_CHANGES_H
#define PROF_DIFF_PATH_CHANGES_H

#include "diff/aligned_paths.h"
#include "diff/change.h"

enum path_change_kind { PATH_APPEARED, PATH_GONE, PATH_GROWN, PATH_SHRUNK, NR_PATH_CHANGES };
extern const char *const path_change_names[NR_PATH_CHANGES];

struct path_change {
	enum path_change_kind kind;
	uint32_t node; /* of the aligned tree, where the path ends */
	uint64_t base, new;
};

/* Work that is done below another caller now, as much as before. */
struct moved_path {
	uint32_t gone, appeared; /* nodes, of the same text */
	uint64_t base, new;
};

struct path_changes {
	VEC(struct path_change) items; /* the largest difference first; all */
	VEC(struct moved_path) moved;
};

void path_changes_find(const struct path_tree *tree, const struct noise *noise,
		       struct path_changes *out);
void path_changes_fini(struct path_changes *changes);

/* "main;encode;memset", the outermost first, to be freed. */
char *aligned_path_text(const struct path_tree *tree, uint32_t node, const char *separator);

#endif

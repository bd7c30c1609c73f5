/* SPDX-License-Identifier: MIT */
/*
 * Functions by what they took themselves and with all that they called, from a tree of paths.
 *
 * Whatever is below a function counts for it once, however often it is on the path.
 */
#ifndef PROF_PROFILE_FUNCTION_TABLE_H
#define PROF_PROFILE_FUNCTION_TABLE_H

#include "profile/path_tree.h"

struct function_row {
	uint32_t name; /* in the names of the tree */
	uint64_t self[NR_WEIGHTS], total[NR_WEIGHTS];
};

struct function_table {
	VEC(struct function_row) rows;
	uint64_t below[NR_WEIGHTS]; /* any of them, each event once */
};

/* Which frames count; NULL: all of code. */
typedef bool function_filter(void *arg, const char *name);

/* The tree is finished. Rows are sorted by self or by total, the heaviest first, then by name. */
void function_table_build(const struct path_tree *tree, function_filter *filter, void *arg,
			  enum weight weight, bool by_self, struct function_table *out);
void function_table_fini(struct function_table *table);

#endif

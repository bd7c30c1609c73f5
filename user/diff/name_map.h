/* SPDX-License-Identifier: MIT */
/*
 * What somebody knows about two programs: functions of BASE and of NEW that do the same.
 *
 * A line `BASE -> NEW` has two regular expressions (POSIX extended, for whole plain names). What
 * they match is one function; with a group in each, only where the groups match the same text.
 * Several lines may name the same function of a side.
 */
#ifndef PROF_DIFF_NAME_MAP_H
#define PROF_DIFF_NAME_MAP_H

#include <regex.h>

#include "base/vec.h"
#include "diff/side.h"

struct name_rule {
	regex_t of[NR_SIDES];
};

struct name_map {
	VEC(struct name_rule) rules;
};

/* One line of a file; empty ones and those that begin with # say nothing. 0 or -EINVAL, reported.
 */
int name_map_add_line(struct name_map *map, const char *line, const char *path, unsigned int nr);
void name_map_fini(struct name_map *map);

/* What a rule makes of a side's name: equal texts are one function. NULL: it does not match. */
char *name_rule_key(const struct name_rule *rule, enum side side, const char *plain);

#endif

/* SPDX-License-Identifier: MIT */
/* The forms that groups of system calls come in: one file each. */
#ifndef PROF_OUTPUT_CALL_GROUPS_OUTPUT_H
#define PROF_OUTPUT_CALL_GROUPS_OUTPUT_H

#include <stdio.h>

#include "analysis/call_groups.h"

enum group_sort { GROUPS_BY_TIME, GROUPS_BY_CALLS, GROUPS_BY_TAIL, NR_GROUP_SORTS };

/* One line a group: calls, errors, times, percentiles. */
void call_groups_table(FILE *out, const struct call_groups *groups, enum group_sort sort);

/* A block of lines each: mean, deviation, extremes, percentiles with their intervals. `threshold`:
 * so many deviations from the mean make the longest call worth a remark. */
void call_groups_extended(FILE *out, const struct call_groups *groups, double threshold);

/* A line that says so, if calls were lost. */
void lost_calls_line(FILE *out, uint64_t lost);

/* The block of one group. */
void call_group_block(FILE *out, const struct call_group *group, const char *name,
		      double threshold);

/* One object, "prof.groups/1". */
void call_groups_json(FILE *out, const struct call_groups *groups, enum group_sort sort);

/* The numbers of the groups in that order; equal ones by their labels. The caller frees it. */
uint32_t *call_groups_order(const struct call_groups *groups, enum group_sort sort);

/* All aspects of a group, apart by commas. The caller frees it. */
char *call_group_label(const struct call_groups *groups, uint32_t group);

#endif

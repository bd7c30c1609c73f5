/* SPDX-License-Identifier: MIT */
/*
 * Page faults and system calls by line of source, for one function or one file.
 *
 * A line has what happened while it was on the stack, once per event however often it is there
 * (recursion), and of the faults those that it took itself. What happened in kernel mode happened
 * below it. The lines that a function has where others are inlined into it are those of the calls.
 */
#ifndef PROF_PROFILE_LINE_TABLE_H
#define PROF_PROFILE_LINE_TABLE_H

#include "profile/line_target.h"
#include "profile/names.h"
#include "profile/pair_map.h"

enum line_event { LINE_FAULTS, LINE_SYSCALLS, NR_LINE_EVENTS };

struct line_events {
	uint64_t count, ns;
};

struct line_row {
	uint32_t file; /* id in the table's names; 0, the empty one, when it is not known */
	uint32_t line; /* 0 when it is not known */
	struct line_events self; /* faults */
	struct line_events total[NR_LINE_EVENTS];
};

struct line_table {
	struct names files;
	struct pair_map by_place;               /* (file, line) -> row, while the table is built */
	VEC(struct line_row) rows;              /* by file and line */
	struct line_events all[NR_LINE_EVENTS]; /* of the recording */
	struct line_events target[NR_LINE_EVENTS]; /* with the target on the stack */
};

void line_table_build(struct recording *r, const struct line_target *target,
		      struct line_table *out);
void line_table_fini(struct line_table *table);

const char *line_table_file(const struct line_table *table, const struct line_row *row);
/* How many rows from `first` on are of its file. */
size_t line_table_run(const struct line_table *table, size_t first);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The first things to know of the system calls of a run: which one dominates, and how much of what
 * calls make others clean up.
 *
 * A call dominates when it has more than half of something, and well more than the next one has.
 */
#ifndef PROF_ANALYSIS_INSIGHTS_H
#define PROF_ANALYSIS_INSIGHTS_H

#include "profile/syscall_table.h"

#define DOMINANT_SHARE 0.5
#define DOMINANT_LEAD  1.5 /* times what the next one has */

struct dominance {
	const struct syscall_row *row; /* NULL: nothing dominates */
	uint64_t part, whole;          /* ns, or calls */
};

/* Calls of one name that succeeded: of what makes things, or of what ends them. */
struct maker_count {
	uint32_t key;
	uint64_t calls, made; /* things that they made or ended: pipe() makes two descriptors */
};

#define MOST_MAKERS 32

struct clean_up {
	const char *things; /* "mappings" */
	uint64_t made, ended;
	unsigned int nr_makers, nr_enders; /* those that were called; the most first */
	struct maker_count makers[MOST_MAKERS], enders[MOST_MAKERS];
};

enum clean_up_kind { CLEAN_UP_MAPPINGS, CLEAN_UP_DESCRIPTORS, NR_CLEAN_UPS };

struct insights {
	const struct recording *recording;
	struct syscall_table calls;
	struct dominance by_time, by_calls;
	struct clean_up clean_ups[NR_CLEAN_UPS];
};

void insights_build(struct recording *r, struct insights *out);
void insights_fini(struct insights *insights);

#endif

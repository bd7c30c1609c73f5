/* SPDX-License-Identifier: MIT */
/*
 * Everything that `prof report` tells, as numbers: the formats only print it.
 */
#ifndef PROF_PROFILE_REPORT_H
#define PROF_PROFILE_REPORT_H

#include "profile/block_table.h"
#include "profile/facts.h"
#include "profile/memory_advice.h"
#include "profile/memory_paths.h"
#include "profile/paths.h"
#include "profile/process_table.h"
#include "profile/reconciliation.h"
#include "profile/scan.h"
#include "profile/stack_quality.h"
#include "profile/syscall_table.h"

struct report {
	const struct recording *recording;
	unsigned int path_detail; /* of enum path_detail */
	struct scan scan;
	struct syscall_table syscalls;
	struct memory_report memory;
	struct memory_advice advice;
	struct block_table blocks;
	enum path_side path_side;
	enum weight path_weight;
	bool callees_first;           /* of the paths */
	struct path_tree fault_paths; /* the heaviest first */
	struct process_table processes;
	struct stack_quality stacks;
	struct losses losses;
	struct reconciliation reconciliation;
};

/*
 * `path_detail` has bits of enum path_detail. Paths are those of who touched, by faults, until
 * others are chosen.
 */
struct report *report_new(struct recording *r, unsigned int path_detail);
void report_choose_paths(struct report *report, enum path_side side, enum weight weight);
/* Turns the paths round: from where faults were taken back to who called. */
void report_invert_paths(struct report *report);
void report_free(struct report *report); /* NULL is fine */

#endif

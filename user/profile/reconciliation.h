/* SPDX-License-Identifier: MIT */
/*
 * Does every page fault that the kernel charged to the command appear in the recording?
 *
 * wait4(2) gives the command's own count at its end: of the recorded tasks, and of their children
 * that were waited for. Against it stand the faults recorded, the pages that system calls populated
 * without a fault (the kernel charges those, too), what the command's process had on its account
 * before the recording began, what its tasks took after they had told of their end, and what the
 * kernel counted but the stream dropped; less what belongs to processes that nobody waited for. The
 * rest is unexplained, and zero in a sound recording.
 *
 * Where no wait4 could tell, because the recording began or ended in the middle of the command's
 * life, the kernel's counters of each task do: how far they went from its first event to its last.
 */
#ifndef PROF_PROFILE_RECONCILIATION_H
#define PROF_PROFILE_RECONCILIATION_H

#include "profile/facts.h"
#include "profile/scan.h"

struct reconciliation {
	bool faults_recorded;        /* else there is nothing to compare with */
	struct known minflt, majflt; /* by wait4 */
	struct known by_tasks;       /* by the counters of each task, if not by wait4 */
	uint64_t recorded, populated, before_exec, after_exit, lost;
	int64_t not_waited;
	int64_t accounted, unexplained; /* only if is_known */
	bool is_known, balanced;
};

void reconcile(const struct recording *r, const struct scan *scan, struct reconciliation *out);

#endif

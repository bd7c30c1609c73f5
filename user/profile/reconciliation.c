// SPDX-License-Identifier: MIT
#include "profile/reconciliation.h"

enum { ROOT_TASK = 1 };

static uint64_t lost_of_kind(const struct recording *r, const char *counter, uint64_t recorded)
{
	uint64_t counted = recording_counter(r, counter);

	return counted > recorded ? counted - recorded : 0;
}

/* What the kernel charged to all tasks, less what wait4 of the command's process gives back. */
static int64_t count_not_waited(const struct recording *r)
{
	uint64_t all = 0, waited_for = 0;

	for (size_t id = ROOT_TASK; id < r->tasks.size; id++) {
		const struct task *task = &r->tasks.items[id];
		uint64_t own = task->minor_faults + task->major_faults;

		all += own;
		if (task->process == ROOT_TASK)
			waited_for += own + (task->ends_process ? task->reaped_faults : 0);
	}
	return (int64_t)(all - waited_for);
}

static uint64_t count_populated_at_end(const struct recording *r)
{
	uint64_t pages = 0;

	for (size_t id = ROOT_TASK; id < r->tasks.size; id++)
		pages += r->tasks.items[id].populated_at_end;
	return pages;
}

void reconcile(const struct recording *r, const struct scan *scan, struct reconciliation *out)
{
	uint64_t minor = scan->faults[FAULT_MINOR].faults;
	uint64_t major = scan->faults[FAULT_MAJOR].faults;
	uint64_t accounted;

	*out = (struct reconciliation){
		.faults_recorded = recording_has(r, "faults"),
		.minflt = recording_known(r, "rusage.minflt"),
		.majflt = recording_known(r, "rusage.majflt"),
		.recorded = minor + major,
		.populated = scan->populated_pages + count_populated_at_end(r),
		.lost = lost_of_kind(r, "kernel.faults.minor", minor) +
			lost_of_kind(r, "kernel.faults.major", major),
		.not_waited = count_not_waited(r),
	};
	if (r->tasks.size > ROOT_TASK)
		out->before_exec = r->tasks.items[ROOT_TASK].faults_before;
	out->is_known = out->faults_recorded && out->minflt.is_known && out->majflt.is_known;
	if (!out->is_known)
		return;
	accounted = out->recorded + out->populated + out->before_exec + out->lost -
		    (uint64_t)out->not_waited;
	out->accounted = (int64_t)accounted;
	out->unexplained = (int64_t)(out->minflt.value + out->majflt.value - accounted);
	out->balanced = out->unexplained == 0;
}

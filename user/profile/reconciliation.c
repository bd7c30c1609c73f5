// SPDX-License-Identifier: MIT
#include "profile/reconciliation.h"

#include "recording/merge.h"

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
		if (recording_is_root(r, task->process))
			waited_for += own + (task->ends_process ? task->reaped_faults : 0);
	}
	return (int64_t)(all + recording_counter(r, "kernel.late_faults.others") - waited_for);
}

static uint64_t count_populated_at_end(const struct recording *r)
{
	uint64_t pages = 0;

	for (size_t id = ROOT_TASK; id < r->tasks.size; id++)
		pages += r->tasks.items[id].populated_at_end;
	return pages;
}

/* How far the kernel's counters of all tasks went; not known if the end of one, or of the
 * recording, is not. */
static struct known count_by_tasks(const struct recording *r)
{
	struct known sum = {.is_known = r->integrity.complete && r->tasks.size > ROOT_TASK};

	for (size_t id = ROOT_TASK; id < r->tasks.size; id++) {
		const struct task *task = &r->tasks.items[id];

		if (task->seen && !task->counted)
			sum.is_known = false;
		if (task->counted)
			sum.value += task->minor_faults + task->major_faults - task->faults_before;
	}
	return sum;
}

static void reconcile_with_tasks(struct reconciliation *rec)
{
	uint64_t accounted = rec->recorded + rec->populated + rec->lost;

	rec->before_exec = 0;
	rec->after_exit = 0;
	rec->not_waited = 0;
	rec->accounted = (int64_t)accounted;
	rec->unexplained = (int64_t)(rec->by_tasks.value - accounted);
}

static void reconcile_with_wait4(struct reconciliation *rec)
{
	uint64_t accounted = rec->recorded + rec->populated + rec->before_exec + rec->after_exit +
			     rec->lost - (uint64_t)rec->not_waited;

	rec->accounted = (int64_t)accounted;
	rec->unexplained = (int64_t)(rec->minflt.value + rec->majflt.value - accounted);
}

void reconcile(const struct recording *r, const struct scan *scan, struct reconciliation *out)
{
	uint64_t minor = scan->faults[FAULT_MINOR].faults;
	uint64_t major = scan->faults[FAULT_MAJOR].faults;

	*out = (struct reconciliation){
		.faults_recorded = recording_has(r, "faults"),
		.minflt = recording_known(r, "rusage.minflt"),
		.majflt = recording_known(r, "rusage.majflt"),
		.recorded = minor + major,
		.populated = scan->populated_pages + count_populated_at_end(r),
		.lost = lost_of_kind(r, "kernel.faults.minor", minor) +
			lost_of_kind(r, "kernel.faults.major", major),
		.after_exit = recording_counter(r, "kernel.late_faults.command") +
			      recording_counter(r, "kernel.late_faults.others"),
		.not_waited = count_not_waited(r),
	};
	for (uint32_t id = ROOT_TASK; id < r->tasks.size; id++) {
		if (recording_is_root(r, id))
			out->before_exec += r->tasks.items[id].faults_before;
	}
	if (out->minflt.is_known && out->majflt.is_known)
		reconcile_with_wait4(out);
	else if ((out->by_tasks = count_by_tasks(r)).is_known)
		reconcile_with_tasks(out);
	out->is_known = out->faults_recorded &&
			((out->minflt.is_known && out->majflt.is_known) || out->by_tasks.is_known);
	out->balanced = out->is_known && out->unexplained == 0;
}

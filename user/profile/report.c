// SPDX-License-Identifier: MIT
#include "profile/report.h"

#include "profile/lost_paths.h"

struct report *report_new(struct recording *r, unsigned int path_detail)
{
	struct report *report = xnew(struct report);

	report->recording = r;
	report->path_detail = path_detail;
	scan_recording(r, &report->scan);
	reconcile(r, &report->scan, &report->reconciliation); /* tells rows from losses */
	scan_add_lost_faults(&report->scan, r);
	syscall_table_build(r, &report->syscalls);
	path_tree_init(&report->fault_paths);
	paths_add(&report->fault_paths, r, &report->scan.fault_places, NULL, path_extend_kernel,
		  path_detail);
	lost_faults_add(&report->fault_paths, r, &report->scan);
	path_tree_finish(&report->fault_paths, WEIGHT_COUNT);
	process_table_build(r, &report->scan, &report->processes);
	stack_quality_of(r, &report->scan, &report->stacks);
	losses_of(r, &report->losses);
	return report;
}

void report_free(struct report *report)
{
	if (!report)
		return;
	scan_fini(&report->scan);
	syscall_table_fini(&report->syscalls);
	path_tree_fini(&report->fault_paths);
	process_table_fini(&report->processes);
	losses_fini(&report->losses);
	free(report);
}

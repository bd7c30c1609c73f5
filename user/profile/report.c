// SPDX-License-Identifier: MIT
#include "profile/report.h"

#include "profile/lost_paths.h"

static void touches_add(const struct report *report, struct path_tree *tree)
{
	struct tally tallies[NR_FAULT_KINDS] = {0};

	memory_touches_add(report->memory.model, NULL, tallies);
	for (int kind = 0; kind < NR_FAULT_KINDS; kind++) {
		paths_add(tree, report->recording, &tallies[kind], NULL, path_extend_kernel,
			  report->path_detail);
		tally_fini(&tallies[kind]);
	}
}

static void build_paths(struct report *report)
{
	const struct recording *r = report->recording;
	struct path_tree *tree = &report->fault_paths;

	path_tree_init(tree);
	if (report->path_side == BY_TOUCH)
		touches_add(report, tree);
	else
		memory_paths_add(tree, r, report->memory.model, report->path_side, 0, false,
				 report->path_detail);
	lost_faults_add(tree, r, &report->scan);
	path_tree_finish(tree, report->path_weight);
}

struct report *report_new(struct recording *r, unsigned int path_detail)
{
	struct report *report = xnew(struct report);

	report->recording = r;
	report->path_detail = path_detail;
	scan_recording(r, &report->scan);
	reconcile(r, &report->scan, &report->reconciliation); /* tells rows from losses */
	scan_add_lost_faults(&report->scan, r);
	syscall_table_build(r, &report->syscalls);
	memory_report_build(r, &report->scan, &report->memory);
	memory_advice_build(r, &report->memory, &report->advice);
	block_table_build(r, report->memory.model, &report->blocks);
	build_paths(report);
	process_table_build(r, &report->scan, &report->processes);
	stack_quality_of(r, &report->scan, &report->stacks);
	losses_of(r, &report->losses);
	return report;
}

void report_choose_paths(struct report *report, enum path_side side, enum weight weight)
{
	if (report->path_side == side && report->path_weight == weight)
		return;
	report->path_side = side;
	report->path_weight = weight;
	path_tree_fini(&report->fault_paths);
	build_paths(report);
}

void report_invert_paths(struct report *report)
{
	struct path_tree inverted;

	path_tree_invert(&report->fault_paths, &inverted);
	path_tree_finish(&inverted, report->path_weight);
	path_tree_fini(&report->fault_paths);
	report->fault_paths = inverted;
	report->callees_first = !report->callees_first;
}

void report_free(struct report *report)
{
	if (!report)
		return;
	scan_fini(&report->scan);
	syscall_table_fini(&report->syscalls);
	memory_advice_fini(&report->advice);
	block_table_fini(&report->blocks);
	memory_report_fini(&report->memory);
	path_tree_fini(&report->fault_paths);
	process_table_fini(&report->processes);
	losses_fini(&report->losses);
	free(report);
}

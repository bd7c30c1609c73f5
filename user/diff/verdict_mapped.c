// SPDX-License-Identifier: MIT
/* The same file, read on one side and mapped on the other: calls against page faults. */
#include <math.h>

#include "cli/number.h"
#include "diff/diff.h"

/* Page faults on what is mapped of files, but for code. */
static uint64_t file_faults(const struct run *run, uint64_t *ns)
{
	uint64_t faults = 0;

	*ns = 0;
	vec_each (&memory_causes(run->report->memory.model)->rows, row) {
		if (row->key.region_kind != REGION_FILE || row->key.cause == CAUSE_POPULATED)
			continue;
		faults += row->pages;
		*ns += row->service_ns;
	}
	return faults;
}

static void tell_mapped(const struct diff *diff, enum side reader, const struct file_use *use,
			struct verdict *out)
{
	enum side mapper = other_side(reader);
	const struct run *reading = diff_first_run(diff, reader);
	uint64_t fault_ns, faults = file_faults(diff_first_run(diff, mapper), &fault_ns);
	enum side dearer = use->ns > fault_ns ? reader : mapper;
	char size[NUMBER_SIZE], calls[NUMBER_SIZE], count[NUMBER_SIZE], call_time[NUMBER_SIZE],
		fault_time[NUMBER_SIZE];
	struct verdict_finding *finding = verdict_add(
		out, "mapped-io", dearer,
		xasprintf("%s reads %s of %s in %s calls (%s), %s maps it and takes %s page faults "
			  "on files (%s)",
			  side_name(reader), size_format(use->read_bytes, size),
			  names_text(&reading->files.names, use->name),
			  count_format(use->calls, calls), duration_format(use->ns, call_time),
			  side_name(mapper), count_format(faults, count),
			  duration_format(fault_ns, fault_time)));

	finding->price_ns = (double)(use->ns + fault_ns);
	finding->saved_ns = use->ns > fault_ns ? use->ns - fault_ns : fault_ns - use->ns;
	verdict_say(
		finding, "fix",
		xstrdup(dearer == reader
				? "Map it, too, where it is read more than once or in parts"
				: "Read it, too, in large pieces; or map it with MAP_POPULATE"));
}

void verdict_find_mapped(const struct diff *diff, struct verdict *out)
{
	for (int side = 0; side < NR_SIDES; side++) {
		const struct file_use *use =
			job_mapped_file(diff_first_run(diff, (enum side)side),
					diff_first_run(diff, other_side((enum side)side)));

		if (use && diff->scope.faults && diff->scope.files)
			tell_mapped(diff, (enum side)side, use, out);
	}
}

// SPDX-License-Identifier: MIT
/* Page faults in the text report: reconciled with the kernel's count, and by kind. */
#include "output/text_section.h"

#include <inttypes.h>

#include "cli/number.h"

static void write_term(FILE *out, const char *sign, int64_t pages, const char *what)
{
	uint64_t magnitude = pages < 0 ? -(uint64_t)pages : (uint64_t)pages;
	char count[NUMBER_SIZE];

	fprintf(out, "  %s %15s  %s\n", sign, count_format(magnitude, count), what);
}

static void write_signed_term(FILE *out, int64_t pages, const char *what)
{
	if (pages)
		write_term(out, pages < 0 ? "-" : "+", pages, what);
}

static void write_balance(FILE *out, const struct reconciliation *rec)
{
	uint64_t by_wait4 = rec->minflt.value + rec->majflt.value;

	if (rec->by_tasks.is_known)
		write_term(out, " ", (int64_t)rec->by_tasks.value,
			   "counted by the kernel, from each thread's first event to its last");
	else
		write_term(out, " ", (int64_t)by_wait4, "counted by wait4 (ru_minflt + ru_majflt)");
	write_term(out, "=", (int64_t)rec->recorded, "recorded");
	write_term(out, "+", (int64_t)rec->populated, "pages populated without a fault");
	if (!rec->by_tasks.is_known)
		write_term(out, "+", (int64_t)rec->before_exec, "before the recording began");
	write_signed_term(out, (int64_t)rec->after_exit, "after threads had told of their end");
	write_signed_term(out, (int64_t)rec->lost, "counted by the kernel side, but lost");
	write_signed_term(out, (int64_t) - (uint64_t)rec->not_waited,
			  "in processes that nobody waited for");
	if (rec->balanced)
		fputs("  balanced: every fault is accounted for\n", out);
	else
		write_signed_term(out, rec->unexplained, "UNEXPLAINED");
}

void text_reconciliation(FILE *out, const struct report *report, const struct report_style *style)
{
	const struct reconciliation *rec = &report->reconciliation;

	text_heading(out, style, "Reconciliation of page faults");
	if (!rec->faults_recorded)
		fputs("  not possible: page faults were not recorded\n", out);
	else if (!rec->is_known)
		fputs("  not possible: the kernel's count is missing from the recording\n", out);
	else
		write_balance(out, rec);
}

static void write_kind(FILE *out, const char *name, const struct fault_class *class)
{
	uint64_t mean_ns = class->timed ? class->service_ns / class->timed : 0;

	fprintf(out, "  %-7s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %14.3f", name,
		class->faults, class->user, class->kernel, class->in_runs,
		NS_AS_MS(class->service_ns));
	if (class->timed)
		fprintf(out, " %12.3f %12.3f\n", NS_AS_US(mean_ns), NS_AS_US(class->max_ns));
	else
		fprintf(out, " %12s %12s\n", "-", "-");
}

void text_fault_kinds(FILE *out, const struct report *report, const struct report_style *style)
{
	static const char *const names[NR_FAULT_KINDS] = {
		[FAULT_MINOR] = "minor",
		[FAULT_MAJOR] = "major",
		[FAULT_FAILED] = "failed",
	};

	if (!report->reconciliation.faults_recorded)
		return;
	text_heading(out, style, "Page faults by kind");
	fprintf(out, "  %-7s %12s %12s %12s %12s %14s %12s %12s\n", "kind", "faults", "user",
		"kernel", "in_runs", "service_ms", "mean_us", "max_us");
	for (int kind = 0; kind < NR_FAULT_KINDS; kind++)
		write_kind(out, names[kind], &report->scan.faults[kind]);
}

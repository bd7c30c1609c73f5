// SPDX-License-Identifier: MIT
/* Where the page faults come from: the classes, then who touched, owned and gave back. */
#include "output/text_section.h"

#include <inttypes.h>

#include "cli/number.h"
#include "cli/text.h"
#include "output/printable.h"
#include "profile/memory_findings.h"

#define MOST_FINDINGS 8
#define LEAST_SHARE   100 /* a finding has at least this part of all faults: one in a hundred */

static uint64_t count_faults(const struct memory_report *memory)
{
	return memory_totals(memory->model)->faults + memory->lost_faults;
}

/* ---- Classes ---- */

static void write_note(FILE *out, const char *separator, uint64_t pages, const char *what)
{
	char count[NUMBER_SIZE];

	fprintf(out, "%s%s %s", separator, count_format(pages, count), what);
}

static void write_notes(FILE *out, const struct cause_total *total)
{
	const struct {
		uint64_t pages;
		const char *what;
	} notes[] = {
		{total->likely, "likely"},
		{total->huge, "huge"},
		{total->in_kernel, "in kernel mode"},
	};
	const char *separator = "  ";

	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		if (!notes[i].pages)
			continue;
		write_note(out, separator, notes[i].pages, notes[i].what);
		separator = ", ";
	}
	fputc('\n', out);
}

static void write_cause(FILE *out, enum fault_cause cause, const struct cause_total *total,
			uint64_t all)
{
	char share[NUMBER_SIZE], bytes[NUMBER_SIZE];

	fprintf(out, "  %-36s %12" PRIu64, fault_cause_words[cause].text, total->pages);
	if (cause == CAUSE_POPULATED)
		fprintf(out, " %7s %13s %9s %10s", "-", "-", "-", size_format(total->bytes, bytes));
	else
		fprintf(out, " %7s %13.3f %9.3f %10s", percent_format(total->pages, all, share),
			NS_AS_MS(total->service_ns),
			NS_AS_US(total->pages ? total->service_ns / total->pages : 0),
			size_format(total->bytes, bytes));
	write_notes(out, total);
}

/* The most frequent first; what was populated comes last. */
static void order_causes(const struct memory_report *memory, enum fault_cause order[])
{
	for (int i = 0; i < NR_FAULT_CAUSES; i++) {
		int at = i;

		for (; at && i != CAUSE_POPULATED &&
		       memory->causes[order[at - 1]].pages < memory->causes[i].pages;
		     at--)
			order[at] = order[at - 1];
		order[at] = (enum fault_cause)i;
	}
}

_Static_assert(CAUSE_POPULATED == NR_FAULT_CAUSES - 1, "it comes last");

static void write_causes(FILE *out, const struct memory_report *memory, uint64_t all)
{
	enum fault_cause order[NR_FAULT_CAUSES];

	order_causes(memory, order);
	fprintf(out, "  %-36s %12s %7s %13s %9s %10s\n", "cause", "faults", "share", "service_ms",
		"mean_us", "memory");
	for (int i = 0; i < NR_FAULT_CAUSES; i++) {
		const struct cause_total *total = &memory->causes[order[i]];

		if (total->pages)
			write_cause(out, order[i], total, all);
	}
}

/* ---- Findings ---- */

static void write_who(FILE *out, const struct report_style *style, const char *label,
		      const char *name, const char *more)
{
	const unsigned int indent = 23, least = 40;
	scoped_free char *clean = printable(name);
	scoped_free char *line = xasprintf("%s%s", clean, more);
	scoped_free char *cut =
		text_cut(line, style->width > indent + least ? style->width - indent : least);

	fprintf(out, "          %-12s %s\n", label, cut);
}

/* ": 360 mapped blocks of 12.0 MiB, each there for 7.02 ms". */
static char *describe_regions(const struct memory_report *memory, const struct finding *finding)
{
	const struct life_row *row = finding_lives(memory, finding);
	char size[NUMBER_SIZE], life[NUMBER_SIZE], count[NUMBER_SIZE];
	const char *kind = region_kind_names[finding->region_kind];

	if (!row)
		return xasprintf(": %s", kind);
	return xasprintf(": %s of %s%s, %s in all, %s %s", kind,
			 row->least_bytes == row->most_bytes ? "" : "about ",
			 size_format(row->bytes / row->regions, size),
			 count_format(row->regions, count),
			 row->regions == 1 ? "there for" : "each there for about",
			 duration_format(life_row_median_ns(row), life));
}

static void write_finding(FILE *out, const struct memory_report *memory,
			  const struct finding *finding, const struct report_style *style,
			  uint64_t all)
{
	const struct names *names = &memory->names;
	scoped_free char *regions = describe_regions(memory, finding);
	char share[NUMBER_SIZE], count[NUMBER_SIZE], service[NUMBER_SIZE];

	fprintf(out, "\n  %14s  %s, %s, %s\n", count_format(finding->pages, count),
		percent_format(finding->pages, all, share),
		duration_format(finding->service_ns, service),
		fault_cause_words[finding->cause].text);
	if (finding->toucher)
		write_who(out, style, "touched by", names_text(names, finding->toucher), "");
	if (finding->owner)
		write_who(out, style, "owned by", names_text(names, finding->owner), regions);
	if (finding->returner)
		write_who(out, style, "given back by", names_text(names, finding->returner), "");
}

static void write_findings(FILE *out, const struct memory_report *memory,
			   const struct report_style *style, uint64_t all)
{
	size_t shown = 0;

	vec_each (&memory->findings, finding) {
		if (!style->all && (shown == MOST_FINDINGS || finding->pages * LEAST_SHARE < all))
			break;
		write_finding(out, memory, finding, style, all);
		shown++;
	}
	if (shown < memory->findings.size)
		fprintf(out, "\n  ... %zu more causes (--all)\n", memory->findings.size - shown);
}

void text_fault_causes(FILE *out, const struct report *report, const struct report_style *style)
{
	const struct memory_report *memory = &report->memory;
	uint64_t all = count_faults(memory);
	char count[NUMBER_SIZE];

	if (!all)
		return;
	text_heading(out, style, "Where the faults come from (100%% = %s faults)",
		     count_format(all, count));
	if (memory->lacks_calls)
		fputs("  The system calls that make memory were not all recorded: record them, too"
		      " (-e faults,%memory)\n",
		      out);
	write_causes(out, memory, all);
	write_findings(out, memory, style, all);
}

// SPDX-License-Identifier: MIT
/* Which system calls to look at first, with the reasons. */
#include <inttypes.h>

#include "cli/number.h"
#include "cli/text.h"
#include "output/call_groups_output.h"
#include "output/example.h"
#include "output/insights_output.h"
#include "profile/facts.h"

#define REASON_COLUMN 70

char *priority_reason_text(const struct prioritized *p, uint64_t run_ns)
{
	const struct syscall_row *row = p->row;
	char longest[NUMBER_SIZE], mean[NUMBER_SIZE], share[NUMBER_SIZE], calls[NUMBER_SIZE];
	char others[NUMBER_SIZE];

	duration_format(row->max_ns, longest);
	duration_format(row->total_ns - row->max_ns, others);
	duration_format(p->mean_ns, mean);
	percent_format(row->total_ns, run_ns, share);
	count_format(row->calls, calls);
	switch (p->reason) {
	case REASON_ONE_IS_LONG:
		return row->timed > 1 ? xasprintf("one call took %s, all others together %s",
						  longest, others)
				      : xasprintf("one call took %s", longest);
	case REASON_SLOW:
		return xasprintf("slow calls, %s each, and together %s of the run", mean, share);
	case REASON_MANY:
		return xasprintf("quick calls, %s each, but so many that they are %s of the run: "
				 "only fewer of them would help",
				 mean, share);
	case REASON_MANY_CHEAP:
		return xasprintf("%s cheap calls, %s each: without all of them the run would be "
				 "%s shorter",
				 calls, mean, share);
	case REASON_WAITS:
		return xstrdup("made in order to wait: the cause is with what it waits for");
	case REASON_LITTLE:
	case NR_PRIORITY_REASONS:
		break;
	}
	return xasprintf("%s of the run", share);
}

static void write_item(FILE *out, const struct priorities *p, const struct prioritized *item,
		       const struct analysis_style *style)
{
	static const char *const words[] = {"Low", "Medium", "High"};
	scoped_free char *reason = priority_reason_text(item, p->run_ns);
	const struct syscall_row *row = item->row;
	char label[32], total[NUMBER_SIZE], longest[NUMBER_SIZE], share[NUMBER_SIZE];

	fprintf(out, "  %-8s  %-16s %10" PRIu64 " %10s %10s %6s  ", words[item->priority],
		call_label(row->key, label), row->calls, duration_format(row->total_ns, total),
		duration_format(row->max_ns, longest),
		percent_format(row->total_ns, p->run_ns, share));
	text_print_wrapped(out, reason, REASON_COLUMN, style->width);
	if (item->priority > PRIORITY_LOW)
		example_text(out, p->recording, &item->longest, style->input, 12);
}

void priorities_text(FILE *out, const struct priorities *p, const struct analysis_style *style)
{
	const struct page page = {.out = out, .style = style};
	char run[NUMBER_SIZE];

	lost_calls_line(out, recording_lost_syscalls(p->recording));
	page_heading(&page, "Which system calls to look at first");
	fprintf(out, "  (the run took %s; threads that wait at the same time have more together)\n",
		duration_format(p->run_ns, run));
	fprintf(out, "  %-8s  %-16s %10s %10s %10s %6s  %s\n", "priority", "syscall", "calls",
		"total", "longest", "of run", "why");
	vec_each (&p->items, item)
		write_item(out, p, item, style);
}

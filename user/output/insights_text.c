// SPDX-License-Identifier: MIT
/* What strikes about the system calls of a run, in sentences. */
#include "output/insights_output.h"

#include <inttypes.h>

#include "cli/number.h"
#include "cli/text.h"
#include "output/call_groups_output.h"
#include "profile/facts.h"

/* Less than all is never said to be all, nor a little to be nothing. */
static char *percent(uint64_t part, uint64_t whole)
{
	double exact = whole ? 100.0 * (double)part / (double)whole : 0;

	if (part && exact < 0.1)
		return xstrdup("<0.1%");
	return xasprintf("%.1f%%", part < whole && exact > 99.9 ? 99.9 : exact);
}

static char *share_of_time(const struct dominance *time, const struct syscall_row *row)
{
	scoped_free char *share = percent(row->total_ns, time->whole);
	char part[NUMBER_SIZE], whole[NUMBER_SIZE];

	return xasprintf("%s of the time of system calls (%s of %s)", share,
			 duration_format(row->total_ns, part), duration_format(time->whole, whole));
}

static char *share_of_calls(const struct dominance *calls, const struct syscall_row *row)
{
	scoped_free char *share = percent(row->calls, calls->whole);
	char part[NUMBER_SIZE], whole[NUMBER_SIZE];

	return xasprintf("%s of all system calls (%s of %s)", share, count_format(row->calls, part),
			 count_format(calls->whole, whole));
}

char *insight_of_time(const struct insights *insights)
{
	const struct syscall_row *row = insights->by_time.row;
	scoped_free char *time = NULL, *calls = NULL;
	char label[32];

	if (!row)
		return NULL;
	time = share_of_time(&insights->by_time, row);
	calls = share_of_calls(&insights->by_calls, row);
	return xasprintf("%s dominates: %s, in %s", call_label(row->key, label), time, calls);
}

/* Said already, if it is the same call. */
char *insight_of_number(const struct insights *insights)
{
	const struct syscall_row *row = insights->by_calls.row;
	scoped_free char *time = NULL, *calls = NULL;
	char label[32];

	if (!row || row == insights->by_time.row)
		return NULL;
	time = share_of_time(&insights->by_time, row);
	calls = share_of_calls(&insights->by_calls, row);
	return xasprintf("%s dominates by number: %s, but %s", call_label(row->key, label), calls,
			 time);
}

/* "12 openat + 2 pipe2" */
static char *makers_text(const struct maker_count *makers, unsigned int nr)
{
	char *text = xstrdup(nr ? "" : "none"), label[32];

	for (unsigned int i = 0; i < nr; i++) {
		char *longer = xasprintf("%s%s%" PRIu64 " %s", text, i ? " + " : "",
					 makers[i].calls, call_label(makers[i].key, label));

		free(text);
		text = longer;
	}
	return text;
}

char *insight_of_clean_up(const struct clean_up *c)
{
	scoped_free char *makers = makers_text(c->makers, c->nr_makers);
	scoped_free char *enders = makers_text(c->enders, c->nr_enders);

	if (!c->made && !c->ended)
		return NULL;
	return xasprintf("clean-up of %s: %s against %" PRIu64 " made by %s", c->things, enders,
			 c->made, makers);
}

static void write_sentence(FILE *out, const struct analysis_style *style, char *sentence)
{
	if (!sentence)
		return;
	fputs("  ", out);
	text_print_wrapped(out, sentence, 2, style->width);
	free(sentence);
}

void insights_text(FILE *out, const struct insights *insights, const struct analysis_style *style)
{
	const struct page page = {.out = out, .style = style};

	lost_calls_line(out, recording_lost_syscalls(insights->recording));
	page_heading(&page, "Insights");
	if (!insights->calls.calls)
		fputs("  no system calls were recorded\n", out);
	write_sentence(out, style, insight_of_time(insights));
	write_sentence(out, style, insight_of_number(insights));
	for (int i = 0; i < NR_CLEAN_UPS; i++)
		write_sentence(out, style, insight_of_clean_up(&insights->clean_ups[i]));
}

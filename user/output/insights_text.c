// SPDX-License-Identifier: MIT
/* What strikes about the system calls of a run, in sentences. */
#include "output/insights_output.h"

#include <inttypes.h>

#include "cli/number.h"
#include "cli/text.h"
#include "output/call_groups_output.h"
#include "profile/facts.h"

/* Less than all is never said to be all. */
static double percent(uint64_t part, uint64_t whole)
{
	double exact = whole ? 100.0 * (double)part / (double)whole : 0;

	return part < whole && exact > 99.9 ? 99.9 : exact;
}

static char *share_of_time(uint64_t part, uint64_t whole, const char *whose)
{
	char of_part[NUMBER_SIZE], of_whole[NUMBER_SIZE];

	return xasprintf("%.1f%% of %s time (%s of %s)", percent(part, whole), whose,
			 duration_format(part, of_part), duration_format(whole, of_whole));
}

static char *share_of_calls(uint64_t part, uint64_t whole)
{
	char of_part[NUMBER_SIZE], of_whole[NUMBER_SIZE];

	return xasprintf("%.1f%% of all system calls (%s of %s)", percent(part, whole),
			 count_format(part, of_part), count_format(whole, of_whole));
}

char *insight_of_dominance(const struct insights *insights)
{
	const struct dominance *time = &insights->by_time, *calls = &insights->by_calls;
	const struct syscall_row *row = time->row ? time->row : calls->row;
	scoped_free char *time_share = NULL, *calls_share = NULL;
	char label[32];

	if (!row)
		return NULL;
	time_share = share_of_time(row->total_ns, time->whole,
				   time->row ? "the system calls'" : "their");
	calls_share = share_of_calls(row->calls, calls->whole);
	if (time->row)
		return xasprintf("%s dominates: %s, in %s", call_label(row->key, label), time_share,
				 calls_share);
	return xasprintf("%s dominates by number: %s, but %s", call_label(row->key, label),
			 calls_share, time_share);
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
	write_sentence(out, style, insight_of_dominance(insights));
	for (int i = 0; i < NR_CLEAN_UPS; i++)
		write_sentence(out, style, insight_of_clean_up(&insights->clean_ups[i]));
}

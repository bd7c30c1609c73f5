// SPDX-License-Identifier: MIT
/*
 * Groups of system calls as text: a table whose columns stand where readers of such tables look for
 * them, and blocks with everything there is to say.
 *
 * A percentile of too few calls is `-`: there would be no call beyond it.
 */
#include "output/call_groups_output.h"

#include <inttypes.h>
#include <string.h>

#include "analysis/anomaly.h"
#include "cli/text.h"
#include "output/printable.h"

#define LEAST_NAME   16
#define MOST_NAME    60
#define VALUE_COLUMN 16

#define NS_AS_MS(ns) ((double)(ns) / 1e6)
#define NS_AS_US(ns) ((double)(ns) / 1e3)

static const unsigned int shown[] = {QUANTILE_P50, QUANTILE_P90, QUANTILE_P99, QUANTILE_P999,
				     QUANTILE_P9999};
#define NR_SHOWN (sizeof shown / sizeof *shown)

static char *group_name(const struct call_groups *groups, uint32_t group)
{
	scoped_free char *label = call_group_label(groups, group);

	return printable(label);
}

void lost_calls_line(FILE *out, uint64_t lost)
{
	if (lost)
		fprintf(out,
			"%" PRIu64 " system calls were lost: they are in none of these figures\n",
			lost);
}

/* ---- The table ---- */

/* Two digits that count, at least two decimals, and no zeros behind: 12.5ms, 0.02ms, 0.00042ms */
static char *short_ms(uint64_t ns)
{
	double ms = NS_AS_MS(ns);
	int decimals = 2;
	char *text;

	for (double scale = 10; decimals < 6 && ms * scale < 1 && ns; scale *= 10)
		decimals++;
	if (ms >= 100)
		decimals = ms >= 1000 ? 0 : 1;
	text = xasprintf("%.*f", decimals, ms);
	if (strchr(text, '.')) {
		size_t size = strlen(text);

		while (text[size - 1] == '0')
			text[--size] = 0;
		if (text[size - 1] == '.')
			text[size - 1] = 0;
	}
	return text;
}

static void write_quantile(FILE *out, const struct call_group *group, unsigned int quantile)
{
	scoped_free char *ms = short_ms(group->quantiles[quantile].value_ns);
	scoped_free char *text =
		call_quantile_is_told(group->times.count, quantile) ? xasprintf("%sms", ms) : NULL;

	fprintf(out, " %-8s", text ? text : "-");
}

static void write_row(FILE *out, const struct call_group *group, const char *name, int width)
{
	scoped_free char *cut = text_cut(name, (unsigned int)width);
	scoped_free char *total =
		group->times.count ? xasprintf("%.2fms", NS_AS_MS(group->times.sum)) : NULL;
	scoped_free char *mean =
		group->times.count ? xasprintf("%.3fms", moments_mean(&group->times) / 1e6) : NULL;

	fprintf(out, "%s%*s %-8" PRIu64 " %-9" PRIu64 " %-13s %-11s", cut,
		width - (int)text_columns(cut), "", group->calls, group->errors,
		total ? total : "-", mean ? mean : "-");
	for (size_t i = 0; i < NR_SHOWN; i++)
		write_quantile(out, group, shown[i]);
	fputc('\n', out);
}

static const char *title_of(const struct call_groups *groups)
{
	static const char *const titles[NR_ASPECTS] = {
		"Syscall", "Process", "Thread", "Command", "Site", "Errno", "File", "Class",
	};

	return groups->grouping.nr_aspects == 1 ? titles[groups->grouping.aspects[0]] : "Group";
}

static int name_width(char *const *names, size_t nr)
{
	unsigned int width = LEAST_NAME;

	for (size_t i = 0; i < nr; i++) {
		if (text_columns(names[i]) > width)
			width = text_columns(names[i]);
	}
	return (int)(width < MOST_NAME ? width : MOST_NAME);
}

void call_groups_table(FILE *out, const struct call_groups *groups, enum group_sort sort)
{
	size_t nr = groups->groups.size;
	scoped_free uint32_t *order = call_groups_order(groups, sort);
	scoped_free char **names = xcalloc(nr + 1, sizeof *names);
	int width;

	for (size_t i = 0; i < nr; i++)
		names[i] = group_name(groups, order[i]);
	width = name_width(names, nr);
	lost_calls_line(out, groups->lost);
	if (groups->is_brief)
		fputs("From the summary of the file; percentiles are right within 0.1 %\n", out);
	fputs("System Call Summary:\n====================\n", out);
	fprintf(out, "%-*s %-8s %-9s %-13s %-11s", width, title_of(groups), "Calls", "Errors",
		"Total Time", "Avg Time");
	for (size_t i = 0; i < NR_SHOWN; i++)
		fprintf(out, " %-8s", call_quantile_names[shown[i]]);
	fputc('\n', out);
	for (size_t i = 0; i < nr; i++) {
		write_row(out, &groups->groups.items[order[i]], names[i], width);
		free(names[i]);
	}
	fprintf(out, "\nTotal: %.2f seconds\n", (double)groups->all.times.sum / 1e9);
}

/* ---- Blocks ---- */

static void write_us(FILE *out, const char *label, double us)
{
	fprintf(out, "  %-*s%.2f μs", VALUE_COLUMN - 2, label, us);
}

static void write_interval(FILE *out, const struct call_quantile *q)
{
	if (q->has_interval)
		fprintf(out, "  (95 %%: %.2f to %.2f)", NS_AS_US(q->low_ns), NS_AS_US(q->high_ns));
	else
		fputs("  (n too small for an interval)", out);
}

static void write_quantiles(FILE *out, const struct call_group *group)
{
	static const char *const labels[NR_CALL_QUANTILES] = {
		"Median (P50):", "P75:", "P90:", "P95:", "P99:", "P99.9:", "P99.99:",
	};

	for (unsigned int i = 0; i < NR_CALL_QUANTILES; i++) {
		/* The usual ones always, as other tools do; beyond, only what can be told. */
		if (i > QUANTILE_P99 && !call_quantile_is_told(group->times.count, i))
			continue;
		write_us(out, labels[i], NS_AS_US(group->quantiles[i].value_ns));
		write_interval(out, &group->quantiles[i]);
		fputs(group->quantiles[i].is_exact ? "\n" : "  ~\n", out);
	}
}

/* About the longest call, if it is longer than what an interrupt may do to any (anomaly.h). */
static void write_remark(FILE *out, const struct call_group *group, double threshold)
{
	double mean = moments_mean(&group->times), deviation = moments_deviation(&group->times);
	double longest = (double)group->own_max_ns;
	double score = deviation > 0 ? (longest - mean) / deviation : 0;

	if (score > threshold && longest >= ANOMALY_LEAST_FACTOR * mean &&
	    longest >= mean + ANOMALY_LEAST_EXCESS_NS)
		fprintf(out, "  ⚠️  ANOMALY DETECTED: Max duration is %.1fσ above mean\n",
			score);
}

void call_group_block(FILE *out, const struct call_group *group, const char *name, double threshold)
{
	fprintf(out, "%s (%" PRIu64 " calls):\n", name, group->calls);
	if (!group->times.count) {
		fputs("  none of them has returned\n\n", out);
		return;
	}
	write_us(out, "Mean:", moments_mean(&group->times) / 1e3);
	fputc('\n', out);
	write_us(out, "Std Dev:", moments_deviation(&group->times) / 1e3);
	fputc('\n', out);
	write_us(out, "Min:", NS_AS_US(group->times.min));
	fputc('\n', out);
	write_us(out, "Max:", NS_AS_US(group->times.max));
	fputc('\n', out);
	write_quantiles(out, group);
	write_remark(out, group, threshold);
	fputc('\n', out);
}

void call_groups_extended(FILE *out, const struct call_groups *groups, double threshold)
{
	scoped_free uint32_t *order = call_groups_order(groups, GROUPS_BY_CALLS);

	lost_calls_line(out, groups->lost);
	fputs("\n=== Extended Statistics (exact, nearest rank) ===\n\n", out);
	for (size_t i = 0; i < groups->groups.size; i++) {
		scoped_free char *name = group_name(groups, order[i]);

		call_group_block(out, &groups->groups.items[order[i]], name, threshold);
	}
}

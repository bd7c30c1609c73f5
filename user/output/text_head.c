// SPDX-License-Identifier: MIT
/* The head of the text report: what was run, what was recorded, and what is missing from it. */
#include "output/text_section.h"

#include <time.h>

#include "cli/number.h"
#include "output/printable.h"

static void write_line(FILE *out, const char *label, const char *text)
{
	fprintf(out, "%-11s%s\n", label, text);
}

static void write_merged(FILE *out, const struct recording *r)
{
	unsigned int nr = 0;

	vec_each (&r->meta, meta)
		nr += !strcmp(meta->key, "merged");
	if (nr)
		fprintf(out, "merged:    %u recordings, of which this is the first\n", nr);
}

static void write_command(FILE *out, const struct recording *r)
{
	fputs("command:  ", out);
	vec_each (&r->meta, meta) {
		if (strcmp(meta->key, "argv") == 0) {
			scoped_free char *word = shell_word((char *)meta->value);

			fprintf(out, " %s", word);
		}
	}
	fputc('\n', out);
}

/* "attached:  to 1234 (nginx), 1240 (nginx) for 3.20 s" */
static void write_attached(FILE *out, const struct recording *r)
{
	struct known wall = recording_known(r, "wall_ns");
	const char *separator = "attached:  to ";
	char time[NUMBER_SIZE];

	vec_each (&r->meta, meta) {
		scoped_free char *text = NULL;
		const char *name;

		if (strcmp(meta->key, "attached") != 0)
			continue;
		text = printable((char *)meta->value);
		name = strchr(text, ' ');
		fprintf(out, "%s%.*s (%s)", separator,
			name ? (int)(name - text) : (int)strlen(text), text, name ? name + 1 : "");
		separator = ", ";
	}
	if (!recording_was_attached(r))
		return;
	if (wall.is_known)
		fprintf(out, " for %s", duration_format(wall.value, time));
	fputc('\n', out);
}

static void write_meta(FILE *out, const struct recording *r, const char *label, const char *key)
{
	const char *value = recording_meta(r, key);
	scoped_free char *text = printable(value ? value : "unknown");

	write_line(out, label, text);
}

static void write_host(FILE *out, const struct recording *r)
{
	const char *host = recording_meta(r, "host"), *arch = recording_meta(r, "arch");
	const char *cpus = recording_meta(r, "cpus");
	scoped_free char *text = xasprintf("%s, %s, %s processors", host ? host : "unknown",
					   arch ? arch : "unknown", cpus ? cpus : "unknown");
	scoped_free char *clean = printable(text);

	write_line(out, "host:", clean);
}

/* In UTC, so that a recording reads the same everywhere. */
static void write_when(FILE *out, const struct recording *r)
{
	const char *start = recording_meta(r, "start_unix_ns");
	time_t seconds = start ? (time_t)(strtoull(start, NULL, 10) / 1000000000) : 0;
	char text[64] = "unknown";
	struct tm when;

	if (start && gmtime_r(&seconds, &when))
		strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &when);
	write_line(out, "when:", text);
}

static void write_times(FILE *out, const struct recording *r)
{
	struct known wall = recording_known(r, "wall_ns");
	uint64_t user = recording_counter(r, "user_ns"), system = recording_counter(r, "system_ns");
	char share[NUMBER_SIZE];

	if (!wall.is_known) {
		write_line(out, "wall:", "unknown, the end of the recording is missing");
		return;
	}
	fprintf(out, "wall:      %.6f s\n", (double)wall.value / 1e9);
	if (!recording_known(r, "user_ns").is_known)
		return;
	fprintf(out, "cpu:       %.6f s (user %.6f s + system %.6f s), %s of the wall time\n",
		(double)(user + system) / 1e9, (double)user / 1e9, (double)system / 1e9,
		percent_format(user + system, wall.value, share));
}

/* Where calls were stopped at, by ptrace alone. */
static void write_tracing(FILE *out, const struct recording *r)
{
	const char *times = recording_meta(r, "times");
	scoped_free char *text = printable(times ? times : "");

	if (times)
		fprintf(out, "times:     %s: every call was stopped, by ptrace\n", text);
}

static void write_exit(FILE *out, const struct recording *r)
{
	struct known status = recording_known(r, "exit_status");
	const char *signal;
	char buffer[32];

	if (!status.is_known) {
		write_line(out, "exit:",
			   recording_was_attached(r) ? "see the processes below" : "unknown");
		return;
	}
	signal = fatal_signal((int)status.value, buffer);
	fprintf(out, "exit:      %d%s%s\n", shell_status((int)status.value),
		signal ? ", killed by " : "", signal ? signal : "");
}

static void write_recorded(FILE *out, const struct report *report)
{
	const struct recording *r = report->recording;
	char calls[NUMBER_SIZE], faults[NUMBER_SIZE], blocks[NUMBER_SIZE];
	const char *trace = recording_meta(r, "trace");
	scoped_free char *choice = printable(trace ? trace : "");

	fprintf(out, "tasks:     %zu process%s, %zu thread%s\n", report->processes.processes.size,
		report->processes.processes.size == 1 ? "" : "es", report->processes.threads.size,
		report->processes.threads.size == 1 ? "" : "s");
	fputs("recorded: ", out);
	if (recording_has(r, "syscalls"))
		fprintf(out, " %s system calls%s%s%s", count_format(report->syscalls.calls, calls),
			trace ? " (only " : "", choice, trace ? ")" : "");
	if (recording_has(r, "faults"))
		fprintf(out, "%s %s page faults", recording_has(r, "syscalls") ? "," : "",
			count_format(scan_faults(&report->scan), faults));
	if (report->blocks.is_recorded)
		fprintf(out, "%s %s blocks by malloc",
			recording_has(r, "syscalls") || recording_has(r, "faults") ? "," : "",
			count_format(report->blocks.all.blocks, blocks));
	fputc('\n', out);
	if (report->scan.calls_attached)
		fprintf(out, "           %s of the calls had begun before, for unknown times\n",
			count_format(report->scan.calls_attached, calls));
}

static void write_missing_tables(FILE *out, const struct stack_quality *stacks)
{
	char count[NUMBER_SIZE];

	if (stacks->files_unreachable)
		fprintf(out,
			"\n           %s file%s, without names and tables, had gone before the "
			"recorder could look",
			count_format(stacks->files_unreachable, count),
			stacks->files_unreachable == 1 ? "" : "s");
	if (stacks->tables_refused)
		fprintf(out,
			"\n           %s part%s of unwinding tables had no room: fewer programs in "
			"a "
			"recording help",
			count_format(stacks->tables_refused, count),
			stacks->tables_refused == 1 ? "" : "s");
}

/* "12 events have none, as asked: -g faults" */
static void write_unasked(FILE *out, const struct report *report, const char *label)
{
	const char *choice = recording_meta(report->recording, "stacks_of");
	scoped_free char *clean = printable(choice ? choice : "unknown");
	char count[NUMBER_SIZE];

	if (report->stacks.unasked)
		fprintf(out, "%-11s%s events have none, as asked: -g %s\n", label,
			count_format(report->stacks.unasked, count), clean);
}

static void write_stacks(FILE *out, const struct report *report)
{
	const struct stack_quality *stacks = &report->stacks;
	uint64_t all = stacks->complete + stacks->incomplete;
	char share[NUMBER_SIZE], count[NUMBER_SIZE];

	if (!all && stacks->unasked) {
		write_unasked(out, report, "stacks:");
		return;
	}
	if (!stacks->recorded || !all) {
		write_line(out, "stacks:", stacks->recorded ? "none" : "not recorded");
		return;
	}
	fprintf(out, "stacks:    %s of events proven complete",
		percent_format(stacks->complete, all, share));
	for (int verdict = STACK_PROVEN + 1; verdict < NR_STACK_VERDICTS; verdict++) {
		if (stacks->events[verdict])
			fprintf(out, "\n           %s (%s) %s",
				percent_format(stacks->events[verdict], all, share),
				count_format(stacks->events[verdict], count),
				stack_verdict_words[verdict].text);
	}
	if (stacks->none)
		fprintf(out,
			"\n           %s more have none: within an execve, before the first "
			"instruction%s",
			count_format(stacks->none, count),
			recording_was_attached(report->recording) ? ", or unfinished at the end"
								  : "");
	write_missing_tables(out, stacks);
	fputc('\n', out);
	write_unasked(out, report, "");
}

/* The counters are the last thing that a recorder writes. */
static void write_losses(FILE *out, const struct recording *r, const struct losses *losses)
{
	char count[NUMBER_SIZE];

	if (!r->counters.size) {
		write_line(out, "lost:", "unknown, the end of the recording is missing");
		return;
	}

	fprintf(out, "lost:      %s events\n", count_format(losses->total, count));
	vec_each (&losses->items, loss) {
		scoped_free char *text = xasprintf("%.*s%s%s", (int)loss->events_size, loss->name,
						   *loss->reason ? ": " : "", loss->reason);
		scoped_free char *clean = printable(text);

		fprintf(out, "           %s %s\n", count_format(loss->lost, count), clean);
	}
}

/* What the faults cost: their number times their price, against all time in the kernel. */
static void write_price(FILE *out, const struct report *report)
{
	const struct memory_totals *totals = memory_totals(report->memory.model);
	struct known system_ns = recording_known(report->recording, "system_ns");
	char count[NUMBER_SIZE], price[NUMBER_SIZE], sum[NUMBER_SIZE], share[NUMBER_SIZE];

	if (!totals->faults || !system_ns.is_known || !system_ns.value)
		return;
	fprintf(out, "price:     %s faults x %s = %s, ", count_format(totals->faults, count),
		duration_format(totals->service_ns / totals->faults, price),
		duration_format(totals->service_ns, sum));
	if (totals->service_ns > system_ns.value)
		fputs("more than the system time, for they also wait\n", out);
	else
		fprintf(out, "%s of the system time\n",
			percent_format(totals->service_ns, system_ns.value, share));
}

#define LEAST_CHURN_MILLI 1100 /* below, memory is brought in once, as it should be */

static void write_churn(FILE *out, const struct report *report)
{
	const struct memory_totals *totals = memory_totals(report->memory.model);
	uint64_t churn_milli = memory_churn_milli(&report->memory);
	char made[NUMBER_SIZE], most[NUMBER_SIZE];

	if (churn_milli < LEAST_CHURN_MILLI)
		return;
	fprintf(out, "churn:     %.1f: %s of anonymous memory brought in, where %s were enough\n",
		(double)churn_milli / 1000, size_format(totals->made_bytes, made),
		size_format(totals->most_bytes, most));
}

/* What faults cost depends on it. */
static void write_pages(FILE *out, const struct recording *r)
{
	const char *page = recording_meta(r, "page_bytes"), *huge = recording_meta(r, "huge_pages");
	scoped_free char *choice = printable(huge ? huge : "");
	char size[NUMBER_SIZE];

	if (page && recording_has(r, "faults"))
		fprintf(out, "pages:     %s%s%s\n", size_format(strtoull(page, NULL, 10), size),
			huge ? ", transparent huge pages: " : "", choice);
}

static void write_warnings(FILE *out, const struct report *report)
{
	const struct integrity *file = &report->recording->integrity;

	if (!file->complete)
		fputs("WARNING:   incomplete recording, its end is missing\n", out);
	if (file->damaged_chunks)
		fprintf(out,
			"WARNING:   damaged recording: %u parts could not be read, see 'prof "
			"info'\n",
			file->damaged_chunks);
}

void text_head(FILE *out, const struct report *report, const struct report_style *style)
{
	const struct recording *r = report->recording;

	(void)style;
	write_command(out, r);
	write_merged(out, r);
	write_attached(out, r);
	write_host(out, r);
	write_meta(out, r, "kernel:", "kernel");
	write_pages(out, r);
	write_when(out, r);
	write_times(out, r);
	write_tracing(out, r);
	write_exit(out, r);
	write_recorded(out, report);
	write_stacks(out, report);
	write_losses(out, r, &report->losses);
	write_price(out, report);
	write_churn(out, report);
	write_warnings(out, report);
}

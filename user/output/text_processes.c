// SPDX-License-Identifier: MIT
/* Processes and their threads in the text report. */
#include "output/text_section.h"

#include <inttypes.h>

#include "cli/text.h"
#include "output/printable.h"

#define MOST_PROCESSES 20
#define MOST_THREADS   20 /* of each process */

static void write_numbers(FILE *out, const struct activity *activity)
{
	fprintf(out, " %10" PRIu64 " %13.3f %10" PRIu64, activity->syscalls,
		NS_AS_MS(activity->syscall_ns), activity->faults);
}

static void write_end(FILE *out, const struct process_row *process)
{
	char buffer[32];
	const char *signal;

	if (!process->ended) {
		fprintf(out, " %-8s", "-");
		return;
	}
	signal = fatal_signal(process->exit_status, buffer);
	if (signal)
		fprintf(out, " %-8s", signal);
	else
		fprintf(out, " %-8d", shell_status(process->exit_status));
}

static void write_name(FILE *out, const struct report_style *style, const char *name, int column)
{
	scoped_free char *clean = printable(name);
	unsigned int least = 15, room = style->width > (unsigned int)column + least
						? style->width - (unsigned int)column
						: least;
	scoped_free char *cut = text_cut(clean, room);

	fprintf(out, " %s\n", cut);
}

static void write_process(FILE *out, const struct report *report, const struct report_style *style,
			  const struct process_row *process)
{
	const struct recording *r = report->recording;
	const struct task *leader = &r->tasks.items[process->leader];
	scoped_free char *name =
		xasprintf("%s%s%s%s", task_comm(r, process->leader), leader->path ? " (" : "",
			  leader->path ? leader->path : "", leader->path ? ")" : "");

	fprintf(out, "  %8u %8u", leader->pid, process->nr_threads);
	write_numbers(out, &process->activity);
	write_end(out, process);
	write_name(out, style, name, 64);
}

static void write_threads(FILE *out, const struct report *report, const struct report_style *style,
			  const struct process_row *process)
{
	const struct recording *r = report->recording;
	uint32_t shown = process->nr_threads;

	if (shown == 1)
		return;
	if (!style->all && shown > MOST_THREADS)
		shown = MOST_THREADS;
	for (uint32_t i = 0; i < shown; i++) {
		const struct thread_row *thread =
			&report->processes.threads.items[process->first_thread + i];

		fprintf(out, "  %8s %8u", "", r->tasks.items[thread->task].tid);
		write_numbers(out, &thread->activity);
		fprintf(out, " %-8s", "");
		write_name(out, style, task_comm(r, thread->task), 64);
	}
	if (shown < process->nr_threads)
		fprintf(out, "  %8s ... %u more threads (--all)\n", "",
			process->nr_threads - shown);
}

void text_processes(FILE *out, const struct report *report, const struct report_style *style)
{
	size_t nr = report->processes.processes.size, shown = nr;

	text_heading(out, style, "Processes and threads");
	fprintf(out, "  %8s %8s %10s %13s %10s %-8s %s\n", "pid", "threads", "syscalls",
		"syscall_ms", "faults", "exit", "command (program)");
	if (!style->all && shown > MOST_PROCESSES)
		shown = MOST_PROCESSES;
	for (size_t i = 0; i < shown; i++) {
		const struct process_row *process = &report->processes.processes.items[i];

		write_process(out, report, style, process);
		write_threads(out, report, style, process);
	}
	if (shown < nr)
		fprintf(out, "  ... %zu more processes (--all)\n", nr - shown);
}

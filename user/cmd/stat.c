// SPDX-License-Identifier: MIT
/* `prof stat`: the table at the end alone. What it counts is what a trace would show. */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "cmd/attach_option.h"
#include "cmd/commands.h"
#include "cmd/watch_option.h"
#include "trace/qualifiers.h"
#include "trace/trace.h"

static int set_event(void *opts, const char *value)
{
	struct trace_options *options = opts;

	if (!strcmp(value, "faults")) {
		options->usage = true;
		return 0;
	}
	if (!strcmp(value, "syscalls"))
		return trace_set_parse("all", options);
	return qualifier_parse(value, options);
}

static int set_output(void *opts, const char *value)
{
	struct trace_options *options = opts;

	if (!*value || !strcmp(value, "-"))
		return refuse(-EINVAL, "-o needs the name of a file");
	options->output = value;
	return 0;
}

static int set_sort(void *opts, const char *value)
{
	return summary_sort_parse(value, &((struct trace_options *)opts)->table);
}

static int set_columns(void *opts, const char *value)
{
	return summary_columns_parse(value, &((struct trace_options *)opts)->table);
}

static int set_short(void *opts, const char *value)
{
	(void)value;
	((struct trace_options *)opts)->table.is_short = true;
	return 0;
}

static int set_errors(void *opts, const char *value)
{
	(void)value;
	((struct trace_options *)opts)->errors_by_name = true;
	return 0;
}

static int set_pid(void *opts, const char *value)
{
	return pids_parse(value, &((struct trace_options *)opts)->targets);
}

static int set_limit(void *opts, const char *value)
{
	return limit_parse(value, &((struct trace_options *)opts)->limit_ns);
}

static int by_ptrace(void *opts, const char *value)
{
	(void)value;
	((struct trace_options *)opts)->by_ptrace = true;
	return 0;
}

static int as_root(void *opts, const char *value)
{
	(void)value;
	((struct trace_options *)opts)->as_root = true;
	return 0;
}

static int accept(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	return 0;
}

static int watch_anomalies(void *opts, const char *value)
{
	(void)value;
	return watch_set_anomalies(&((struct trace_options *)opts)->watch);
}

static int watch_extended(void *opts, const char *value)
{
	(void)value;
	return watch_set_extended(&((struct trace_options *)opts)->watch);
}

static int watch_threshold(void *opts, const char *value)
{
	return watch_set_threshold(&((struct trace_options *)opts)->watch, value);
}

static int watch_window(void *opts, const char *value)
{
	return watch_set_window(&((struct trace_options *)opts)->watch, value);
}

static int watch_analysis(void *opts, const char *value)
{
	(void)value;
	return watch_set_analysis(&((struct trace_options *)opts)->watch);
}

static const struct option_row options[] = {
	{"event", 'e', "WHAT",
	 "count only WHAT: trace=SET, a set of system calls as strace has it; or faults: page "
	 "faults "
	 "and times of the command, as time -v has them",
	 set_event},
	{"short", 0, NULL, "a line for each system call: read: 150 calls", set_short},
	{"errors", 0, NULL, "below the table, each call's errors by name", set_errors},
	{"summary-sort-by", 'S', "COLUMN",
	 "sort by time (the default), calls, errors, name, min-time, max-time, avg-time or nothing",
	 set_sort},
	{"summary-columns", 'U', "COLUMNS",
	 "which columns, and in which order: time-percent, total-time, min-time, max-time, "
	 "avg-time, calls, errors, name",
	 set_columns},
	{"anomaly", 0, NULL, WATCH_ANOMALY_HELP, watch_anomalies},
	{"anomaly-threshold", 0, "SIGMA", WATCH_THRESHOLD_HELP, watch_threshold},
	{"anomaly-window-size", 0, "CALLS", WATCH_WINDOW_HELP, watch_window},
	{"stats-extended", 0, NULL, WATCH_EXTENDED_HELP, watch_extended},
	{"anomaly-realtime", 0, NULL, NULL, watch_anomalies},
	{"anomalies", 0, NULL, NULL, watch_anomalies},
	{"hpu-analysis", 0, NULL, WATCH_ANALYSIS_HELP, watch_analysis},
	{"hpu-cpu-only", 0, NULL, NULL, watch_analysis},
	{"output", 'o', "FILE", "write the table to FILE, not to standard error", set_output},
	{"attach", 'p', "PID,...", PID_HELP, set_pid},
	{"duration", 'd', "TIME", DURATION_HELP, set_limit},
	{"ptrace", 0, NULL,
	 "count by ptrace, as is done without the privileges for BPF programs: times include "
	 "tracing",
	 by_ptrace},
	{"as-root", 0, NULL, "under sudo, run the command as root, not as the invoking user",
	 as_root},
	/* What is so in any case. */
	{"durations", 'T', NULL, NULL, accept},
	{"follow-forks", 'f', NULL, NULL, accept},
	{"summary-wall-clock", 'w', NULL, NULL, accept},
	{0},
};

static const char *const examples[] = {
	"prof stat make -j8",
	"prof stat -e trace=%file -S calls ./app",
	"prof stat --short -e trace=read,lseek ./app",
	"prof stat -e faults ./app",
	NULL,
};

/* 0 or an exit status. */
static int check(const struct trace_options *stat, bool has_command)
{
	if (!has_command && !stat->targets.pids.size)
		return usage_error(&stat_command, "no command to count for");
	if (has_command && stat->targets.pids.size)
		return usage_error(&stat_command, "either a command or processes (-p), not both");
	if (stat->usage && stat->targets.pids.size)
		return usage_error(&stat_command, "-e faults is about a command");
	return 0;
}

static int run(int argc, char **argv)
{
	struct trace_options stat = {
		.follow = true,
		.quiet = ~0U,
		.statuses = ALL_STATUSES,
		.style = DEFAULT_LINE_STYLE,
		.summary = SUMMARY_ONLY,
	};
	int first, status;

	memset(&stat.shown, 0xff, sizeof stat.shown);
	first = options_parse(&stat_command, argc, argv, &stat);
	stat.syscalls |= !stat.usage;
	status = first < 0 ? options_exit_status(first) : check(&stat, first < argc);
	if (status == 0 && first >= 0)
		status = trace_run(&stat, argv + first);
	vec_free(&stat.targets.pids);
	return status;
}

const struct command stat_command = {
	.name = "stat",
	.summary = "run a command and count its system calls, or its page faults",
	.synopsis = "[OPTIONS] [--] COMMAND [ARGS]",
	.description =
		"Runs COMMAND and prints, when it is over, the table of strace -c to standard "
		"error: of "
		"all its processes and threads, counted in the kernel without an event for each "
		"call, "
		"with the kernel's own times, from begin to end of a call. Calls that never return "
		"(exit, or being killed in one) are in no row. What the command leaves running is "
		"counted to its end; Ctrl-C ends that earlier. Exit status and signals are as with "
		"prof record.",
	.examples = examples,
	.options = options,
	.run = run,
};

// SPDX-License-Identifier: MIT
/* `prof trace`: the options, which are strace's and some more; trace/trace.h does the work. */
#include <string.h>

#include "cmd/attach_option.h"
#include "cmd/commands.h"
#include "cmd/trace_options.h"
#include "cmd/watch_option.h"
#include "decode/emit.h"

static const struct option_row options[] = {
	{"event", 'e', "EXPR",
	 "which system calls and what of them: a set of calls, or trace=SET; signal=SET; "
	 "status=SET: successful, failed, unfinished, detached; quiet=SET; decode-fds=SET; "
	 "abbrev=none; raw=SET. SET is as strace's: names, classes (%file %desc %network %process "
	 "%memory %signal %ipc %creds %clock %pure %stat %statfs ...), /regex/, !SET for all but "
	 "these",
	 trace_set_expression},
	{"follow", 'f', NULL,
	 "processes and threads that the command starts, too (of page faults alone always); -ff "
	 "with -o FILE: the lines of each in FILE.TID",
	 trace_count_follow},
	{"output", 'o', "FILE", "write the lines to FILE, not to standard error", trace_set_output},
	{"output-append-mode", 'A', NULL, "append to FILE, instead of keeping it as FILE.old",
	 trace_set_append},
	{"string-limit", 's', "N", "up to N bytes of a string (32)", trace_set_string_limit},
	{"trace-path", 'P', "PATH",
	 "only calls that are given this path, or a descriptor of it; may be repeated",
	 trace_add_path},
	{"no-abbrev", 'v', NULL, "show structs and environments whole", trace_set_verbose},
	{"fds", 'y', NULL, "show the paths of descriptors; -yy: also addresses of sockets",
	 trace_count_fds},
	{"hex", 'x', NULL, "strings that are not text in hexadecimal; -xx: all", trace_count_hex},
	{"clock", 't', NULL,
	 "begin lines with the time of day; -tt: with microseconds; -ttt: seconds since 1970",
	 trace_count_time},
	{"time", 0, "FORM", "the same: time, unix or none", trace_set_time_form},
	{"since-last", 'r', NULL, "begin lines with the time since the one before",
	 trace_set_since_last},
	{"durations", 'T', NULL, "end lines with how long the call took, as the kernel measured",
	 trace_set_durations},
	{"columns", 'a', "COLUMN", "align results to this column (40)", trace_set_column},
	{"syscall-number", 'n', NULL, "show the numbers of system calls", trace_set_numbers},
	{"successful-only", 'z', NULL, "only calls that returned without an error",
	 trace_set_successful_only},
	{"failed-only", 'Z', NULL, "only calls that returned an error", trace_set_failed_only},
	{"quieter", 'q', NULL,
	 "no lines about threads that are followed; -qq: and how they end; -qqq: none but calls "
	 "and signals",
	 trace_count_quiet},
	{"stack-traces", 'k', NULL, "the stack below each line", trace_set_stacks},
	{"max-stack", 0, "N", "up to N frames of it (0: none)", trace_set_max_stack},
	{"source", 0, "[below]",
	 "behind each line where in the source the call was made: [file:line in function]; below: "
	 "in a line of its own",
	 trace_set_source},
	{"max-events", 0, "N", "N calls or page faults, then the command runs on untraced",
	 trace_set_max_events},
	{"summary-only", 'c', NULL, "no lines, but at the end a table of calls, errors and time",
	 trace_summary_only},
	{"summary", 'C', NULL, "that table below the lines", trace_summary_too},
	{"summary-sort-by", 'S', "COLUMN",
	 "sort it by time (the default), calls, errors, name, min-time, max-time, avg-time or "
	 "nothing",
	 trace_set_sort},
	{"summary-columns", 'U', "COLUMNS",
	 "its columns, in this order: time-percent, total-time, min-time, max-time, avg-time, "
	 "calls, errors, name",
	 trace_set_table_columns},
	{"short", 0, NULL, "instead of the table, lines like read: 150 calls", trace_set_short},
	{"anomaly", 0, NULL, WATCH_ANOMALY_HELP, trace_watch_anomalies},
	{"anomaly-threshold", 0, "SIGMA", WATCH_THRESHOLD_HELP, trace_watch_threshold},
	{"anomaly-window-size", 0, "CALLS", WATCH_WINDOW_HELP, trace_watch_window},
	{"stats-extended", 0, NULL, WATCH_EXTENDED_HELP, trace_watch_extended},
	{"anomaly-realtime", 0, NULL, NULL, trace_watch_anomalies},
	{"anomalies", 0, NULL, NULL, trace_watch_anomalies},
	{"hpu-analysis", 0, NULL, WATCH_ANALYSIS_HELP, trace_watch_analysis},
	{"hpu-cpu-only", 0, NULL, NULL, trace_watch_analysis},
	{"faults", 'F', "WHICH",
	 "page faults: all, min (without reading a disk) or maj; alone, unless -e says which calls",
	 trace_set_faults},
	{"deep", 0, "SET",
	 "stop COMMAND at these system calls, and read all that they are given, at any depth; "
	 "durations stay the kernel's, but each such call takes some 15 us longer",
	 trace_set_deep},
	{"ptrace", 0, NULL,
	 "trace by ptrace alone, as is done without the privileges for BPF programs: each call is "
	 "stopped, and times include that",
	 trace_by_ptrace},
	{"seccomp-bpf", 0, NULL,
	 "the same, but stop only at the calls that -e chose; sets no_new_privs, and what the "
	 "command leaves running fails in these calls when prof has gone",
	 trace_by_filter},
	{"env", 'E', "NAME=VALUE", "in the command's environment; NAME alone: not in it",
	 trace_set_environment},
	{"as-root", 0, NULL, "under sudo, run the command as root, not as the invoking user",
	 trace_as_root},
	{"ring-size", 0, "SIZE", "buffer per CPU between kernel and prof (64K to 256M)",
	 trace_set_ring_size},
	{"summary-wall-clock", 'w', NULL, NULL, trace_accept},
	{"summary-syscall-overhead", 'O', "TIME", NULL, trace_set_overhead},
	/* strace's long spellings. */
	{"follow-forks", 0, NULL, NULL, trace_count_follow},
	{"strings", 0, "N", NULL, trace_set_string_limit},
	{"output-separately", 0, NULL, NULL, trace_set_separately},
	{"trace", 0, "SET", NULL, trace_set_trace},
	{"signal", 0, "SET", NULL, trace_set_signals},
	{"signals", 0, "SET", NULL, trace_set_signals},
	{"status", 0, "SET", NULL, trace_set_statuses},
	{"quiet", 0, "[SET]", NULL, trace_set_quiet},
	{"silent", 0, "[SET]", NULL, trace_set_quiet},
	{"silence", 0, "[SET]", NULL, trace_set_quiet},
	{"decode-fds", 0, "[SET]", NULL, trace_set_fd_detail},
	{"strings-in-hex", 0, "[WHICH]", NULL, trace_set_hex},
	{"timestamps", 0, "[FORM]", NULL, trace_set_time},
	{"absolute-timestamps", 0, "[FORM]", NULL, trace_set_time},
	{"relative-timestamps", 0, "[PRECISION]", NULL, trace_set_since_last_digits},
	{"syscall-times", 0, "[PRECISION]", NULL, trace_set_duration_digits},
	{"stack-trace", 0, NULL, NULL, trace_set_stacks},
	{"instruction-pointer", 'i', NULL, NULL, trace_refuse_ip},
	{"inject", 0, "SET", NULL, trace_refuse_tampering},
	{"fault", 0, "SET", NULL, trace_refuse_tampering},
	{"attach", 'p', "PID,...",
	 "trace processes that run already (with -f all their threads), without ever stopping "
	 "them, unless it is by ptrace; may be repeated. Ctrl-C ends it and leaves them as they "
	 "are",
	 trace_set_pid},
	{"duration", 'd', "TIME", DURATION_HELP, trace_set_limit},
	{0},
};

static const char *const examples[] = {
	"prof trace ./app --its-options",
	"prof trace -f -e trace=%file -y -T -o lines make -j8",
	"prof trace -e openat -Z ls /nowhere",
	"prof trace -k -e trace=write ./app",
	"prof trace -F min --max-stack 7 --max-events 100 ./app",
	"prof trace -f -p 1234 -e trace=%network",
	NULL,
};

/* What the number of strace's letters means. */
static void apply_counts(struct trace_cli *cli)
{
	struct trace_options *trace = &cli->trace;

	if (cli->nr_time) {
		trace->style.time = cli->nr_time > 2 ? TIME_UNIX : TIME_OF_DAY;
		trace->style.time_digits = cli->nr_time > 1 ? 6 : 0;
	}
	if (cli->nr_hex)
		trace->style.hex_strings = cli->nr_hex > 1 ? HEX_ALWAYS : HEX_UNPRINTABLE;
	if (cli->nr_fds)
		trace->style.fd_detail = cli->nr_fds > 1 ? 2 : 1;
	if (cli->nr_quiet)
		trace->quiet |= QUIET_ATTACH | QUIET_PERSONALITY;
	if (cli->nr_quiet > 1)
		trace->quiet |= QUIET_EXIT;
	if (cli->nr_quiet > 2)
		trace->quiet |= QUIET_EXEC_OF_THREAD;
	if (cli->successful_only)
		trace->statuses = 1 << STATUS_SUCCESSFUL;
	if (cli->failed_only)
		trace->statuses = 1 << STATUS_FAILED;
}

/* What follows from what was asked for, and what contradicts it. 0 or an exit status. */
static int settle(struct trace_cli *cli)
{
	struct trace_options *trace = &cli->trace;

	apply_counts(cli);
	if (cli->successful_only && cli->failed_only)
		return usage_error(&trace_command, "-z and -Z exclude each other");
	trace->syscalls = cli->has_calls || !trace->fault_kinds;
	if (cli->paths.size) {
		vec_push(&cli->paths); /* ends with NULL */
		trace->paths = cli->paths.items;
	}
	trace->separately |= cli->nr_follow > 1;
	trace->separately &= trace->output != NULL;
	trace->follow = cli->nr_follow || trace->separately || !trace->syscalls;
	if (trace->summary && trace->separately)
		return usage_error(&trace_command, "-c and -C make one table, and -ff many files");
	if (trace->table.is_short && !trace->summary)
		trace->summary = SUMMARY_ONLY;
	if (trace->targets.pids.size && (trace->is_deep || trace->filtered))
		return usage_error(&trace_command, "%s stops a command that prof starts, not -p",
				   trace->is_deep ? "--deep" : "--seccomp-bpf");
	if (trace->append && !trace->output)
		return usage_error(&trace_command, "-A needs -o FILE to append to");
	return 0;
}

static int run(int argc, char **argv)
{
	struct trace_cli cli = {
		.trace = {.statuses = ALL_STATUSES, .signals = ~0ULL, .style = DEFAULT_LINE_STYLE}};
	int first, status;

	memset(&cli.trace.shown, 0xff, sizeof cli.trace.shown);
	first = options_parse(&trace_command, argc, argv, &cli);
	if (first < 0)
		status = options_exit_status(first);
	else if (first == argc && !cli.trace.targets.pids.size)
		status = usage_error(&trace_command, "no command to trace");
	else if (first < argc && cli.trace.targets.pids.size)
		status = usage_error(&trace_command, "choose either a command or -p");
	else
		status = settle(&cli);
	if (status == 0 && first >= 0)
		status = trace_run(&cli.trace, argv + first);
	vec_each (&cli.paths, path)
		free(*path);
	vec_free(&cli.paths);
	vec_free(&cli.trace.targets.pids);
	return status;
}

const struct command trace_command = {
	.name = "trace",
	.summary = "show system calls as they happen, in strace's place",
	.synopsis = "[OPTIONS] { [--] COMMAND [ARGS] | -p PID }",
	.description =
		"Runs COMMAND and prints its system calls and signals as strace does, with "
		"strace's "
		"options, but without stopping it: what is printed was read in the kernel while "
		"the "
		"command ran on, and durations (-T) are the kernel's. Lines go to standard error, "
		"or "
		"to FILE, whose earlier version is kept as FILE.old; never into the command's "
		"output. "
		"They come about 20 ms late. With -F alone, page faults are shown instead, one per "
		"line: TIME NAME/TID KIND MODE ACCESS [ADDRESS] -> MAPPING+OFFSET SERVICE_TIME. "
		"TIME "
		"is when the fault was over, in seconds since the start. KIND is minor, major or "
		"failed (with -F all), MODE user or kernel, ACCESS read, write or fetch; MAPPING "
		"is a "
		"file, [heap], [stack], [vdso], anon, or ? where the kernel did not say, and the "
		"offset is into the file or the mapping. What could not be printed in time is "
		"counted where it is missing: --- lost N events ---. When nobody reads the lines "
		"any "
		"more, or after --max-events, the command runs on untraced. Exit status and "
		"signals "
		"are as with prof record.",
	.examples = examples,
	.options = options,
	.run = run,
};

// SPDX-License-Identifier: MIT
/* `prof trace`: the options, which are strace's and some more; trace/trace.h does the work. */
#include "trace/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vec.h"
#include "cli/number.h"
#include "cmd/attach_option.h"
#include "cmd/commands.h"
#include "cmd/watch_option.h"
#include "decode/emit.h"
#include "event.h"
#include "trace/qualifiers.h"

#define MAX_STRING_BYTES 32768 /* that are read of one */
#define MAX_COLUMN       1000

/* How often options came whose number tells how much is wanted. */
struct cli {
	struct trace_options trace;
	unsigned int nr_time, nr_follow, nr_hex, nr_fds, nr_quiet;
	bool has_calls; /* an option asks for system calls, beside page faults */
	bool successful_only, failed_only;
	VEC(char *) paths;
};

static int set_output(void *opts, const char *value)
{
	struct cli *cli = opts;

	if (*value == '|' || *value == '!') {
		refuse(-EINVAL, "-o takes the name of a file, not a command");
		hint("a named pipe leads to one: mkfifo lines; COMMAND <lines & prof trace -o "
		     "lines ...");
		return -EINVAL;
	}
	if (*value && strcmp(value, "-")) {
		cli->trace.output = value;
		return 0;
	}
	refuse(-EINVAL, "-o needs the name of a file");
	hint("without -o, lines go to standard error; standard output is the command's own");
	return -EINVAL;
}

static int set_faults(void *opts, const char *value)
{
	static const struct {
		const char *name;
		uint32_t kinds;
	} choices[] = {
		{"all", 1 << WIRE_MINOR | 1 << WIRE_MAJOR | 1 << WIRE_FAILED},
		{"min", 1 << WIRE_MINOR},
		{"maj", 1 << WIRE_MAJOR},
	};
	struct trace_options *options = &((struct cli *)opts)->trace;

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		if (!strcmp(choices[i].name, value)) {
			options->fault_kinds |= choices[i].kinds;
			return 0;
		}
	}
	refuse(-EINVAL, "-F takes all, min or maj, not '%s'", value);
	return -EINVAL;
}

static int set_max_events(void *opts, const char *value)
{
	struct trace_options *options = &((struct cli *)opts)->trace;

	if (count_parse(value, &options->max_events))
		return -EINVAL;
	if (!options->max_events)
		return refuse(-EINVAL, "--max-events takes 1 or more");
	return 0;
}

static int as_root(void *opts, const char *value)
{
	(void)value;
	((struct cli *)opts)->trace.as_root = true;
	return 0;
}

#define MIN_RING_BYTES (64ULL << 10)
#define MAX_RING_BYTES (256ULL << 20)

static int set_ring_size(void *opts, const char *value)
{
	struct trace_options *options = &((struct cli *)opts)->trace;

	if (size_parse(value, &options->ring_bytes))
		return -EINVAL;
	if (options->ring_bytes < MIN_RING_BYTES || options->ring_bytes > MAX_RING_BYTES)
		return refuse(-EINVAL, "--ring-size takes 64K to 256M, not '%s'", value);
	return 0;
}

static int set_pid(void *opts, const char *value)
{
	return pids_parse(value, &((struct cli *)opts)->trace.targets);
}

static int set_limit(void *opts, const char *value)
{
	return limit_parse(value, &((struct cli *)opts)->trace.limit_ns);
}

/* ---- What strace's letters count ---- */

#define COUNTER(function, counter)                                                                 \
	static int function(void *opts, const char *value)                                         \
	{                                                                                          \
		(void)value;                                                                       \
		((struct cli *)opts)->counter++;                                                   \
		return 0;                                                                          \
	}

#define SWITCH(function, member)                                                                   \
	static int function(void *opts, const char *value)                                         \
	{                                                                                          \
		(void)value;                                                                       \
		((struct cli *)opts)->member = true;                                               \
		return 0;                                                                          \
	}

COUNTER(count_follow, nr_follow)
COUNTER(count_hex, nr_hex)
COUNTER(count_fds, nr_fds)
COUNTER(count_quiet, nr_quiet)
COUNTER(count_time, nr_time)
SWITCH(set_separately, trace.separately)
SWITCH(set_append, trace.append)
SWITCH(set_verbose, trace.style.verbose)
SWITCH(set_since_last, trace.style.since_last)
SWITCH(set_durations, trace.style.durations)
SWITCH(set_numbers, trace.style.numbers)
SWITCH(set_successful_only, successful_only)
SWITCH(set_failed_only, failed_only)
SWITCH(set_short, trace.table.is_short)

/* ---- Values ---- */

static int number_set(const char *option, const char *value, uint64_t most, uint64_t *out)
{
	if (count_parse(value, out))
		return -EINVAL;
	if (*out > most)
		return refuse(-EINVAL, "%s takes 0 to %" PRIu64 ", not %s", option, most, value);
	return 0;
}

static int set_column(void *opts, const char *value)
{
	struct cli *cli = opts;
	uint64_t column;

	if (number_set("-a", value, MAX_COLUMN, &column))
		return -EINVAL;
	cli->trace.style.result_column = (unsigned int)column;
	return 0;
}

static int set_string_limit(void *opts, const char *value)
{
	struct cli *cli = opts;
	uint64_t bytes;

	if (count_parse(value, &bytes))
		return -EINVAL;
	if (bytes > MAX_STRING_BYTES) {
		note("-s shows up to %d bytes of a string", MAX_STRING_BYTES);
		bytes = MAX_STRING_BYTES;
	}
	cli->trace.style.max_string_bytes = (uint32_t)bytes;
	return 0;
}

static int set_max_stack(void *opts, const char *value)
{
	struct cli *cli = opts;
	uint64_t count;

	if (number_set("--max-stack", value, MAX_FRAMES, &count))
		return -EINVAL;
	cli->trace.max_frames = (uint32_t)count;
	return 0;
}

static int set_stacks(void *opts, const char *value)
{
	struct cli *cli = opts;

	(void)value;
	cli->trace.stack_form = STACK_STRACE;
	if (!cli->trace.max_frames)
		cli->trace.max_frames = MAX_FRAMES;
	return 0;
}

static int set_source(void *opts, const char *value)
{
	struct cli *cli = opts;

	if (value && strcmp(value, "below"))
		return refuse(-EINVAL, "--source or --source=below, not '%s'", value);
	cli->trace.source = value ? SOURCE_BELOW : SOURCE_BEHIND;
	return 0;
}

/* s, ms, us or ns */
static int digits_parse(const char *value, unsigned int *out)
{
	static const char *const units[] = {"s", "ms", "us", "ns"};

	for (unsigned int i = 0; i < 4; i++) {
		if (!strcmp(value, units[i])) {
			*out = 3 * i;
			return 0;
		}
	}
	refuse(-EINVAL, "the precision of times is s, ms, us or ns, not '%s'", value);
	return -EINVAL;
}

static int set_since_last_digits(void *opts, const char *value)
{
	struct line_style *style = &((struct cli *)opts)->trace.style;

	style->since_last = true;
	return value ? digits_parse(value, &style->since_last_digits) : 0;
}

static int set_duration_digits(void *opts, const char *value)
{
	struct line_style *style = &((struct cli *)opts)->trace.style;

	style->durations = true;
	return value ? digits_parse(value, &style->duration_digits) : 0;
}

static int time_word(struct line_style *style, const char *word)
{
	if (!strncmp(word, "precision:", 10))
		return digits_parse(word + 10, &style->time_digits);
	if (!strncmp(word, "format:", 7))
		word += 7;
	if (!strcmp(word, "none"))
		style->time = TIME_NONE;
	else if (!strcmp(word, "time"))
		style->time = TIME_OF_DAY;
	else if (!strcmp(word, "unix"))
		style->time = TIME_UNIX;
	else
		return digits_parse(word, &style->time_digits);
	return 0;
}

/* [format:]none|time|unix, [precision:]s|ms|us|ns */
static int set_time(void *opts, const char *value)
{
	struct line_style *style = &((struct cli *)opts)->trace.style;
	scoped_free char *words = xstrdup(value ? value : "time");
	char *rest = words, *word;

	style->time = TIME_OF_DAY;
	while ((word = strsep(&rest, ",")))
		if (time_word(style, word))
			return -EINVAL;
	return 0;
}

/* As prof's other commands have it: with microseconds. */
static int set_time_form(void *opts, const char *value)
{
	((struct cli *)opts)->trace.style.time_digits = 6;
	return set_time(opts, value);
}

static int set_hex(void *opts, const char *value)
{
	struct cli *cli = opts;

	if (value && strcmp(value, "all") && strcmp(value, "non-ascii"))
		return refuse(-EINVAL, "--strings-in-hex takes all or non-ascii, not '%s'", value);
	cli->nr_hex = value && !strcmp(value, "non-ascii") ? 1 : 2;
	return 0;
}

/* NAME=VALUE, or NAME to take it away: of prof's environment, which the command gets. */
static int set_environment(void *opts, const char *value)
{
	scoped_free char *name = xstrndup(value, strcspn(value, "="));
	const char *equals = strchr(value, '=');

	(void)opts;
	if (!*name)
		return refuse(-EINVAL, "-E takes NAME=VALUE or NAME, not '%s'", value);
	if (equals)
		setenv(name, equals + 1, 1);
	else
		unsetenv(name);
	return 0;
}

/* ---- What is shown ---- */

/* The path as it was given, and what it leads to. */
static int add_path(void *opts, const char *value)
{
	struct cli *cli = opts;
	char *real = realpath(value, NULL);

	if (!*value)
		return refuse(-EINVAL, "-P needs a path");
	cli->has_calls = true;
	*vec_push(&cli->paths) = xstrdup(value);
	if (real && strcmp(real, value))
		*vec_push(&cli->paths) = real;
	else
		free(real);
	return 0;
}

#define QUALIFIER(function, parse)                                                                 \
	static int function(void *opts, const char *value)                                         \
	{                                                                                          \
		struct cli *cli = opts;                                                            \
                                                                                                   \
		cli->has_calls = true;                                                             \
		return parse(value, &cli->trace);                                                  \
	}

QUALIFIER(set_expression, qualifier_parse)
QUALIFIER(set_trace, trace_set_parse)
QUALIFIER(set_signals, signals_parse)
QUALIFIER(set_statuses, statuses_parse)

static int set_quiet(void *opts, const char *value)
{
	return quiet_parse(value ? value : "attach,personality", &((struct cli *)opts)->trace);
}

static int set_fd_detail(void *opts, const char *value)
{
	return fd_detail_parse(value ? value : "path", &((struct cli *)opts)->trace);
}

/* ---- The table ---- */

static int set_sort(void *opts, const char *value)
{
	return summary_sort_parse(value, &((struct cli *)opts)->trace.table);
}

static int set_table_columns(void *opts, const char *value)
{
	return summary_columns_parse(value, &((struct cli *)opts)->trace.table);
}

static int summary_only(void *opts, const char *value)
{
	struct cli *cli = opts;

	(void)value;
	cli->trace.summary = SUMMARY_ONLY;
	cli->has_calls = true;
	return 0;
}

static int summary_too(void *opts, const char *value)
{
	struct cli *cli = opts;

	(void)value;
	cli->trace.summary = SUMMARY_TOO;
	cli->has_calls = true;
	return 0;
}

/* Microseconds, if no unit is given. */
static int set_overhead(void *opts, const char *value)
{
	struct summary_options *table = &((struct cli *)opts)->trace.table;

	if (duration_parse(value, &table->overhead_ns))
		return -EINVAL;
	if (strspn(value, "0123456789.") == strlen(value))
		table->overhead_ns /= 1000000;
	return 0;
}

/* Times are always those of the wall. */
static int accept(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	return 0;
}

/* ---- What strace can do and prof does not ---- */

static int refuse_ip(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	refuse(-EINVAL, "prof trace does not show the instruction pointer");
	hint("-k shows the whole stack");
	return -EINVAL;
}

static int refuse_tampering(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	refuse(-EINVAL, "prof trace does not tamper with system calls");
	hint("strace -e inject= does");
	return -EINVAL;
}

static int watch_anomalies(void *opts, const char *value)
{
	(void)value;
	return watch_set_anomalies(&((struct cli *)opts)->trace.watch);
}

static int watch_extended(void *opts, const char *value)
{
	(void)value;
	return watch_set_extended(&((struct cli *)opts)->trace.watch);
}

static int watch_threshold(void *opts, const char *value)
{
	return watch_set_threshold(&((struct cli *)opts)->trace.watch, value);
}

static int watch_window(void *opts, const char *value)
{
	return watch_set_window(&((struct cli *)opts)->trace.watch, value);
}

static int watch_processor(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	return watch_note_processor();
}

static const struct option_row options[] = {
	{"event", 'e', "EXPR",
	 "which system calls and what of them: a set of calls, or trace=SET; signal=SET; "
	 "status=SET: successful, failed, unfinished, detached; quiet=SET; decode-fds=SET; "
	 "abbrev=none; raw=SET. SET is as strace's: names, classes (%file %desc %network %process "
	 "%memory %signal %ipc %creds %clock %pure %stat %statfs ...), /regex/, !SET for all but "
	 "these",
	 set_expression},
	{"follow", 'f', NULL,
	 "processes and threads that the command starts, too (of page faults alone always); -ff "
	 "with -o FILE: the lines of each in FILE.TID",
	 count_follow},
	{"output", 'o', "FILE", "write the lines to FILE, not to standard error", set_output},
	{"output-append-mode", 'A', NULL, "append to FILE, instead of keeping it as FILE.old",
	 set_append},
	{"string-limit", 's', "N", "up to N bytes of a string (32)", set_string_limit},
	{"trace-path", 'P', "PATH",
	 "only calls that are given this path, or a descriptor of it; may be repeated", add_path},
	{"no-abbrev", 'v', NULL, "show structs and environments whole", set_verbose},
	{"fds", 'y', NULL, "show the paths of descriptors; -yy: also addresses of sockets",
	 count_fds},
	{"hex", 'x', NULL, "strings that are not text in hexadecimal; -xx: all", count_hex},
	{"clock", 't', NULL,
	 "begin lines with the time of day; -tt: with microseconds; -ttt: seconds since 1970",
	 count_time},
	{"time", 0, "FORM", "the same: time, unix or none", set_time_form},
	{"since-last", 'r', NULL, "begin lines with the time since the one before", set_since_last},
	{"durations", 'T', NULL, "end lines with how long the call took, as the kernel measured",
	 set_durations},
	{"columns", 'a', "COLUMN", "align results to this column (40)", set_column},
	{"syscall-number", 'n', NULL, "show the numbers of system calls", set_numbers},
	{"successful-only", 'z', NULL, "only calls that returned without an error",
	 set_successful_only},
	{"failed-only", 'Z', NULL, "only calls that returned an error", set_failed_only},
	{"quieter", 'q', NULL,
	 "no lines about threads that are followed; -qq: and how they end; -qqq: none but calls "
	 "and signals",
	 count_quiet},
	{"stack-traces", 'k', NULL, "the stack below each line", set_stacks},
	{"max-stack", 0, "N", "up to N frames of it (0: none)", set_max_stack},
	{"source", 0, "[below]",
	 "behind each line where in the source the call was made: [file:line in function]; below: "
	 "in a line of its own",
	 set_source},
	{"max-events", 0, "N", "N calls or page faults, then the command runs on untraced",
	 set_max_events},
	{"summary-only", 'c', NULL, "no lines, but at the end a table of calls, errors and time",
	 summary_only},
	{"summary", 'C', NULL, "that table below the lines", summary_too},
	{"summary-sort-by", 'S', "COLUMN",
	 "sort it by time (the default), calls, errors, name, min-time, max-time, avg-time or "
	 "nothing",
	 set_sort},
	{"summary-columns", 'U', "COLUMNS",
	 "its columns, in this order: time-percent, total-time, min-time, max-time, avg-time, "
	 "calls, errors, name",
	 set_table_columns},
	{"short", 0, NULL, "instead of the table, lines like read: 150 calls", set_short},
	{"anomaly", 0, NULL, WATCH_ANOMALY_HELP, watch_anomalies},
	{"anomaly-threshold", 0, "SIGMA", WATCH_THRESHOLD_HELP, watch_threshold},
	{"anomaly-window-size", 0, "CALLS", WATCH_WINDOW_HELP, watch_window},
	{"stats-extended", 0, NULL, WATCH_EXTENDED_HELP, watch_extended},
	{"anomaly-realtime", 0, NULL, NULL, watch_anomalies},
	{"anomalies", 0, NULL, NULL, watch_anomalies},
	{"hpu-analysis", 0, NULL, NULL, watch_processor},
	{"hpu-cpu-only", 0, NULL, NULL, watch_processor},
	{"faults", 'F', "WHICH",
	 "page faults: all, min (without reading a disk) or maj; alone, unless -e says which calls",
	 set_faults},
	{"env", 'E', "NAME=VALUE", "in the command's environment; NAME alone: not in it",
	 set_environment},
	{"as-root", 0, NULL, "under sudo, run the command as root, not as the invoking user",
	 as_root},
	{"ring-size", 0, "SIZE", "buffer per CPU between kernel and prof (64K to 256M)",
	 set_ring_size},
	{"summary-wall-clock", 'w', NULL, NULL, accept},
	{"summary-syscall-overhead", 'O', "TIME", NULL, set_overhead},
	/* strace's long spellings. */
	{"follow-forks", 0, NULL, NULL, count_follow},
	{"strings", 0, "N", NULL, set_string_limit},
	{"output-separately", 0, NULL, NULL, set_separately},
	{"trace", 0, "SET", NULL, set_trace},
	{"signal", 0, "SET", NULL, set_signals},
	{"signals", 0, "SET", NULL, set_signals},
	{"status", 0, "SET", NULL, set_statuses},
	{"quiet", 0, "[SET]", NULL, set_quiet},
	{"silent", 0, "[SET]", NULL, set_quiet},
	{"silence", 0, "[SET]", NULL, set_quiet},
	{"decode-fds", 0, "[SET]", NULL, set_fd_detail},
	{"strings-in-hex", 0, "[WHICH]", NULL, set_hex},
	{"timestamps", 0, "[FORM]", NULL, set_time},
	{"absolute-timestamps", 0, "[FORM]", NULL, set_time},
	{"relative-timestamps", 0, "[PRECISION]", NULL, set_since_last_digits},
	{"syscall-times", 0, "[PRECISION]", NULL, set_duration_digits},
	{"stack-trace", 0, NULL, NULL, set_stacks},
	{"instruction-pointer", 'i', NULL, NULL, refuse_ip},
	{"inject", 0, "SET", NULL, refuse_tampering},
	{"fault", 0, "SET", NULL, refuse_tampering},
	{"attach", 'p', "PID,...",
	 "trace processes that run already (with -f all their threads), without ever stopping "
	 "them; may be repeated. Ctrl-C ends it and leaves them as they are",
	 set_pid},
	{"duration", 'd', "TIME", DURATION_HELP, set_limit},
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
static void apply_counts(struct cli *cli)
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
static int settle(struct cli *cli)
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
	if (trace->append && !trace->output)
		return usage_error(&trace_command, "-A needs -o FILE to append to");
	return 0;
}

static int run(int argc, char **argv)
{
	struct cli cli = {
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

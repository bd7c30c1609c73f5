// SPDX-License-Identifier: MIT
#include "cmd/trace_options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/number.h"
#include "cmd/attach_option.h"
#include "cmd/watch_option.h"
#include "event.h"
#include "trace/qualifiers.h"

#define MAX_STRING_BYTES 32768 /* that are read of one */
#define MAX_COLUMN       1000

int trace_set_output(void *opts, const char *value)
{
	struct trace_cli *cli = opts;

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

int trace_set_faults(void *opts, const char *value)
{
	static const struct {
		const char *name;
		uint32_t kinds;
	} choices[] = {
		{"all", 1 << WIRE_MINOR | 1 << WIRE_MAJOR | 1 << WIRE_FAILED},
		{"min", 1 << WIRE_MINOR},
		{"maj", 1 << WIRE_MAJOR},
	};
	struct trace_options *options = &((struct trace_cli *)opts)->trace;

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		if (!strcmp(choices[i].name, value)) {
			options->fault_kinds |= choices[i].kinds;
			return 0;
		}
	}
	refuse(-EINVAL, "-F takes all, min or maj, not '%s'", value);
	return -EINVAL;
}

int trace_set_max_events(void *opts, const char *value)
{
	struct trace_options *options = &((struct trace_cli *)opts)->trace;

	if (count_parse(value, &options->max_events))
		return -EINVAL;
	if (!options->max_events)
		return refuse(-EINVAL, "--max-events takes 1 or more");
	return 0;
}

int trace_as_root(void *opts, const char *value)
{
	(void)value;
	((struct trace_cli *)opts)->trace.as_root = true;
	return 0;
}

#define MIN_RING_BYTES (64ULL << 10)
#define MAX_RING_BYTES (256ULL << 20)

int trace_set_ring_size(void *opts, const char *value)
{
	struct trace_options *options = &((struct trace_cli *)opts)->trace;

	if (size_parse(value, &options->ring_bytes))
		return -EINVAL;
	if (options->ring_bytes < MIN_RING_BYTES || options->ring_bytes > MAX_RING_BYTES)
		return refuse(-EINVAL, "--ring-size takes 64K to 256M, not '%s'", value);
	return 0;
}

int trace_set_pid(void *opts, const char *value)
{
	return pids_parse(value, &((struct trace_cli *)opts)->trace.targets);
}

int trace_set_deep(void *opts, const char *value)
{
	struct trace_options *options = &((struct trace_cli *)opts)->trace;

	options->is_deep = true;
	return syscall_set_parse(value, &options->deep);
}

int trace_by_filter(void *opts, const char *value)
{
	struct trace_options *options = &((struct trace_cli *)opts)->trace;

	(void)value;
	options->by_ptrace = options->filtered = true;
	return 0;
}

int trace_by_ptrace(void *opts, const char *value)
{
	(void)value;
	((struct trace_cli *)opts)->trace.by_ptrace = true;
	return 0;
}

int trace_set_limit(void *opts, const char *value)
{
	return limit_parse(value, &((struct trace_cli *)opts)->trace.limit_ns);
}

/* ---- What strace's letters count ---- */

#define COUNTER(function, counter)                                                                 \
	int function(void *opts, const char *value)                                                \
	{                                                                                          \
		(void)value;                                                                       \
		((struct trace_cli *)opts)->counter++;                                             \
		return 0;                                                                          \
	}

#define SWITCH(function, member)                                                                   \
	int function(void *opts, const char *value)                                                \
	{                                                                                          \
		(void)value;                                                                       \
		((struct trace_cli *)opts)->member = true;                                         \
		return 0;                                                                          \
	}

COUNTER(trace_count_follow, nr_follow)
COUNTER(trace_count_hex, nr_hex)
COUNTER(trace_count_fds, nr_fds)
COUNTER(trace_count_quiet, nr_quiet)
COUNTER(trace_count_time, nr_time)
SWITCH(trace_set_separately, trace.separately)
SWITCH(trace_set_append, trace.append)
SWITCH(trace_set_verbose, trace.style.verbose)
SWITCH(trace_set_since_last, trace.style.since_last)
SWITCH(trace_set_durations, trace.style.durations)
SWITCH(trace_set_numbers, trace.style.numbers)
SWITCH(trace_set_successful_only, successful_only)
SWITCH(trace_set_failed_only, failed_only)
SWITCH(trace_set_short, trace.table.is_short)

/* ---- Values ---- */

static int number_set(const char *option, const char *value, uint64_t most, uint64_t *out)
{
	if (count_parse(value, out))
		return -EINVAL;
	if (*out > most)
		return refuse(-EINVAL, "%s takes 0 to %" PRIu64 ", not %s", option, most, value);
	return 0;
}

int trace_set_column(void *opts, const char *value)
{
	struct trace_cli *cli = opts;
	uint64_t column;

	if (number_set("-a", value, MAX_COLUMN, &column))
		return -EINVAL;
	cli->trace.style.result_column = (unsigned int)column;
	return 0;
}

int trace_set_string_limit(void *opts, const char *value)
{
	struct trace_cli *cli = opts;
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

int trace_set_max_stack(void *opts, const char *value)
{
	struct trace_cli *cli = opts;
	uint64_t count;

	if (number_set("--max-stack", value, MAX_FRAMES, &count))
		return -EINVAL;
	cli->trace.max_frames = (uint32_t)count;
	return 0;
}

int trace_set_stacks(void *opts, const char *value)
{
	struct trace_cli *cli = opts;

	(void)value;
	cli->trace.stack_form = STACK_STRACE;
	if (!cli->trace.max_frames)
		cli->trace.max_frames = MAX_FRAMES;
	return 0;
}

int trace_set_source(void *opts, const char *value)
{
	struct trace_cli *cli = opts;

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

int trace_set_since_last_digits(void *opts, const char *value)
{
	struct line_style *style = &((struct trace_cli *)opts)->trace.style;

	style->since_last = true;
	return value ? digits_parse(value, &style->since_last_digits) : 0;
}

int trace_set_duration_digits(void *opts, const char *value)
{
	struct line_style *style = &((struct trace_cli *)opts)->trace.style;

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
int trace_set_time(void *opts, const char *value)
{
	struct line_style *style = &((struct trace_cli *)opts)->trace.style;
	scoped_free char *words = xstrdup(value ? value : "time");
	char *rest = words, *word;

	style->time = TIME_OF_DAY;
	while ((word = strsep(&rest, ",")))
		if (time_word(style, word))
			return -EINVAL;
	return 0;
}

/* As prof's other commands have it: with microseconds. */
int trace_set_time_form(void *opts, const char *value)
{
	((struct trace_cli *)opts)->trace.style.time_digits = 6;
	return trace_set_time(opts, value);
}

int trace_set_hex(void *opts, const char *value)
{
	struct trace_cli *cli = opts;

	if (value && strcmp(value, "all") && strcmp(value, "non-ascii"))
		return refuse(-EINVAL, "--strings-in-hex takes all or non-ascii, not '%s'", value);
	cli->nr_hex = value && !strcmp(value, "non-ascii") ? 1 : 2;
	return 0;
}

/* NAME=VALUE, or NAME to take it away: of prof's environment, which the command gets. */
int trace_set_environment(void *opts, const char *value)
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
int trace_add_path(void *opts, const char *value)
{
	struct trace_cli *cli = opts;
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
	int function(void *opts, const char *value)                                                \
	{                                                                                          \
		struct trace_cli *cli = opts;                                                      \
                                                                                                   \
		cli->has_calls = true;                                                             \
		return parse(value, &cli->trace);                                                  \
	}

QUALIFIER(trace_set_expression, qualifier_parse)
QUALIFIER(trace_set_trace, trace_set_parse)
QUALIFIER(trace_set_signals, signals_parse)
QUALIFIER(trace_set_statuses, statuses_parse)

int trace_set_quiet(void *opts, const char *value)
{
	return quiet_parse(value ? value : "attach,personality",
			   &((struct trace_cli *)opts)->trace);
}

int trace_set_fd_detail(void *opts, const char *value)
{
	return fd_detail_parse(value ? value : "path", &((struct trace_cli *)opts)->trace);
}

/* ---- The table ---- */

int trace_set_sort(void *opts, const char *value)
{
	return summary_sort_parse(value, &((struct trace_cli *)opts)->trace.table);
}

int trace_set_table_columns(void *opts, const char *value)
{
	return summary_columns_parse(value, &((struct trace_cli *)opts)->trace.table);
}

int trace_summary_only(void *opts, const char *value)
{
	struct trace_cli *cli = opts;

	(void)value;
	cli->trace.summary = SUMMARY_ONLY;
	cli->has_calls = true;
	return 0;
}

int trace_summary_too(void *opts, const char *value)
{
	struct trace_cli *cli = opts;

	(void)value;
	cli->trace.summary = SUMMARY_TOO;
	cli->has_calls = true;
	return 0;
}

/* Microseconds, if no unit is given. */
int trace_set_overhead(void *opts, const char *value)
{
	struct summary_options *table = &((struct trace_cli *)opts)->trace.table;

	if (duration_parse(value, &table->overhead_ns))
		return -EINVAL;
	if (strspn(value, "0123456789.") == strlen(value))
		table->overhead_ns /= 1000000;
	return 0;
}

/* Times are always those of the wall. */
int trace_accept(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	return 0;
}

/* ---- What strace can do and prof does not ---- */

int trace_refuse_ip(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	refuse(-EINVAL, "prof trace does not show the instruction pointer");
	hint("-k shows the whole stack");
	return -EINVAL;
}

int trace_refuse_tampering(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	refuse(-EINVAL, "prof trace does not tamper with system calls");
	hint("strace -e inject= does");
	return -EINVAL;
}

int trace_watch_anomalies(void *opts, const char *value)
{
	(void)value;
	return watch_set_anomalies(&((struct trace_cli *)opts)->trace.watch);
}

int trace_watch_extended(void *opts, const char *value)
{
	(void)value;
	return watch_set_extended(&((struct trace_cli *)opts)->trace.watch);
}

int trace_watch_threshold(void *opts, const char *value)
{
	return watch_set_threshold(&((struct trace_cli *)opts)->trace.watch, value);
}

int trace_watch_window(void *opts, const char *value)
{
	return watch_set_window(&((struct trace_cli *)opts)->trace.watch, value);
}

int trace_watch_analysis(void *opts, const char *value)
{
	(void)value;
	return watch_set_analysis(&((struct trace_cli *)opts)->trace.watch);
}

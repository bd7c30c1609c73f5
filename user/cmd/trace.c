// SPDX-License-Identifier: MIT
/* `prof trace`: the options; trace/trace.h does the work. */
#include "trace/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "cli/number.h"
#include "cmd/commands.h"
#include "event.h"

static int set_output(void *opts, const char *value)
{
	struct trace_options *options = opts;

	if (*value && strcmp(value, "-")) {
		options->output = value;
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
	struct trace_options *options = opts;

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		if (!strcmp(choices[i].name, value)) {
			options->fault_kinds |= choices[i].kinds;
			return 0;
		}
	}
	refuse(-EINVAL, "-F takes all, min or maj, not '%s'", value);
	return -EINVAL;
}

static int set_max_stack(void *opts, const char *value)
{
	struct trace_options *options = opts;
	uint64_t count;

	if (count_parse(value, &count))
		return -EINVAL;
	if (count > MAX_FRAMES)
		return refuse(-EINVAL, "--max-stack takes 0 to %d frames, not %s", MAX_FRAMES,
			      value);
	options->max_frames = count;
	return 0;
}

static int set_max_events(void *opts, const char *value)
{
	struct trace_options *options = opts;

	if (count_parse(value, &options->max_events))
		return -EINVAL;
	if (!options->max_events)
		return refuse(-EINVAL, "--max-events takes 1 or more");
	return 0;
}

static int as_root(void *opts, const char *value)
{
	(void)value;
	((struct trace_options *)opts)->as_root = true;
	return 0;
}

#define MIN_RING_BYTES (64ULL << 10)
#define MAX_RING_BYTES (256ULL << 20)

static int set_ring_size(void *opts, const char *value)
{
	struct trace_options *options = opts;

	if (size_parse(value, &options->ring_bytes))
		return -EINVAL;
	if (options->ring_bytes < MIN_RING_BYTES || options->ring_bytes > MAX_RING_BYTES)
		return refuse(-EINVAL, "--ring-size takes 64K to 256M, not '%s'", value);
	return 0;
}

static int follow_forks(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	return 0;
}

static int no_syscalls(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	refuse(-EINVAL, "prof trace does not show system calls yet, only page faults (-F)");
	hint("prof record -e trace=SET records them, and prof script lists them");
	return -EINVAL;
}

static int no_attach(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	refuse(-EINVAL, "prof trace cannot attach to a process yet");
	hint("give it the command to run: prof trace -F all -- COMMAND");
	return -EINVAL;
}

static const struct option_row options[] = {
	{"faults", 'F', "WHICH", "page faults: all, min (without reading a disk) or maj",
	 set_faults},
	{"max-stack", 0, "N", "up to N frames of the stack below each line (0: none)",
	 set_max_stack},
	{"max-events", 0, "N", "N lines, then the command runs on untraced", set_max_events},
	{"output", 'o', "FILE", "write the lines to FILE, not to standard error", set_output},
	{"follow-forks", 'f', NULL, "accepted as strace's: children are always followed",
	 follow_forks},
	{"as-root", 0, NULL, "under sudo, run the command as root, not as the invoking user",
	 as_root},
	{"ring-size", 0, "SIZE", "buffer per CPU between kernel and prof (64K to 256M)",
	 set_ring_size},
	{"event", 'e', "SET", NULL, no_syscalls},
	{"summary-only", 'c', NULL, NULL, no_syscalls},
	{"attach", 'p', "PID", NULL, no_attach},
	{0},
};

static const char *const examples[] = {
	"prof trace -F all ./app --its-options",
	"prof trace -F maj -o faults.txt -- make -j8",
	"prof trace -F min --max-stack 7 --max-events 100 ./app",
	NULL,
};

static int run(int argc, char **argv)
{
	struct trace_options trace = {0};
	int first = options_parse(&trace_command, argc, argv, &trace);

	if (first < 0)
		return options_exit_status(first);
	if (first == argc)
		return usage_error(&trace_command, "no command to trace");
	if (!trace.fault_kinds)
		return usage_error(&trace_command,
				   "say which page faults to show: -F all, -F min or -F maj");
	return trace_run(&trace, argv + first);
}

const struct command trace_command = {
	.name = "trace",
	.summary = "run a command and show its page faults as they happen",
	.synopsis = "-F all|min|maj [--max-stack N] [--max-events N] [-o FILE] [--] COMMAND [ARGS]",
	.description =
		"Runs COMMAND and prints one line per page fault of it and of all processes and "
		"threads that it starts, in order of time: TIME NAME/TID KIND MODE ACCESS "
		"[ADDRESS] -> MAPPING+OFFSET SERVICE_TIME. TIME is when the fault was over, in "
		"seconds since the start. KIND is minor, major or failed (with -F all), MODE user "
		"or kernel, ACCESS read, write or fetch; MAPPING is a file, [heap], [stack], "
		"[vdso], anon, or ? where the kernel did not say, and the offset is into the file "
		"or the mapping. Lines go to standard error, or to FILE, whose earlier version is "
		"kept as FILE.old; never into the command's output. They come about 20 ms late. "
		"What could not be printed in time is counted where it is missing: --- lost N "
		"events ---. When nobody reads the lines any more, or after --max-events, the "
		"command runs on untraced. Exit status and signals are as with prof record.",
	.examples = examples,
	.options = options,
	.run = run,
};

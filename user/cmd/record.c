// SPDX-License-Identifier: MIT
/* `prof record`: the options; record/record.h does the work. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/number.h"
#include "cmd/attach_option.h"
#include "cmd/commands.h"
#include "record/record.h"
#include "record/trial_run.h"

struct cli {
	struct record_options record;
	bool any_event;             /* -e was given: what it does not name is not recorded */
	bool any_stacks, no_stacks; /* -g and --no-stacks were given */
	uint64_t times;             /* to be repeated; 0: it was not asked for */
};

static int set_output(void *opts, const char *value)
{
	struct cli *cli = opts;

	if (!*value)
		return refuse(-EINVAL, "-o needs the name of a file");
	if (!strcmp(value, "-"))
		return refuse(-EINVAL, "a recording cannot be written to a pipe: -o takes a file");
	cli->record.output = value;
	return 0;
}

static int choose_syscalls(struct cli *cli, const char *spec)
{
	struct syscall_set set;

	if (syscall_set_parse(spec, &set))
		return -EINVAL;
	for (size_t i = 0; i < NR_SYSCALLS / 64; i++)
		cli->record.syscall_set.bits[i] |= set.bits[i];
	cli->record.syscalls = true;
	cli->record.chosen_syscalls = true;
	cli->record.trace = spec;
	return 0;
}

static int choose_event(struct cli *cli, const char *name)
{
	static const char *const events[] = {"faults", "syscalls", "alloc",
					     "malloc", "trace=",   NULL};

	if (!strcmp(name, "faults")) {
		cli->record.faults = true;
		return 0;
	}
	if (!strcmp(name, "syscalls")) {
		cli->record.syscalls = true;
		return 0;
	}
	if (!strcmp(name, "malloc")) {
		cli->record.allocs = true;
		return 0;
	}
	if (!strcmp(name, "alloc"))
		return choose_syscalls(cli, "%memory");
	refuse(-EINVAL, "unknown event '%s'", name);
	hint_nearest(name, events,
		     "events are faults, syscalls, alloc, malloc and trace=SET, as in -e "
		     "trace=openat,read");
	return -EINVAL;
}

/* A set of system calls has commas of its own, so trace= takes the rest of the word. */
static int add_events(void *opts, const char *value)
{
	struct cli *cli = opts;
	scoped_free char *words = xstrdup(value);
	char *rest = words, *word;

	cli->any_event = true;
	while (rest) {
		if (!strncmp(rest, "trace=", 6))
			return choose_syscalls(cli, value + (rest - words) + 6);
		word = strsep(&rest, ",");
		if (choose_event(cli, word))
			return -EINVAL;
	}
	return 0;
}

static int choose_stacks(void *opts, const char *value)
{
	struct cli *cli = opts;

	cli->any_stacks = true;
	if (!value) {
		cli->record.stacks = STACKS_ALL;
		return 0;
	}
	for (int choice = STACKS_MEMORY; choice < NR_STACK_CHOICES; choice++) {
		if (!strcmp(value, stack_choice_names[choice])) {
			cli->record.stacks = (enum stack_choice)choice;
			return 0;
		}
	}
	refuse(-EINVAL, "there are no stacks of '%s'", value);
	hint("choose all (the default), faults or memory");
	return -EINVAL;
}

/* perf's words say how to walk; here the files' unwinding tables are always the way. */
static int choose_call_graph(void *opts, const char *value)
{
	size_t size = strcspn(value, ","); /* dwarf,8192 */

	for (const char *const *way = (const char *const[]){"fp", "dwarf", "lbr", NULL}; *way;
	     way++)
		if (strlen(*way) == size && !strncmp(value, *way, size))
			return choose_stacks(opts, NULL);
	return choose_stacks(opts, value);
}

static int no_stacks(void *opts, const char *value)
{
	struct cli *cli = opts;

	(void)value;
	cli->no_stacks = true;
	return 0;
}

static int kernel_stacks(void *opts, const char *value)
{
	struct cli *cli = opts;

	(void)value;
	cli->record.kernel_stacks = true;
	return 0;
}

static int no_symbols(void *opts, const char *value)
{
	struct cli *cli = opts;

	(void)value;
	cli->record.symbols = false;
	return 0;
}

static int no_args(void *opts, const char *value)
{
	struct cli *cli = opts;

	(void)value;
	cli->record.arguments = false;
	return 0;
}

#define MAX_STRING_BYTES 32000

static int set_strings(void *opts, const char *value)
{
	struct cli *cli = opts;
	uint64_t bytes;

	if (size_parse(value, &bytes))
		return -EINVAL;
	if (bytes > MAX_STRING_BYTES)
		return refuse(-EINVAL, "-s takes up to %d bytes, not '%s'", MAX_STRING_BYTES,
			      value);
	cli->record.string_bytes = (uint32_t)bytes;
	return 0;
}

static int as_root(void *opts, const char *value)
{
	struct cli *cli = opts;

	(void)value;
	cli->record.as_root = true;
	return 0;
}

static int quiet(void *opts, const char *value)
{
	struct cli *cli = opts;

	(void)value;
	cli->record.quiet = true;
	return 0;
}

#define MOST_TIMES 1000

static int set_repeat(void *opts, const char *value)
{
	struct cli *cli = opts;

	if (count_parse(value, &cli->times))
		return -EINVAL;
	if (!cli->times || cli->times > MOST_TIMES)
		return refuse(-EINVAL, "--repeat takes 1 to %d, not '%s'", MOST_TIMES, value);
	return 0;
}

#define MIN_RING_BYTES (64ULL << 10)
#define MAX_RING_BYTES (256ULL << 20)

static int set_ring_size(void *opts, const char *value)
{
	struct cli *cli = opts;

	if (size_parse(value, &cli->record.ring_bytes))
		return -EINVAL;
	if (cli->record.ring_bytes < MIN_RING_BYTES || cli->record.ring_bytes > MAX_RING_BYTES)
		return refuse(-EINVAL, "--ring-size takes 64K to 256M, not '%s'", value);
	return 0;
}

static int set_pid(void *opts, const char *value)
{
	return pids_parse(value, &((struct cli *)opts)->record.targets);
}

static int by_ptrace(void *opts, const char *value)
{
	struct cli *cli = opts;

	(void)value;
	cli->record.by_ptrace = true;
	return 0;
}

static int set_deep(void *opts, const char *value)
{
	struct cli *cli = opts;

	cli->record.deep = value;
	return syscall_set_parse(value, &cli->record.deep_set);
}

static int set_limit(void *opts, const char *value)
{
	return limit_parse(value, &((struct cli *)opts)->record.limit_ns);
}

static const struct option_row options[] = {
	{"pid", 'p', "PID,...", PID_HELP, set_pid},
	{"duration", 'd', "TIME", DURATION_HELP, set_limit},
	{"output", 'o', "FILE", "write the recording to FILE (prof.data)", set_output},
	{"event", 'e', "WHAT",
	 "record only WHAT: faults, syscalls, alloc, malloc, or trace=SET; may be repeated. SET is "
	 "as "
	 "strace's: names, %file %desc %network %process %memory %signal %ipc, /regex/, !SET for "
	 "all but these. alloc is trace=%memory, for the growth by caller of prof explain. "
	 "malloc is every block of malloc, free and their like, by probes on the functions of the "
	 "allocators that COMMAND maps: that takes some microseconds a block, and while it lasts "
	 "other processes that map the same files meet the probes, too. With "
	 "faults, those of %memory are always recorded, but not shown as chosen",
	 add_events},
	{"stacks", 'g', "[all|faults|memory]",
	 "which events carry their call stacks: all (the default) faults and system calls; faults "
	 "and "
	 "the system calls that manage memory; or those calls alone. --call-graph=dwarf and the "
	 "like "
	 "are understood as all",
	 choose_stacks},
	{"call-graph", 0, "HOW", NULL, choose_call_graph},
	{"kernel-stacks", 0, NULL,
	 "go on into the kernel with the stacks of system calls and of faults in kernel mode",
	 kernel_stacks},
	{"no-stacks", 0, NULL, "record no call stacks", no_stacks},
	{"strings", 's', "N",
	 "of each string and buffer that system calls are given or fill in, keep N bytes (32); "
	 "paths are kept whole",
	 set_strings},
	{"no-args", 0, NULL,
	 "keep only the registers of system calls, nothing of the memory behind them: no paths, no "
	 "strings, no structs",
	 no_args},
	{"deep", 0, "SET",
	 "stop COMMAND at these system calls, and read all that they are given, at any depth; "
	 "durations stay the kernel's, but each such call takes some 15 us longer",
	 set_deep},
	{"ptrace", 0, NULL,
	 "record system calls by ptrace alone, as is done without the privileges for BPF programs: "
	 "each call is stopped, and times include that",
	 by_ptrace},
	{"no-symbols", 0, NULL, "do not look up function names", no_symbols},
	{"as-root", 0, NULL, "under sudo, run the command as root, not as the invoking user",
	 as_root},
	{"ring-size", 0, "SIZE", "buffer per CPU between kernel and recorder (64K to 256M)",
	 set_ring_size},
	{"repeat", 0, "N",
	 "run the command N times, into FILE.1 to FILE.N: for 'prof diff', which takes FILE for "
	 "all "
	 "of them",
	 set_repeat},
	{"quiet", 'q', NULL, "do not sum up at the end", quiet},
	{"all-cpus", 'a', NULL, NULL, refuse_all_processes},
	{0},
};

static const char *const examples[] = {
	"prof record ./app --its-options",
	"prof record -e faults -o app.data ./app",
	"prof record -e trace=%file,%memory -- make -j8",
	"prof record -g faults ./server",
	"prof record -e faults,malloc ./app",
	"prof record -p 1234 -d 10s",
	"prof record --no-stacks -e trace='!futex,/^clock_/' ./server",
	NULL,
};

/* The exit status of wrong usage; 0: the options go together. */
static int check(const struct cli *cli, bool has_command)
{
	bool attaches = cli->record.targets.pids.size;

	if (!has_command && !attaches)
		return usage_error(&record_command, "no command to record");
	if (has_command && attaches)
		return usage_error(&record_command, "choose either a command or -p");
	if (attaches && cli->times)
		return usage_error(&record_command, "--repeat is for a command, not for -p");
	if (cli->no_stacks && (cli->any_stacks || cli->record.kernel_stacks))
		return usage_error(&record_command, "choose either --no-stacks or %s",
				   cli->any_stacks ? "-g" : "--kernel-stacks");
	if (attaches && cli->record.deep)
		return usage_error(&record_command,
				   "--deep stops a command that prof starts, not -p");
	if (cli->no_stacks && cli->record.allocs)
		return usage_error(&record_command, "-e malloc tells blocks by their stacks: it "
						    "cannot go without");
	return 0;
}

static int run(int argc, char **argv)
{
	int status;
	struct cli cli = {
		.record = {.output = "prof.data",
			   .stacks = STACKS_ALL,
			   .symbols = true,
			   .arguments = true,
			   .string_bytes = 32},
	};
	int first = options_parse(&record_command, argc, argv, &cli);

	if (first < 0)
		return options_exit_status(first);
	status = check(&cli, first < argc);
	if (status)
		goto out;
	if (cli.no_stacks)
		cli.record.stacks = STACKS_NONE;
	if (!cli.any_event)
		cli.record.faults = cli.record.syscalls = cli.record.usual_events = true;
	status = cli.times ? repeated_run(&cli.record, (unsigned int)cli.times, argv + first)
			   : record_run(&cli.record, argv + first);
out:
	vec_free(&cli.record.targets.pids);
	return status;
}

const struct command record_command = {
	.name = "record",
	.summary = "record system calls and page faults of a command or a process",
	.synopsis = "[-o FILE] [-e WHAT] { [--] COMMAND [ARGS] | -p PID }",
	.description =
		"Runs COMMAND and records every system call and every page fault of it and "
		"of all processes "
		"and threads that it starts, from its own execve to its end. An earlier "
		"FILE is kept as "
		"FILE.old. The exit status is the command's; 127 when it was not found, 126 "
		"when it could "
		"not be executed, 125 when prof failed before it ran, 1 when the command "
		"succeeded but the "
		"recording could not be written. The first Ctrl-C is for the command; a "
		"second one saves "
		"and leaves the command running, a third one leaves out the function names. With "
		"-p, processes that run already are recorded from now on; the first Ctrl-C, TERM, "
		"or their end saves, and the exit status is 0.",
	.examples = examples,
	.options = options,
	.run = run,
};

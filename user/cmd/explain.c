// SPDX-License-Identifier: MIT
/*
 * `prof explain`: what a program does with memory that costs page faults for nothing, and, with
 * --try, whether a remedy helps.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advice/remedy.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/nearest.h"
#include "cli/terminal.h"
#include "cmd/answer.h"
#include "cmd/commands.h"
#include "cmd/input.h"
#include "output/explain_output.h"
#include "record/trial_run.h"

#define EXIT_NO_HELP 3 /* the remedy was tried, and did not help */

struct explain_opts {
	const char *input, *output;
	bool json, all, no_pager, as_root;
	enum color_mode color;
	bool try_wanted;
	const struct remedy *remedy; /* to be tried */
	char **command;              /* that it is tried with */
};

/* ---- Options ---- */

static int set_input(void *opts, const char *value)
{
	((struct explain_opts *)opts)->input = value;
	return 0;
}

static int set_output(void *opts, const char *value)
{
	((struct explain_opts *)opts)->output = value;
	return 0;
}

static int set_json(void *opts, const char *value)
{
	(void)value;
	((struct explain_opts *)opts)->json = true;
	return 0;
}

static int set_all(void *opts, const char *value)
{
	(void)value;
	((struct explain_opts *)opts)->all = true;
	return 0;
}

static int set_no_pager(void *opts, const char *value)
{
	(void)value;
	((struct explain_opts *)opts)->no_pager = true;
	return 0;
}

static int set_as_root(void *opts, const char *value)
{
	(void)value;
	((struct explain_opts *)opts)->as_root = true;
	return 0;
}

static int set_color(void *opts, const char *value)
{
	return color_mode_parse(value, &((struct explain_opts *)opts)->color);
}

static int choose_remedy(struct explain_opts *opts, const char *name)
{
	VEC(const char *) names = {0};

	opts->remedy = remedy_find(name);
	if (opts->remedy)
		return 0;
	refuse(-EINVAL, "there is no remedy '%s'", name);
	for (const struct remedy *remedy = remedies; remedy->name; remedy++)
		*vec_push(&names) = remedy->name;
	vec_push(&names);
	hint_nearest(name, names.items, "prof explain --try lists them");
	vec_free(&names);
	return -EINVAL;
}

static int set_try(void *opts, const char *value)
{
	((struct explain_opts *)opts)->try_wanted = true;
	return value ? choose_remedy(opts, value) : 0;
}

static const struct option_row explain_options[] = {
	{"input", 'i', "FILE", "the recording to read (default: prof.data)", set_input},
	{"output", 'o', "FILE", "write the answer to a file", set_output},
	{"json", 0, NULL, "print one JSON object (prof.explain/1, with --try prof.try/1)",
	 set_json},
	{"try", 0, "[NAME]",
	 "record COMMAND without and with the remedy NAME, and compare: the run without is FILE "
	 "where -i names one; without NAME list what can be tried",
	 set_try},
	{"all", 0, NULL, "show all rows of the tables", set_all},
	{"as-root", 0, NULL, "under sudo, run COMMAND of --try as root, not as the invoking user",
	 set_as_root},
	{"no-pager", 0, NULL, "do not page the answer on a terminal", set_no_pager},
	{"color", 0, "WHEN", "use colors: auto, always or never", set_color},
	{0},
};

/* A word may be the remedy, then the command begins; else it is the file. */
static int take_operand(struct explain_opts *opts, char **words)
{
	if (opts->remedy) {
		opts->command = words;
		return 0;
	}
	if (opts->try_wanted)
		return choose_remedy(opts, *words) ? OPTIONS_USAGE : 0;
	if (opts->input) {
		usage_error(&explain_command, "one recording at a time, not also '%s'", *words);
		return OPTIONS_USAGE;
	}
	opts->input = *words;
	return 0;
}

static int parse(struct explain_opts *opts, int argc, char **argv)
{
	int operand = options_parse(&explain_command, argc, argv, opts);

	while (operand > 0 && operand < argc) {
		if (take_operand(opts, argv + operand))
			return OPTIONS_USAGE;
		if (opts->command)
			return operand;
		argc -= operand;
		argv += operand;
		operand = options_parse(&explain_command, argc, argv, opts);
	}
	if (operand >= 0 && opts->remedy) {
		usage_error(&explain_command, "no command to try '%s' with", opts->remedy->name);
		return OPTIONS_USAGE;
	}
	return operand;
}

/* ---- Explaining ---- */

static int print_explanation(const struct report *report, const struct explain_opts *opts)
{
	const struct report_style style = {
		.color = !opts->output && color_wanted(opts->color),
		.all = opts->all,
		.width = opts->output ? WIDTH_UNLIMITED : terminal_width(),
	};
	struct memory_tables tables;
	struct answer answer;
	int err = answer_open(&answer, opts->output, !opts->json && !opts->no_pager);

	if (err)
		return err;
	memory_tables_build(&report->advice, &tables);
	if (opts->json)
		explain_json(answer.out, report, &tables);
	else
		explain_text(answer.out, report, &tables, &style);
	memory_tables_fini(&tables);
	return answer_close(&answer);
}

static int explain(const struct explain_opts *opts)
{
	struct recording *recording;
	struct report *report;
	int err = input_open(opts->input, &recording);

	if (err)
		return EXIT_FAILURE;
	report = report_new(recording, 0);
	err = print_explanation(report, opts);
	report_free(report);
	recording_close(recording);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- Trying ---- */

/* One of the two runs. */
struct run {
	char *path; /* to be removed; NULL: a file of the user's */
	struct recording *recording;
	struct report *report;
};

static void run_close(struct run *run)
{
	report_free(run->report);
	recording_close(run->recording);
	if (run->path)
		unlink(run->path);
	free(run->path);
}

static int run_open(struct run *run, const char *path)
{
	if (recording_open(path, &run->recording))
		return EXIT_FAILURE;
	run->report = report_new(run->recording, 0);
	return 0;
}

static int run_record(struct run *run, const struct explain_opts *opts,
		      const struct trial_settings *settings)
{
	const struct record_options options = {
		.output = run->path,
		.faults = true,
		.syscalls = true,
		.stacks = STACKS_ALL,
		.symbols = true,
		.as_root = opts->as_root,
		.quiet = true,
	};
	int status = trial_run(&options, settings, opts->command);

	return status ? status : run_open(run, run->path);
}

/* Where the library is, or NULL, reported. The loader would only warn, and go on without. */
static char *preload_find(const struct remedy *remedy)
{
	static const char *const directories[] = {"/usr/lib/x86_64-linux-gnu",
						  "/usr/lib/aarch64-linux-gnu",
						  "/usr/local/lib",
						  "/usr/lib64",
						  "/usr/lib",
						  NULL};

	for (const char *const *directory = directories; *directory; directory++) {
		char *path = xasprintf("%s/%s", *directory, remedy->preload);

		if (!access(path, R_OK))
			return path;
		free(path);
	}
	refuse(-ENOENT, "'%s' needs %s, which is not on this host", remedy->name, remedy->preload);
	hint("Debian has it in the package %s", remedy->package);
	return NULL;
}

static int print_trial(const struct explain_opts *opts, const struct run runs[2])
{
	struct answer answer;
	struct trial trial;
	int err = answer_open(&answer, opts->output, false);

	if (err)
		return EXIT_FAILURE;
	trial_judge(opts->remedy, runs[0].report, runs[1].report, &trial);
	(opts->json ? trial_json : trial_text)(answer.out, &trial);
	err = answer_close(&answer);
	trial_fini(&trial);
	if (err)
		return EXIT_FAILURE;
	return trial.helped ? EXIT_SUCCESS : EXIT_NO_HELP;
}

static int try_in(const char *directory, const struct explain_opts *opts,
		  const struct trial_settings *settings)
{
	struct run runs[2] = {{.path = opts->input ? NULL : xasprintf("%s/before", directory)},
			      {.path = xasprintf("%s/after", directory)}};
	const struct trial_settings none = {0};
	int status =
		opts->input ? run_open(&runs[0], opts->input) : run_record(&runs[0], opts, &none);

	if (!status)
		status = run_record(&runs[1], opts, settings);
	if (!status)
		status = print_trial(opts, runs);
	run_close(&runs[0]);
	run_close(&runs[1]);
	return status;
}

static int try_remedy(const struct explain_opts *opts)
{
	const char *tmp = getenv("TMPDIR");
	scoped_free char *directory = xasprintf("%s/prof-try.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	scoped_free char *preload = NULL;
	struct trial_settings settings = {.settings = opts->remedy->settings};
	int status;

	if (opts->remedy->preload) {
		settings.preload = preload = preload_find(opts->remedy);
		if (!preload)
			return EXIT_FAILURE;
	}
	if (!mkdtemp(directory)) {
		fail(-errno, "cannot make a directory '%s'", directory);
		return EXIT_FAILURE;
	}
	status = try_in(directory, opts, &settings);
	rmdir(directory);
	return status;
}

static int list_remedies(void)
{
	for (const struct remedy *remedy = remedies; remedy->name; remedy++) {
		scoped_free char *settings = remedy_settings(remedy);

		printf("%-21s %s\n%-21s %s\n", remedy->name, remedy->summary, "", settings);
	}
	return stdout_flush() ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int explain_run(int argc, char **argv)
{
	struct explain_opts opts = {0};
	int result = parse(&opts, argc, argv);

	if (result < 0)
		return options_exit_status(result);
	if (opts.command)
		return try_remedy(&opts);
	return opts.try_wanted ? list_remedies() : explain(&opts);
}

static const char *const explain_examples[] = {
	"prof explain",
	"prof explain --json -i other.data | jq '.diagnoses[] | .id, .title'",
	"prof explain --try",
	"prof explain --try glibc-keep -- ./app --its-options",
	"prof explain --try glibc-keep -i prof.data -- ./app --its-options",
	NULL,
};

const struct command explain_command = {
	.name = "explain",
	.summary = "say what wastes memory, why, and whether a remedy helps",
	.synopsis = "[options] [FILE] | --try [NAME [-i FILE] -- COMMAND [ARGS]]",
	.description =
		"Looks in a recording for habits that cost page faults for nothing, and prints "
		"each with its evidence, what a change would save, and a remedy that holds in this "
		"case: for this allocator, block size and kind of thread. A habit is told when it "
		"costs 2,048 faults or more, and 5% of the system time or of the wall time; most "
		"programs have none. Two tables follow: the regions by who made them, and the "
		"growth of heaps and mapped blocks by caller, with what was kept to the end (what "
		"brk and mmap add), and, where -e malloc has recorded them, the allocation sites: "
		"blocks of malloc and its like by the code that asked for them, with how much of "
		"them was there at the peak, was kept to the end, how long they lived on average, "
		"and how much of them was never touched, at least (whole pages; with -e "
		"faults,malloc). With --try the "
		"command is run twice, without and with a remedy that is a setting of its "
		"environment; the exit status is 0 when it saved at least half of the page faults "
		"that were predicted (a tenth of all, where nothing was predicted), 3 when it did "
		"not help, 125 to 127 when the command could not be run.",
	.examples = explain_examples,
	.options = explain_options,
	.run = explain_run,
};

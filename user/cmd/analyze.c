// SPDX-License-Identifier: MIT
/* `prof analyze`: what the times of system calls mean, in words. */
#include <stdlib.h>

#include "cli/terminal.h"
#include "cmd/answer.h"
#include "cmd/commands.h"
#include "cmd/input.h"
#include "output/analysis_output.h"

struct analyze_opts {
	const char *input, *output;
	const struct analysis_output *form;
	bool no_pager;
	enum color_mode color;
};

static int set_input(void *opts, const char *value)
{
	((struct analyze_opts *)opts)->input = value;
	return 0;
}

static int set_output(void *opts, const char *value)
{
	((struct analyze_opts *)opts)->output = value;
	return 0;
}

static int set_json(void *opts, const char *value)
{
	(void)value;
	((struct analyze_opts *)opts)->form = &analysis_json;
	return 0;
}

static int set_no_pager(void *opts, const char *value)
{
	(void)value;
	((struct analyze_opts *)opts)->no_pager = true;
	return 0;
}

static int set_color(void *opts, const char *value)
{
	return color_mode_parse(value, &((struct analyze_opts *)opts)->color);
}

static const struct option_row analyze_options[] = {
	{"input", 'i', "FILE", "the recording to read (default: prof.data)", set_input},
	{"output", 'o', "FILE", "write the answer to a file", set_output},
	{"json", 0, NULL, "print one JSON object (prof.analyze/1)", set_json},
	{"no-pager", 0, NULL, "do not page the answer on a terminal", set_no_pager},
	{"color", 0, "WHEN", "use colors: auto, always or never", set_color},
	{0},
};

static int parse(struct analyze_opts *opts, int argc, char **argv)
{
	int operand = options_parse(&analyze_command, argc, argv, opts);

	if (operand < 0 || operand == argc)
		return operand;
	if (opts->input || operand + 1 < argc) {
		usage_error(&analyze_command, "one recording at a time, not also '%s'",
			    argv[argc - 1]);
		return OPTIONS_USAGE;
	}
	opts->input = argv[operand];
	return operand;
}

static int print_analysis(struct recording *recording, const struct analyze_opts *opts)
{
	const struct analysis_style style = {
		.color = !opts->output && color_wanted(opts->color),
		.width = opts->output ? WIDTH_UNLIMITED : terminal_width(),
		.input = opts->input,
	};
	struct answer answer;
	struct study study;
	int err;

	study_build(recording, &study);
	err = answer_open(&answer, opts->output, opts->form == &analysis_text && !opts->no_pager);
	if (!err) {
		opts->form->write(answer.out, &study, &style);
		err = answer_close(&answer);
	}
	study_fini(&study);
	return err;
}

static int analyze_run(int argc, char **argv)
{
	struct analyze_opts opts = {.form = &analysis_text};
	struct recording *recording;
	int result = parse(&opts, argc, argv), err;

	if (result < 0)
		return options_exit_status(result);
	err = input_open(opts.input, &recording);
	if (err)
		return EXIT_FAILURE;
	err = print_analysis(recording, &opts);
	recording_close(recording);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const char *const analyze_examples[] = {
	"prof analyze",
	"prof analyze --json | jq '.anomalies.worst[0]'",
	NULL,
};

const struct command analyze_command = {
	.name = "analyze",
	.summary = "explain the times of system calls",
	.synopsis = "[options] [FILE]",
	.description =
		"Reads a recording and tells, of the system calls that take the time, in how many "
		"modes their durations fall and what sets the calls of each mode and the slowest "
		"hundredth apart: where they were made, by which thread, on which descriptor, of "
		"which size, after which call. Then the calls that took longer than all that "
		"explains. What chance could do is not told; each statement names a call that prof "
		"script shows.",
	.examples = analyze_examples,
	.options = analyze_options,
	.run = analyze_run,
};

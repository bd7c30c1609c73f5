// SPDX-License-Identifier: MIT
/* `prof analyze`: what the times of system calls mean, in words. */
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/terminal.h"
#include "cmd/answer.h"
#include "cmd/commands.h"
#include "cmd/input.h"
#include "decode/syscalls.h"
#include "output/analysis_output.h"

struct analyze_opts {
	const char *input, *output;
	const struct analysis_output *form;
	uint32_t heat_key; /* whose latency over time is shown */
	bool heat_only, no_pager;
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

static int set_heatmap(void *opts, const char *value)
{
	struct analyze_opts *o = opts;
	int nr = value ? syscall_number(value) : 0;

	if (nr < 0) {
		refuse(-EINVAL, "there is no system call '%s'", value);
		hint("--heatmap alone shows all of them");
		return -EINVAL;
	}
	o->heat_only = true;
	o->heat_key = value ? (uint32_t)nr : HEAT_ALL_CALLS;
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
	{"heatmap", 0, "[SYSCALL]",
	 "only the latency of system calls over time; with -o FILE.svg or FILE.html as a picture",
	 set_heatmap},
	{"no-pager", 0, NULL, "do not page the answer on a terminal", set_no_pager},
	{"color", 0, "WHEN", "use colors: auto, always or never", set_color},
	{0},
};

static void write_heat(FILE *out, const struct analysis *a, const struct analyze_opts *opts,
		       const struct analysis_style *style)
{
	const struct page page = {out, a, style};

	if (path_ends_in(opts->output, ".svg"))
		heat_svg(out, a);
	else if (path_ends_in(opts->output, ".html"))
		heat_html(out, a);
	else
		heat_text(&page);
}

static int print_analysis(struct recording *recording, const struct analyze_opts *opts)
{
	const struct analysis_style style = {
		.color = !opts->output && color_wanted(opts->color),
		.width = opts->output ? WIDTH_UNLIMITED : terminal_width(),
		.input = opts->input,
	};
	struct analysis analysis;
	struct answer answer;
	int err;

	analysis_build(recording, opts->heat_only ? ANALYSIS_HEAT : ANALYSIS_ALL, opts->heat_key,
		       &analysis);
	err = answer_open(&answer, opts->output, opts->form == &analysis_text && !opts->no_pager);
	if (!err) {
		if (opts->heat_only && opts->form == &analysis_text)
			write_heat(answer.out, &analysis, opts, &style);
		else
			opts->form->write(answer.out, &analysis, &style);
		err = answer_close(&answer);
	}
	analysis_fini(&analysis);
	return err;
}

static int analyze_run(int argc, char **argv)
{
	struct analyze_opts opts = {.form = &analysis_text, .heat_key = HEAT_ALL_CALLS};
	struct recording *recording;
	int result = options_parse_with_input(&analyze_command, argc, argv, &opts, &opts.input);
	int err;

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
	"prof analyze --heatmap=read -o read.svg",
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
		"explains; when in the run something changed, which kinds of phases there were, "
		"what "
		"goes together; and a map of latency over time. What chance could do is not told; "
		"statements about calls name one that prof script shows.",
	.examples = analyze_examples,
	.options = analyze_options,
	.run = analyze_run,
};

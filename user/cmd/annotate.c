// SPDX-License-Identifier: MIT
/* `prof annotate`: the source of a function or file, with what happened at each of its lines. */
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/number.h"
#include "cli/terminal.h"
#include "cmd/answer.h"
#include "cmd/commands.h"
#include "cmd/input.h"
#include "output/annotate_output.h"

#define DEFAULT_CONTEXT 2
#define MAX_CONTEXT     1000000

struct annotate_opts {
	const char *word; /* the function or file */
	const char *input, *output;
	uint64_t context;
	bool json, no_pager;
	enum color_mode color;
};

static int set_input(void *opts, const char *value)
{
	((struct annotate_opts *)opts)->input = value;
	return 0;
}

static int set_output(void *opts, const char *value)
{
	((struct annotate_opts *)opts)->output = value;
	return 0;
}

static int set_json(void *opts, const char *value)
{
	(void)value;
	((struct annotate_opts *)opts)->json = true;
	return 0;
}

static int set_context(void *opts, const char *value)
{
	uint64_t *context = &((struct annotate_opts *)opts)->context;
	int err = count_parse(value, context);

	if (*context > MAX_CONTEXT)
		*context = MAX_CONTEXT;
	return err;
}

static int set_no_pager(void *opts, const char *value)
{
	(void)value;
	((struct annotate_opts *)opts)->no_pager = true;
	return 0;
}

static int set_color(void *opts, const char *value)
{
	return color_mode_parse(value, &((struct annotate_opts *)opts)->color);
}

static const struct option_row annotate_options[] = {
	{"input", 'i', "FILE", "the recording to read (default: prof.data)", set_input},
	{"output", 'o', "FILE", "write the answer to a file", set_output},
	{"json", 0, NULL, "print one JSON object (prof.annotate/1)", set_json},
	{"context", 'C', "LINES", "show so many lines around those with events (default: 2)",
	 set_context},
	{"no-pager", 0, NULL, "do not page the source on a terminal", set_no_pager},
	{"color", 0, "WHEN", "use colors: auto, always or never", set_color},
	{0},
};

static bool has_lines(const struct line_table *table)
{
	vec_each (&table->rows, row) {
		if (row->line)
			return true;
	}
	return false;
}

static int print_lines(const struct annotation *a, const struct annotate_opts *opts)
{
	struct answer answer;
	int err = answer_open(&answer, opts->output, !opts->json && !opts->no_pager);

	if (err)
		return err;
	(opts->json ? annotate_json : annotate_text)(answer.out, a);
	return answer_close(&answer);
}

static int annotate_target(struct recording *recording, const struct line_target *target,
			   const struct annotate_opts *opts)
{
	struct line_table table;
	const struct annotation annotation = {
		.recording = recording,
		.target = target,
		.table = &table,
		.color = !opts->output && color_wanted(opts->color),
		.width = opts->output ? WIDTH_UNLIMITED : terminal_width(),
		.context = (unsigned int)opts->context,
	};
	int err;

	line_table_build(recording, target, &table);
	if (has_lines(&table)) {
		err = print_lines(&annotation, opts);
	} else {
		err = refuse(-ENODATA, "no source line of '%s' is known", target->name);
		hint("record it with its debug information: compile with -g, or install that of "
		     "its package");
	}
	line_table_fini(&table);
	return err;
}

static int annotate(const struct annotate_opts *opts)
{
	struct recording *recording;
	struct line_target target;
	int err = input_open(opts->input, &recording);

	if (err)
		return err;
	err = line_target_find(recording, opts->word, &target);
	if (!err)
		err = annotate_target(recording, &target, opts);
	line_target_fini(&target);
	recording_close(recording);
	return err;
}

static int parse(struct annotate_opts *opts, int argc, char **argv)
{
	int operand = options_parse(&annotate_command, argc, argv, opts);

	while (operand > 0 && operand < argc) {
		if (opts->word) {
			usage_error(&annotate_command, "one function or file, not also '%s'",
				    argv[operand]);
			return OPTIONS_USAGE;
		}
		opts->word = argv[operand];
		argc -= operand;
		argv += operand;
		operand = options_parse(&annotate_command, argc, argv, opts);
	}
	if (operand >= 0 && !opts->word) {
		usage_error(&annotate_command, "which function or source file?");
		return OPTIONS_USAGE;
	}
	return operand;
}

static int annotate_run(int argc, char **argv)
{
	struct annotate_opts opts = {.context = DEFAULT_CONTEXT};
	int result = parse(&opts, argc, argv);

	if (result < 0)
		return options_exit_status(result);
	return annotate(&opts) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const char *const annotate_examples[] = {
	"prof annotate main",
	"prof annotate Parser::parse -i other.data",
	"prof annotate src/parser.c --context=5",
	NULL,
};

const struct command annotate_command = {
	.name = "annotate",
	.summary = "show source lines with their page faults and system calls",
	.synopsis = "[options] FUNC|FILE",
	.description =
		"Prints the source of a function, or of a file, with what happened at each line: "
		"the faults that the line took itself (self), those with the line on the stack "
		"(total) and their time, system calls with the line on the stack and theirs. "
		"Percentages are of all faults. A unique part of a name will do: a C++ function "
		"without its namespaces, a file without its directories. The source is read from "
		"where the compiler found it; where it is not, lines are shown by number.",
	.examples = annotate_examples,
	.options = annotate_options,
	.run = annotate_run,
};

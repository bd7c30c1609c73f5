// SPDX-License-Identifier: MIT
/*
 * `prof export`: a recording in a form that other tools read. The work is done by the subcommands
 * that know the form; this one knows which.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/vec.h"
#include "cmd/commands.h"

/* Names of forms, and the words of the command line that they stand for. */
static const struct form {
	const char *name;
	const struct command *command;
	const char *words[3];
} forms[] = {
	{"json", &script_command, {"script", "--format=renacer-json-v1"}},
	{"renacer-json-v1", &script_command, {"script", "--format=renacer-json-v1"}},
	{"ndjson", &script_command, {"script", "--format=json"}},
	{"csv", &script_command, {"script", "--format=csv"}},
	{"strace", &script_command, {"script", "--format=strace"}},
	{"perf", &script_command, {"script", "--format=perf"}},
	{"folded", &report_command, {"report", "--folded"}},
	{"speedscope", &report_command, {"report", "--speedscope"}},
};

struct export_opts {
	const struct form *form;
	VEC(char *) words; /* for the other subcommand */
};

static int set_format(void *opts, const char *value)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (!strcmp(value, forms[i].name)) {
			((struct export_opts *)opts)->form = &forms[i];
			return 0;
		}
	}
	refuse(-EINVAL, "there is no form '%s' to export to", value);
	hint("choose json, ndjson, csv, strace, perf, renacer-json-v1, folded or speedscope");
	return -EINVAL;
}

static void pass_on(void *opts, const char *option, const char *value)
{
	*vec_push(&((struct export_opts *)opts)->words) = xasprintf("--%s=%s", option, value);
}

static int set_input(void *opts, const char *value)
{
	pass_on(opts, "input", value);
	return 0;
}

static int set_output(void *opts, const char *value)
{
	pass_on(opts, "output", value);
	return 0;
}

static int set_args(void *opts, const char *value)
{
	pass_on(opts, "args", value);
	return 0;
}

static int set_filter(void *opts, const char *value)
{
	pass_on(opts, "filter", value);
	return 0;
}

static const struct option_row export_options[] = {
	{"format", 0, "FORM",
	 "json (default) or renacer-json-v1: one document of all system calls; ndjson, csv, "
	 "strace, "
	 "perf: as prof script has them; folded, speedscope: as prof report",
	 set_format},
	{"input", 'i', "FILE", "the recording to read (default: prof.data)", set_input},
	{"output", 'o', "FILE", "write it to a file", set_output},
	{"args", 0, "FORM", "how the document has arguments: typed (default), pairs or positional",
	 set_args},
	{"filter", 0, "CONDITION", "only events for which it holds, as with prof script",
	 set_filter},
	{0},
};

static int run_form(struct export_opts *opts, char **operands, int nr_operands)
{
	VEC(char *) argv = {0};
	int status;

	for (size_t i = 0; opts->form->words[i]; i++)
		*vec_push(&argv) = (char *)opts->form->words[i];
	vec_each (&opts->words, word)
		*vec_push(&argv) = *word;
	for (int i = 0; i < nr_operands; i++)
		*vec_push(&argv) = operands[i];
	vec_push(&argv);
	status = opts->form->command->run((int)argv.size - 1, argv.items);
	vec_free(&argv);
	return status;
}

static int export_run(int argc, char **argv)
{
	struct export_opts opts = {.form = &forms[0]};
	int first = options_parse(&export_command, argc, argv, &opts);
	int status;

	status = first < 0 ? options_exit_status(first)
			   : run_form(&opts, argv + first, argc - first);
	vec_each (&opts.words, word)
		free(*word);
	vec_free(&opts.words);
	return status;
}

static const char *const export_examples[] = {
	"prof export --format=json --args=typed -o app.json",
	"prof export --format=csv --filter 'name==openat' | head",
	"prof export --format=folded | flamegraph.pl > app.svg",
	NULL,
};

const struct command export_command = {
	.name = "export",
	.summary = "write a recording in a form for other tools",
	.synopsis = "[--format=FORM] [-o OUTPUT] [FILE]",
	.description =
		"Writes what a recording holds in a form that other tools read. Options of the "
		"subcommand that knows the form may follow the recording's name.",
	.examples = export_examples,
	.options = export_options,
	.run = export_run,
};

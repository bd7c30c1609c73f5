// SPDX-License-Identifier: MIT
/* `prof info`: what a file holds and whether all of it can be read. */
#include <stdlib.h>

#include "cmd/answer.h"
#include "cmd/commands.h"
#include "cmd/input.h"
#include "output/info_output.h"

struct info_opts {
	const char *input, *output;
	bool json, no_pager;
};

static int set_input(void *opts, const char *value)
{
	((struct info_opts *)opts)->input = value;
	return 0;
}

static int set_output(void *opts, const char *value)
{
	((struct info_opts *)opts)->output = value;
	return 0;
}

static int set_json(void *opts, const char *value)
{
	(void)value;
	((struct info_opts *)opts)->json = true;
	return 0;
}

static int set_no_pager(void *opts, const char *value)
{
	(void)value;
	((struct info_opts *)opts)->no_pager = true;
	return 0;
}

static const struct option_row info_options[] = {
	{"input", 'i', "FILE", "the recording to read (default: prof.data)", set_input},
	{"output", 'o', "FILE", "write the answer to a file", set_output},
	{"json", 0, NULL, "print one JSON object (prof.info/1)", set_json},
	{"no-pager", 0, NULL, "do not page the answer on a terminal", set_no_pager},
	{0},
};

static int print_info(const struct info *info, const struct info_opts *opts)
{
	struct answer answer;
	int err = answer_open(&answer, opts->output, !opts->json && !opts->no_pager);

	if (err)
		return err;
	(opts->json ? info_json : info_text)(answer.out, info);
	return answer_close(&answer);
}

/* Reads everything, so that damage shows. */
static int examine(const struct info_opts *opts)
{
	struct info info = {.path = opts->input ? opts->input : DEFAULT_INPUT};
	struct recording *recording;
	int err = input_open(opts->input, &recording);

	if (err)
		return EXIT_FAILURE;
	info.recording = recording;
	info.is_whole = !recording_verify(recording) && recording->integrity.complete &&
			!recording->integrity.damaged_chunks &&
			!recording->integrity.lost_tail_bytes;
	inventory_take(recording, &info.inventory);
	err = print_info(&info, opts);
	recording_close(recording);
	return err || !info.is_whole ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int info_run(int argc, char **argv)
{
	struct info_opts opts = {0};
	int result = options_parse_with_input(&info_command, argc, argv, &opts, &opts.input);

	return result < 0 ? options_exit_status(result) : examine(&opts);
}

static const char *const info_examples[] = {
	"prof info",
	"prof info --json old.data | jq .integrity",
	NULL,
};

const struct command info_command = {
	.name = "info",
	.summary = "describe a recording and check that it is whole",
	.synopsis = "[options] [FILE]",
	.description = "Prints what the file holds: sizes, compression, command, host, counters, "
		       "losses. All of it is read and checked; the exit status is 0 if the file "
		       "is complete and sound, and 1 if it is not.",
	.examples = info_examples,
	.options = info_options,
	.run = info_run,
};

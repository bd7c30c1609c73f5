// SPDX-License-Identifier: MIT
/* `prof merge`: several recordings become one, which everything else reads as any other. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/number.h"
#include "cmd/commands.h"
#include "recording/merge.h"

#define DEFAULT_OUTPUT "merged.data"

struct merge_opts {
	const char *output;
	bool quiet;
};

static int set_output(void *opts, const char *value)
{
	((struct merge_opts *)opts)->output = value;
	return 0;
}

static int set_quiet(void *opts, const char *value)
{
	(void)value;
	((struct merge_opts *)opts)->quiet = true;
	return 0;
}

static const struct option_row merge_options[] = {
	{"output", 'o', "FILE", "write the recording to FILE (default: " DEFAULT_OUTPUT ")",
	 set_output},
	{"quiet", 'q', NULL, "do not say what was written", set_quiet},
	{0},
};

static void tell_written(const struct merge_opts *opts, size_t nr)
{
	char size[NUMBER_SIZE];
	struct stat file;

	if (!opts->quiet && !stat(opts->output, &file))
		fprintf(stderr, "prof: wrote %s (%s) from %zu recordings\n", opts->output,
			size_format((uint64_t)file.st_size, size), nr);
}

/* Into a file beside it first, so that nothing is lost when it fails, and an input may be named. */
static int write_merged(struct recording *const *recordings, size_t nr, const char *output)
{
	scoped_free char *partial = xasprintf("%s.XXXXXX", output);
	int fd = mkostemp(partial, O_CLOEXEC), err;
	struct writer *w;

	if (fd < 0)
		return fail(-errno, "cannot write '%s'", output);
	fchmod(fd, 0644);
	err = writer_new(fd, output, &w);
	if (!err) {
		int finished;

		err = recordings_merge(recordings, nr, w);
		finished = writer_finish(w);
		err = err ? err : finished;
		writer_free(w);
	}
	if (!err && rename(partial, output))
		err = fail(-errno, "cannot write '%s'", output);
	if (err)
		unlink(partial);
	return err;
}

static int merge_files(const struct merge_opts *opts, char *const *paths, size_t nr)
{
	struct recording **recordings = xcalloc(nr, sizeof(struct recording *));
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++)
		err = recording_open(paths[i], &recordings[i]);
	if (!err)
		err = write_merged(recordings, nr, opts->output);
	if (!err)
		tell_written(opts, nr);
	for (size_t i = 0; i < nr; i++)
		recording_close(recordings[i]);
	free(recordings);
	return err;
}

static int merge_run(int argc, char **argv)
{
	struct merge_opts opts = {.output = DEFAULT_OUTPUT};
	int first = options_parse(&merge_command, argc, argv, &opts);

	if (first < 0)
		return options_exit_status(first);
	if (argc - first < 2)
		return usage_error(&merge_command,
				   "there is nothing to merge: name two files or more");
	return merge_files(&opts, argv + first, (size_t)(argc - first)) ? EXIT_FAILURE
									: EXIT_SUCCESS;
}

static const char *const merge_examples[] = {
	"prof merge -o all.data client.data server.data",
	"prof report -i all.data",
	NULL,
};

const struct command merge_command = {
	.name = "merge",
	.summary = "make one recording of several",
	.synopsis = "[-o FILE] FILE FILE...",
	.description =
		"Writes a recording that holds all tasks, events and names of the given ones. A "
		"merged recording can be merged again: how they were grouped makes no difference. "
		"Times become those of the calendar. The command line, host and settings are those "
		"of the first; counters add up, the exit status is that of the first command that "
		"failed.",
	.examples = merge_examples,
	.options = merge_options,
	.run = merge_run,
};

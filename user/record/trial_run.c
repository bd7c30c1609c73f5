// SPDX-License-Identifier: MIT
#include "record/trial_run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

#define EXIT_PROF_FAILED 125

static void set_variable(const char *setting)
{
	const char *equals = strchr(setting, '=');
	scoped_free char *name = xstrndup(setting, (size_t)(equals - setting));

	setenv(name, equals + 1, 1);
}

static void settings_apply(const struct trial_settings *settings)
{
	const char *others = getenv("LD_PRELOAD");

	if (settings->preload) {
		scoped_free char *all =
			xasprintf("%s%s%s", settings->preload, others && *others ? ":" : "",
				  others ? others : "");

		setenv("LD_PRELOAD", all, 1);
	}
	for (const char *const *setting = settings->settings; setting && *setting; setting++)
		set_variable(*setting);
}

/* Ctrl-C is for the command, and for the recorder, which knows what to do. */
static int wait_unharmed(pid_t recorder, int *out_status)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction interrupt, quit;
	pid_t got;

	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	do
		got = waitpid(recorder, out_status, 0);
	while (got < 0 && errno == EINTR);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	return got < 0 ? fail(-errno, "cannot wait for the recorder") : 0;
}

/* 0 or the exit status of a failure of prof itself; *out_status as wait(2) gives it. */
static int recorder_run(const struct record_options *options, const struct trial_settings *settings,
			char **argv, int *out_status)
{
	pid_t recorder = fork();

	if (!recorder) {
		settings_apply(settings);
		_exit(record_run(options, argv));
	}
	if (recorder < 0) {
		fail(-errno, "cannot start a recorder");
		return EXIT_PROF_FAILED;
	}
	return wait_unharmed(recorder, out_status) ? EXIT_PROF_FAILED : 0;
}

/* The recorder ends as the command did; what it could not run, it says by these. */
static bool could_not_run(const struct record_options *options, int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) >= EXIT_PROF_FAILED &&
	       WEXITSTATUS(status) <= 127 && access(options->output, F_OK);
}

int trial_run(const struct record_options *options, const struct trial_settings *settings,
	      char **argv)
{
	int status = 0, failure = recorder_run(options, settings, argv, &status);

	if (failure)
		return failure;
	return could_not_run(options, status) ? WEXITSTATUS(status) : 0;
}

static bool was_interrupted(int status)
{
	return (WIFSIGNALED(status) &&
		(WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM)) ||
	       (WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGINT);
}

int repeated_run(const struct record_options *options, unsigned int times, char **argv)
{
	const struct trial_settings none = {0};
	int status = 0, failure;

	for (unsigned int i = 1; i <= times; i++) {
		scoped_free char *output = xasprintf("%s.%u", options->output, i);
		struct record_options once = *options;

		once.output = output;
		failure = recorder_run(&once, &none, argv, &status);
		if (failure)
			return failure;
		if (could_not_run(&once, status))
			return WEXITSTATUS(status);
		if (was_interrupted(status))
			break;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

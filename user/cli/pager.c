// SPDX-License-Identifier: MIT
#include "cli/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

/* The user's choice, or NULL for none: an empty one and `cat` are known ways to say "no pager". */
static const char *pager_command(void)
{
	const char *command = getenv("PROF_PAGER");

	if (!command)
		command = getenv("PAGER");
	if (!command)
		command = "less";
	return *command && strcmp(command, "cat") ? command : NULL;
}

/* A plain word is executed by itself, so that its absence shows at once; the shell runs the rest.
 */
static int spawn_pager(const char *command, int input, pid_t *out)
{
	char *word[] = {(char *)command, NULL};
	char *line[] = {"sh", "-c", (char *)command, NULL};
	bool is_word = !strpbrk(command, " \t\n|&;<>()$`\\\"'*?[#~=%");
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t broken_pipe;
	int err;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	sigemptyset(&broken_pipe);
	sigaddset(&broken_pipe, SIGPIPE); /* which we ignore and it should not */
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &broken_pipe);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	setenv("LESS", "FRX", 0);
	err = posix_spawnp(out, is_word ? *word : *line, &actions, &attributes,
			   is_word ? word : line, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

/* Whether standard output is a pipe that nobody reads any more. */
static bool readers_are_gone(void)
{
	struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&output, 1, 0) == 1 && output.revents & POLLERR;
}

int stdout_flush(void)
{
	bool failed_before = ferror(stdout);
	int err = fflush(stdout) ? -errno : 0;

	/* The reason went with the write that failed: one more, to output that is spoilt anyway,
	 * asks for it. */
	if (failed_before && !err && write(STDOUT_FILENO, "\n", 1) < 0)
		err = -errno;
	clearerr(stdout);
	if (err == -EPIPE || ((err || failed_before) && readers_are_gone()))
		return 0;
	if (err)
		return fail(err, "cannot write to standard output");
	return failed_before ? refuse(-EIO, "standard output did not take everything") : 0;
}

void pager_start(struct pager *p, bool wanted)
{
	const char *command = pager_command();
	scoped_fd int reader = -1, writer = -1;
	int ends[2], err;

	*p = (struct pager){.saved_stdout = -1};
	signal(SIGPIPE, SIG_IGN);
	if (!wanted || !command || !isatty(STDOUT_FILENO) || pipe2(ends, O_CLOEXEC))
		return;
	reader = ends[0];
	writer = ends[1];
	err = spawn_pager(command, reader, &p->pid);
	if (err) {
		p->pid = 0;
		if (getenv("PROF_PAGER") || getenv("PAGER"))
			note("no pager: cannot run '%s': %s", command, strerror(-err));
		return;
	}
	fflush(stdout);
	p->saved_int = signal(SIGINT, SIG_IGN);
	p->saved_quit = signal(SIGQUIT, SIG_IGN);
	p->saved_stdout = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(writer, STDOUT_FILENO);
}

void pager_finish(struct pager *p)
{
	if (!p->pid)
		return;
	stdout_flush();
	dup2(p->saved_stdout, STDOUT_FILENO); /* closes the pipe: the pager sees the end */
	close(p->saved_stdout);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	signal(SIGINT, p->saved_int);
	signal(SIGQUIT, p->saved_quit);
	p->pid = 0;
}

// SPDX-License-Identifier: MIT
#include "capture/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

static bool is_regular_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static char *command_refuse(const char *name, int err, int status, int *exit_status)
{
	fail(err, "cannot run '%s'", name);
	if (status == EXIT_NOT_FOUND && !strchr(name, '/'))
		hint("no directory of PATH has it; a program of this directory is './%s'", name);
	if (status == EXIT_NOT_EXECUTABLE && err == -EACCES)
		hint("chmod +x makes a file executable");
	*exit_status = status;
	return NULL;
}

static char *command_check(const char *name, const char *path, int *exit_status)
{
	struct stat st;

	if (stat(path, &st))
		return command_refuse(name, -errno,
				      errno == EACCES ? EXIT_NOT_EXECUTABLE : EXIT_NOT_FOUND,
				      exit_status);
	if (S_ISDIR(st.st_mode))
		return command_refuse(name, -EISDIR, EXIT_NOT_EXECUTABLE, exit_status);
	if (access(path, X_OK))
		return command_refuse(name, -errno, EXIT_NOT_EXECUTABLE, exit_status);
	return xstrdup(path);
}

/* As execvp: the first directory that has an executable file of the name; an unexecutable one is
 * the reason of the failure when there is none. An empty directory name is the current one. */
char *command_find(const char *name, int *exit_status)
{
	const char *path = getenv("PATH");
	scoped_free char *denied = NULL;

	if (strchr(name, '/'))
		return command_check(name, name, exit_status);
	if (!*name)
		return command_refuse(name, -ENOENT, EXIT_NOT_FOUND, exit_status);
	for (const char *dir = path ? path : "/bin:/usr/bin", *end; dir;
	     dir = *end ? end + 1 : NULL) {
		int size;
		char *candidate;

		end = strchrnul(dir, ':');
		size = (int)(end - dir);
		candidate = size ? xasprintf("%.*s/%s", size, dir, name) : xasprintf("./%s", name);
		if (is_regular_file(candidate)) {
			if (access(candidate, X_OK) == 0)
				return candidate;
			if (!denied) {
				denied = candidate;
				continue;
			}
		}
		free(candidate);
	}
	return denied ? command_check(name, denied, exit_status)
		      : command_refuse(name, -ENOENT, EXIT_NOT_FOUND, exit_status);
}

void launch_state_save(struct launch_state *out)
{
	sigprocmask(SIG_SETMASK, NULL, &out->signal_mask);
	sigaction(SIGCHLD, NULL, &out->child_action);
	getrlimit(RLIMIT_MEMLOCK, &out->memlock);
}

/* A file that the kernel does not know how to run is a shell script, as for execvp and the shells.
 */
static void exec_as_script(const char *path, char *const argv[])
{
	size_t nr_words = 0;
	char **words;

	while (argv[nr_words])
		nr_words++;
	words = xcalloc(nr_words + 2, sizeof *words);
	words[0] = "/bin/sh";
	words[1] = (char *)path;
	for (size_t i = 1; i < nr_words; i++)
		words[i + 1] = argv[i];
	execv(words[0], words);
}

static void await_release(int hold_fd)
{
	char go;

	if (read(hold_fd, &go, 1) != 1) /* the recorder has gone */
		_exit(EXIT_NOT_RUN);
}

/* A filter is installed while nothing has been given up yet: it takes privileges, or
 * no_new_privs. And not before there is a tracer: the calls that it stops at would fail. */
static int child_become(const struct launch *launch, int hold_fd)
{
	int err = 0;

	if (launch->filter) {
		await_release(hold_fd);
		err = seccomp_filter_install(launch->filter);
	}
	return err ? err : identity_assume(launch->identity);
}

static void child_run(const struct launch *launch, int hold_fd, int error_fd)
{
	const struct launch_state *state = launch->state;
	int err = child_become(launch, hold_fd);

	setrlimit(RLIMIT_MEMLOCK, &state->memlock);
	sigaction(SIGCHLD, &state->child_action, NULL);
	sigprocmask(SIG_SETMASK, &state->signal_mask, NULL);
	if (err == 0) {
		if (!launch->filter)
			await_release(hold_fd);
		execv(launch->path, launch->argv);
		if (errno == ENOEXEC)
			exec_as_script(launch->path, launch->argv);
		err = -errno;
	}
	if (write(error_fd, &err, sizeof err) < 0)
		_exit(EXIT_NOT_RUN);
	_exit(EXIT_NOT_EXECUTABLE);
}

int child_spawn(const struct launch *launch, struct child *out)
{
	int hold[2], error[2];

	if (pipe2(hold, O_CLOEXEC))
		return fail(-errno, "cannot make a pipe");
	if (pipe2(error, O_CLOEXEC)) {
		close(hold[0]);
		close(hold[1]);
		return fail(-errno, "cannot make a pipe");
	}
	out->pid = fork();
	if (out->pid == 0) {
		close(hold[1]);
		child_run(launch, hold[0], error[1]);
	}
	close(hold[0]);
	close(error[1]);
	out->hold_fd = hold[1];
	out->error_fd = error[0];
	if (out->pid < 0) {
		int err = -errno;

		close(hold[1]);
		close(error[0]);
		return fail(err, "cannot start a process");
	}
	return 0;
}

static void child_close(struct child *child)
{
	close(child->hold_fd);
	close(child->error_fd);
	child->hold_fd = child->error_fd = -1;
}

void child_let_go(struct child *child)
{
	ssize_t written = write(child->hold_fd, "", 1);

	(void)written; /* a child that has ended says so by its answer */
}

bool child_has_answered(const struct child *child)
{
	struct pollfd answer = {.fd = child->error_fd, .events = POLLIN};

	return poll(&answer, 1, 0) > 0;
}

int child_answer(struct child *child, const char *name)
{
	int err = 0;
	ssize_t got;

	do
		got = read(child->error_fd, &err, sizeof err);
	while (got < 0 && errno == EINTR);
	child_close(child);
	if (got != sizeof err)
		return 0;
	fail(err, "cannot run '%s'", name);
	return err == -ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

void child_abandon(struct child *child)
{
	if (child->hold_fd >= 0)
		child_close(child); /* its read of the pipe ends, and so does it */
	waitpid(child->pid, NULL, 0);
}

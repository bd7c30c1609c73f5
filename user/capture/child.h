/* SPDX-License-Identifier: MIT */
/*
 * Launching the command so that recording begins exactly with its execve.
 *
 * The child is forked, made what the user expects it to be (their identity under sudo, their signal
 * mask, none of our descriptors), and then held on a pipe until the recorder is attached to it. A
 * second pipe, closed by a successful exec, brings back the reason of a failed one.
 */
#ifndef PROF_CAPTURE_CHILD_H
#define PROF_CAPTURE_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "capture/identity.h"
#include "capture/seccomp_filter.h"

struct child {
	pid_t pid;
	int hold_fd, error_fd;
};

/* Exit statuses that a failed launch has, as env(1), nice(1) and timeout(1) give them. */
enum { EXIT_NOT_RUN = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

/*
 * Where PATH has the command `name`; a copy. NULL when it cannot be run, which is reported, and
 * *exit_status is EXIT_NOT_FOUND or EXIT_NOT_EXECUTABLE.
 */
char *command_find(const char *name, int *exit_status);

/* What of the process's state a child must get back as it was when prof started. */
struct launch_state {
	sigset_t signal_mask;
	struct sigaction child_action; /* of SIGCHLD */
	struct rlimit memlock;         /* libbpf raises it on old kernels */
};

void launch_state_save(struct launch_state *out);

/* What the held child is to become. */
struct launch {
	const char *path;
	char *const *argv;
	const struct identity *identity;
	const struct launch_state *state;
	const struct seccomp_filter *filter; /* that it installs when it is let go; or NULL */
};

/* Forks the held child. 0 or -errno, reported. */
int child_spawn(const struct launch *launch, struct child *out);

/*
 * Lets it go; tells whether it has executed the command, or could not, since one that is traced has
 * to be served meanwhile; and waits for that. 0; or the exit status of a failed launch, reported,
 * and the child is to be abandoned.
 */
void child_let_go(struct child *child);
bool child_has_answered(const struct child *child);
int child_answer(struct child *child, const char *name);

/* Ends and reaps a child that does not execute the command. */
void child_abandon(struct child *child);

#endif

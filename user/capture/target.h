/* SPDX-License-Identifier: MIT */
/*
 * A process that runs already and is to be watched: what is known of it before, and whether it has
 * ended since.
 */
#ifndef PROF_CAPTURE_TARGET_H
#define PROF_CAPTURE_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/vec.h"
#include "unwind/dependencies.h"

struct target {
	pid_t pid;
	int pidfd;
	char comm[16];
	uint64_t loader;   /* where it has its loader; 0: none */
	VEC(char *) words; /* of its command line */
};

struct targets {
	VEC(struct target) items;
};

/* Adds the process, or that of the thread `pid`, unless it is there. 0 or -errno, reported. */
int targets_add(struct targets *targets, pid_t pid);
void targets_fini(struct targets *targets);

bool targets_have_ended(const struct targets *targets); /* all of them */

/* Adds paths under which the files that the process has mapped as code can be opened, each once. */
void target_code_files(const struct target *target, struct paths *out);

#endif

/* SPDX-License-Identifier: MIT */
/* Getting hold of threads, and what to say if that is not allowed. */
#ifndef PROF_PTRACE_SEIZING_H
#define PROF_PTRACE_SEIZING_H

#include <stdbool.h>
#include <sys/types.h>

/* Those of the thread calling. `options`: PTRACE_O_*. 0 or -errno. */
int thread_seize(pid_t tid, unsigned long options);

/*
 * Seizes the threads of a process, those that appear meanwhile, too; or, if `alone`, its first one.
 * `seized` is called for each. How many, or -errno, reported.
 */
int threads_seize(pid_t pid, bool alone, unsigned long options,
		  void (*seized)(void *arg, pid_t tid), void *arg);

/* Says why a process cannot be traced, and what to do about it. Returns err. */
int seizing_fail(pid_t pid, int err);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Following a process that runs already, with all of its threads, without stopping it.
 *
 * bpf/attach.bpf.c does it; here are the steps. Programs that follow births and changes of mappings
 * are attached before, so nothing is missed between the steps.
 */
#ifndef PROF_CAPTURE_JOIN_H
#define PROF_CAPTURE_JOIN_H

#include "capture/capture.h"

/* Called when all code of the process has been told and none of its threads is followed yet. */
typedef void code_told(void *arg);

/*
 * How many threads have joined; 0: it had ended, or is being followed already. -errno, reported.
 * `loader`: where the process has its loader, 0 if it has none. `alone`: only its main thread.
 */
int process_join(struct capture *c, pid_t pid, uint64_t loader, bool alone, code_told *told,
		 void *arg);

#endif

/* SPDX-License-Identifier: MIT */
/* What /proc says of a thread, mostly of one that is stopped; of one that has gone, as little as
 * can be said. */
#ifndef PROF_PTRACE_PROC_FACTS_H
#define PROF_PTRACE_PROC_FACTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "event.h"

void proc_comm(pid_t tid, char out[COMM_BYTES]);

/* A number of its status: "Tgid", "TracerPid"; 0: there is none. */
int proc_number(pid_t tid, const char *name);

/* What it does, by the kernel's letter: 'R', 'S', 'Z', ...; 0: nothing any more. */
char proc_state(pid_t tid);

/* The file that it executes; a copy, "" if nobody knows. */
char *proc_program(pid_t tid);

/* What becomes of a signal that is delivered. */
enum disposition { DISPOSITION_DEFAULT, DISPOSITION_IGNORED, DISPOSITION_CAUGHT };
enum disposition proc_disposition(pid_t tid, int signal);

#endif

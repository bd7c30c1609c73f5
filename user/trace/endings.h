/* SPDX-License-Identifier: MIT */
/*
 * What befalls a thread beside its calls, as strace says it: signals, and how it ends.
 */
#ifndef PROF_TRACE_ENDINGS_H
#define PROF_TRACE_ENDINGS_H

#include "event.h"
#include "trace/journal.h"

/* --- SIGCHLD {si_signo=SIGCHLD, ...} --- */
void signal_text_write(struct journal *j, const struct signal_event *event);

/* --- stopped by SIGSTOP --- */
void stopped_text_write(struct journal *j, int signal);

/* +++ exited with 0 +++, +++ killed by SIGSEGV (core dumped) +++; `status` is that of wait(2). */
void exit_text_write(struct journal *j, uint32_t status);

/* +++ superseded by execve in pid 123 +++ */
void superseded_text_write(struct journal *j, uint32_t tid);

#endif

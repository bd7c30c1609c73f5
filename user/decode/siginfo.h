/* SPDX-License-Identifier: MIT */
/*
 * What the kernel tells of a signal, and sets of signals.
 *
 *     {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7, si_uid=0, si_status=0, si_utime=0, ...}
 *     ~[KILL STOP]
 */
#ifndef PROF_DECODE_SIGINFO_H
#define PROF_DECODE_SIGINFO_H

#include <signal.h>
#include <time.h>

#include "decode/emit.h"

void siginfo_emit(struct emit *e, const siginfo_t *info);

/* SIGINT; a number that is no signal's stays one. */
void signal_emit(struct emit *e, int signal);

/* Bit 0 is signal 1. When most of them are in it, those that are not are shown. */
void sigset_emit(struct emit *e, uint64_t set);

#endif

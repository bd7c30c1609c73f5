/* SPDX-License-Identifier: MIT */
/*
 * The signals that prof gets while its command runs.
 *
 * They are blocked and read from a descriptor, so that nothing is interrupted half-way and the
 * command inherits untouched dispositions. A signal typed at the terminal reaches the command by
 * itself, being in the same process group; one sent to prof alone is passed on.
 */
#ifndef PROF_RECORD_SIGNALS_H
#define PROF_RECORD_SIGNALS_H

#include <stdbool.h>
#include <sys/types.h>

struct signals {
	int fd;
	pid_t target;            /* 0: none to pass signals to */
	unsigned int interrupts; /* INT, TERM and HUP so far */
	bool child_changed;      /* SIGCHLD since it was last cleared */
};

/* Blocks and catches INT, TERM, HUP, QUIT, CHLD and XFSZ. 0 or -errno, reported. */
int signals_catch(struct signals *out);
void signals_fini(struct signals *signals);

/* Waits up to `timeout_ms` for signals and notes what came. */
void signals_wait(struct signals *signals, int timeout_ms);

/* Dies of the signal that the command died of, without a core dump of prof's own. */
void signal_die_of(int signal) __attribute__((noreturn));

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Long answers page by page.
 *
 * Between start and finish standard output is a pipe to the pager. Start it when the answer is
 * ready to be printed, not before: from then on Ctrl-C belongs to the pager, and one that was left
 * early (or a `head` at the end of a pipe) shows as EPIPE, which is no error.
 */
#ifndef PROF_CLI_PAGER_H
#define PROF_CLI_PAGER_H

#include <stdbool.h>
#include <sys/types.h>

struct pager {
	pid_t pid; /* 0: there is none */
	int saved_stdout;
	void (*saved_int)(int);
	void (*saved_quit)(int);
};

/* Starts PROF_PAGER, PAGER or less if `wanted` and standard output is a terminal. */
void pager_start(struct pager *p, bool wanted);

/* Writes out what is buffered, then waits until the pager has been left. */
void pager_finish(struct pager *p);

/* Writes out what is buffered. 0, also when nobody reads any more, or -errno, reported. */
int stdout_flush(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * One line on the terminal that tells how far a long step is.
 *
 * It shows only to somebody who waits: on stderr when that is our foreground terminal, after the
 * first second, ten times a second at most. Finishing wipes it.
 */
#ifndef PROF_CLI_PROGRESS_H
#define PROF_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* "reading symbols" */
	uint64_t total;
	uint64_t started_ns, shown_ns; /* shown_ns 0: not yet */
	bool wanted;
};

void progress_start(struct progress *p, const char *what, uint64_t total, bool wanted);
void progress_update(struct progress *p, uint64_t done); /* cheap: call it as often as you like */
void progress_finish(struct progress *p);

#endif

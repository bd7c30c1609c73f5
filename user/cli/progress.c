// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define FIRST_AFTER_NS 1000000000
#define INTERVAL_NS    100000000

/* Asked anew for every line: a job may be put into the background at any time. */
static bool in_foreground(void)
{
	return tcgetpgrp(STDERR_FILENO) == getpgrp();
}

void progress_start(struct progress *p, const char *what, uint64_t total, bool wanted)
{
	*p = (struct progress){.what = what, .total = total, .started_ns = now_ns()};
	p->wanted = wanted && isatty(STDERR_FILENO);
}

void progress_update(struct progress *p, uint64_t done)
{
	uint64_t now, percent;

	if (!p->wanted)
		return;
	now = now_ns();
	if (now - p->started_ns < FIRST_AFTER_NS || now - p->shown_ns < INTERVAL_NS)
		return;
	if (!in_foreground())
		return;
	percent = p->total ? (uint64_t)(100.0 * (double)done / (double)p->total) : 0;
	fprintf(stderr, "\r%s: %d%%\033[K", p->what, (int)(percent > 100 ? 100 : percent));
	fflush(stderr);
	p->shown_ns = now;
}

void progress_finish(struct progress *p)
{
	if (p->shown_ns && in_foreground()) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
	p->wanted = false;
}

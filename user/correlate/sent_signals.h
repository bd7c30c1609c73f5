/* SPDX-License-Identifier: MIT */
/*
 * Signals as rows: those that are delivered, and those that come to nothing.
 *
 * A signal that kills may never be delivered, since the kernel then has SIGKILL take its place. So
 * the last one that was sent to a task is kept; it is told if the task dies of it.
 */
#ifndef PROF_CORRELATE_SENT_SIGNALS_H
#define PROF_CORRELATE_SENT_SIGNALS_H

#include "base/vec.h"
#include "event.h"
#include "recording/writer.h"

/* How many tasks may be killed before it is read, from another CPU's ring, who did it. */
#define MAX_KILLED 256

struct killed_task {
	uint64_t time_ns;
	uint32_t task;
	int signal;
};

struct sent_signals {
	VEC(struct signal_event) items; /* and not delivered yet: one for each task at most */
	struct killed_task killed[MAX_KILLED]; /* of which none had been read; in turns */
	uint32_t nr_killed;
};

void sent_signals_fini(struct sent_signals *s);

void sent_signals_take(struct sent_signals *s, const struct signal_event *event,
		       struct writer *writer);

/* The task has ended, or is no longer recorded. */
void sent_signals_end(struct sent_signals *s, const struct exit_event *event,
		      struct writer *writer);

#endif

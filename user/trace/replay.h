/* SPDX-License-Identifier: MIT */
/*
 * A recording's events once more as a live stream, and so as strace's lines.
 *
 * A recording has one row for each call, at the place where it began; a stream tells of its begin
 * and of its end, and in between of what others did. So the end of a call is held back until the
 * time of another event has reached it.
 */
#ifndef PROF_TRACE_REPLAY_H
#define PROF_TRACE_REPLAY_H

#include <stdio.h>

#include "recording/reader.h"

struct replay_options {
	bool durations;
	uint32_t max_string_bytes;
	unsigned int descriptors; /* what they are: 1 paths, 2 addresses, too */
};

struct replay;

/* `r` and `out` are the caller's. */
struct replay *replay_new(const struct recording *r, const struct replay_options *options,
			  FILE *out);
void replay_free(struct replay *p);

/*
 * Events in order of their times. All of them are given, since lines need to know who is alive and
 * what descriptors are; those that are not wanted have no lines of their own.
 */
void replay_call(struct replay *p, const uint64_t *row, const struct piece *pieces,
		 uint32_t nr_pieces, bool is_wanted);
void replay_task_event(struct replay *p, const struct task_event *event, bool is_wanted);

/* There are no more. */
void replay_end(struct replay *p);

#endif

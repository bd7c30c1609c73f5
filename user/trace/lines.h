/* SPDX-License-Identifier: MIT */
/*
 * From events to lines: each event of the stream in its turn changes what is known (tasks, files,
 * code, stacks), or becomes a line by what is known then.
 *
 * The events are those of bpf/event.h, whoever sends them; nothing here asks the kernel or looks at
 * a process. A new kind of line is a case in lines.c.
 */
#ifndef PROF_TRACE_LINES_H
#define PROF_TRACE_LINES_H

#include "capture/capture.h"
#include "trace/call_lines.h"
#include "trace/journal.h"
#include "trace/stacks.h"
#include "trace/stream.h"
#include "trace/trace.h"

struct lines {
	const struct trace_options *options;
	/* Tells what a process that was attached to has open; NULL: nobody knows. */
	void (*seed)(struct descriptors *d, uint32_t task, uint32_t pid);
	struct stream *stream; /* that the events are from, to look ahead in; or NULL */
	uint64_t start_ns;
	uint64_t nr_events; /* that have become lines, as --max-events counts them */
	uint32_t nr_left;   /* threads that were still running at the end */
	struct live_tasks tasks;
	struct live_files files;
	struct frame_names names;
	struct live_stacks stacks;
	struct call_lines calls;
	struct watch watch;
	unsigned int source_column; /* that functions stand at, below */
	VEC(uint32_t)
	untold;                         /* tasks, of which it was not yet said that they are
					   followed */
	VEC(struct journal *) journals; /* the first is everybody's */
};

/* `capture` knows the kernel's names and has the unwinding tables; NULL: there are none. */
void lines_init(struct lines *l, const struct trace_options *options, struct capture *capture);
void lines_fini(struct lines *l);

/* What times are relative to, and what they are on the clock of the wall. */
void lines_set_start(struct lines *l, uint64_t start_ns, int64_t wall_offset_ns);

/* Takes an event; what it has to say is appended to the text of journals. */
void lines_take(struct lines *l, const struct stream_event *at);

/* As many lines as were asked for have been made. */
bool lines_are_full(const struct lines *l);

#endif

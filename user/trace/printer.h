/* SPDX-License-Identifier: MIT */
/*
 * The thread that prints a stream: it makes lines of events (lines.h), and writes them.
 */
#ifndef PROF_TRACE_PRINTER_H
#define PROF_TRACE_PRINTER_H

#include <stdio.h>

#include "capture/capture.h"
#include "trace/line_output.h"
#include "trace/stream.h"
#include "trace/trace.h"

struct printer_options {
	const struct trace_options *trace;
	struct stream *stream;
	struct line_output
		*output; /* where everybody's lines go; each thread's own are opened here */
	const struct identity *identity;
	struct capture *capture;
};

struct printer;

/* Begins to print; NULL when there can be no thread, reported. */
struct printer *printer_new(const struct printer_options *options);

/* What times are relative to. Told before the first event. */
void printer_set_start(struct printer *p, uint64_t start_ns);

/* Waits for the printer to be done with the stream; false when it is not, after a while. */
bool printer_wait(struct printer *p);

/* Leaves the rest unprinted, even if nobody reads what it prints. */
void printer_stop(struct printer *p);

/* What its task 1 has open. Told before the first event. */
void printer_seed(struct printer *p, pid_t pid);

/* Threads of the command that were still running at the end of the stream. */
uint32_t printer_nr_left(const struct printer *p);

/* What the watch over the calls' times has to say at the end. The printer is done. */
void printer_write_watch(const struct printer *p, FILE *out);

void printer_free(struct printer *p); /* it is done, or stopped; NULL is fine */

#endif

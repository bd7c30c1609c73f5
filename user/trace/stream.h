/* SPDX-License-Identifier: MIT */
/*
 * The events of all CPUs as one stream in order of time, between two threads: one reads the rings
 * and must never wait, the other prints and may.
 *
 * An event's moment is when it was over, for that is when it went into its ring: so moments ascend
 * on each CPU, and a merge of the CPUs is all the order that it takes. A ring that is read first
 * may miss what another one has: so an event is held until a round of the rings has begun
 * STREAM_WINDOW_NS after its moment. Whatever was published within that time of its own moment
 * comes in order; only a CPU that stood still for longer between clock and ring brings an event
 * late, and then it is passed on at once. What a call has brought beside its return, its enter
 * excepted, bears the time of its enter, behind which it belongs.
 *
 * What the printer has not taken is held up to a limit. Beyond it, lines (faults, system calls) are
 * dropped and counted, beyond twice of it all else, too; and the count is in the stream at the
 * place where they are missing.
 */
#ifndef PROF_TRACE_STREAM_H
#define PROF_TRACE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

#define STREAM_WINDOW_NS 20000000ULL

/* In the place of events that are missing. */
#define STREAM_LOSS NR_EVENT_TYPES
struct loss_event {
	struct event head;
	uint64_t count;
};

struct stream_event {
	uint64_t moment_ns;
	const struct event *event; /* valid until the next stream_take() or stream_take_more() */
};

struct stream_options {
	uint32_t nr_cpus;
	size_t max_bytes; /* of what waits for the printer */
};

struct stream;

struct stream *stream_new(const struct stream_options *options);
void stream_free(struct stream *s); /* NULL is fine */

/* ---- The thread that reads the rings ---- */

void stream_push(struct stream *s, uint32_t cpu, const struct event *event);

/* Events of this CPU got lost behind the last line pushed: what is no line still finds room in a
 * ring that is full for lines (bpf/ring.bpf.h). */
void stream_lose(struct stream *s, uint32_t cpu, uint64_t count);

/* A round that began at `began_ns` is over: passes on all that is older than the window. */
void stream_round(struct stream *s, uint64_t began_ns);

/* Passes on the rest, and that there will be no more. */
void stream_end(struct stream *s);

/* Nothing more is of use: the printer has closed. */
bool stream_is_sated(struct stream *s);

/* How many events were dropped because the printer did not take them in time. */
uint64_t stream_dropped(const struct stream *s);

/* ---- The thread that prints ---- */

enum stream_state {
	STREAM_EVENTS,
	STREAM_SILENT, /* nothing came for so long */
	STREAM_OVER,   /* there will be no more */
};

/* Waits for events, up to `patience_ms`, and takes all that are there. */
enum stream_state stream_take(struct stream *s, unsigned int patience_ms);

/* The next one of those that were taken. */
bool stream_next(struct stream *s, struct stream_event *out);

/* Waits for more, and puts it behind what was taken. */
void stream_take_more(struct stream *s, unsigned int patience_ms);

/* What was read after the call that a task entered at that time, if it is among those that were
 * taken and are still to come; or NULL. */
const struct capture_event *stream_find_return(const struct stream *s, uint32_t task,
					       uint64_t entered_ns);

/* Wants no more. */
void stream_close(struct stream *s);

#endif

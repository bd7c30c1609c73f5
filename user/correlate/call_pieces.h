/* SPDX-License-Identifier: MIT */
/*
 * What was captured of a system call, brought together with the call.
 *
 * What was read after the call, and the descriptors that it made, lie right before its own event in
 * the same ring. What was read before it comes earlier, but perhaps from another CPU's ring, which
 * is read later: so a call that says that there is such an event waits until it is there.
 */
#ifndef PROF_CORRELATE_CALL_PIECES_H
#define PROF_CORRELATE_CALL_PIECES_H

#include "base/bytes.h"
#include "base/vec.h"
#include "event.h"
#include "recording/recording.h"

struct waiting_call;

struct call_pieces {
	VEC(struct bytes) entered; /* by task: the event of its call in progress, or empty */
	VEC(struct bytes) behind;  /* by CPU: the events that its next call is to have */
	VEC(struct waiting_call) waiting;
	VEC(struct piece) pieces; /* of the call that is being handed on, and: */
	struct bytes memory;
};

/* A call with all that was captured of it. */
typedef void call_handler(void *arg, uint32_t cpu, const struct syscall_event *event,
			  const struct piece *pieces, uint32_t nr_pieces);

void call_pieces_fini(struct call_pieces *c);

/* An EVENT_ENTER, _RETURN or _DESCRIPTOR. A call that waited for it is handed on. */
void call_pieces_take(struct call_pieces *c, uint32_t cpu, const struct event *event,
		      call_handler *handle, void *arg);
/* Hands on a call, now or when it is complete. */
void call_pieces_call(struct call_pieces *c, uint32_t cpu, const struct syscall_event *event,
		      call_handler *handle, void *arg);
/* Two rounds of the rings are enough for anything to come: hands on what has waited for them, or,
 * when it is the `last` chance, all. */
void call_pieces_round(struct call_pieces *c, bool last, call_handler *handle, void *arg);
/* The task is gone. */
void call_pieces_forget(struct call_pieces *c, uint32_t task);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Telling what the descriptors are that a call of a stopped thread has made or changed, as the BPF
 * programs do.
 */
#ifndef PROF_PTRACE_DESCRIPTOR_EVENTS_H
#define PROF_PTRACE_DESCRIPTOR_EVENTS_H

#include "capture/ring.h"
#include "ptrace/tracer.h"

struct descriptor_teller {
	event_handler *handle;
	void *arg;
	pid_t tid;
	uint32_t task;
	uint64_t time_ns; /* of the call */
};

/* `flags`: those of the call's plan. */
void descriptors_tell(const struct descriptor_teller *teller, const struct stopped_call *call,
		      uint32_t flags, int64_t result);

#endif

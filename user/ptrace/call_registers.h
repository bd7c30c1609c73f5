/* SPDX-License-Identifier: MIT */
/*
 * System calls in the registers of a stopped thread.
 *
 * To be seized interrupts a call that is in progress: it ends, or is about to be restarted, and no
 * stop tells of either. But until the thread gets back to its program the registers say which call
 * it was, and what became of it. On an architecture where they do not, there seems to be none, and
 * what is restarted shows as a call that begins then.
 */
#ifndef PROF_PTRACE_CALL_REGISTERS_H
#define PROF_PTRACE_CALL_REGISTERS_H

#include "ptrace/tracer.h"

struct call_in_flight {
	struct stopped_call call;
	int64_t result;
	uint64_t ip, sp; /* of the program: the same when it goes on */
};

/* Of a thread that has stopped; false: it was in none. */
bool call_in_flight_read(pid_t tid, struct call_in_flight *out);

/* The kernel is going to enter it again, unless a handler comes in between. */
bool call_is_to_restart(const struct call_in_flight *flight);

/* Of a thread that has stopped at the begin of a call: it fails with ENOSYS, as if there were no
 * such call. */
void call_refuse(pid_t tid);

#endif

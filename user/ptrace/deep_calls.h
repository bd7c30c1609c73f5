/* SPDX-License-Identifier: MIT */
/*
 * Chosen calls whose arguments are read while their thread is stopped, at any depth, joined with
 * the events of the same calls that the BPF programs send: the memory is from the stop, the time is
 * the kernel's, in which the stops do not lie.
 *
 * The kernel reports a call to seccomp, and so to ptrace, before its sys_enter, and its end to
 * ptrace after its sys_exit. A thread's next stop is later than both. So the event of a call is
 * the one that began after its thread was let go from the stop, and before it was let go from the
 * next one: on one clock, that finds the stop of an event in whatever order the rings are read, and
 * events that are lost disturb no others. Number and arguments have to agree.
 *
 * Who a thread is to the programs, a serial number, is told by their own events of births, which
 * come by another ring: events of a thread that is still unknown wait for them.
 */
#ifndef PROF_PTRACE_DEEP_CALLS_H
#define PROF_PTRACE_DEEP_CALLS_H

#include "capture/capture.h"
#include "decode/syscalls.h"
#include "ptrace/tracer.h"

struct deep_calls;

/* `set`: those that the command's filter stops at. What is joined goes to `handle`; events that had
 * to wait come from a CPU with the number `nr_cpus`. */
struct deep_calls *deep_calls_new(const struct capture_options *options,
				  const struct syscall_set *set, uint32_t nr_cpus,
				  event_handler *handle, void *arg);
void deep_calls_free(struct deep_calls *d); /* NULL is fine */

/* Seizes a held child of this process. 0 or -errno, reported. */
int deep_calls_follow(struct deep_calls *d, pid_t pid);
struct tracer *deep_calls_tracer(struct deep_calls *d);

/* An event of the rings. */
void deep_calls_join(struct deep_calls *d, uint32_t cpu, const struct event *event);
/* A round of the rings is over. */
void deep_calls_round(struct deep_calls *d);
/* There are no more events: nothing is read any more of calls that are stopped. */
void deep_calls_end(struct deep_calls *d);

struct deep_counts {
	uint64_t stops;      /* at the begin of chosen calls */
	uint64_t joined;     /* events that found theirs */
	uint64_t mismatches; /* in which number or arguments differ: not joined */
	uint64_t unmatched;  /* events of chosen calls without a stop */
};
const struct deep_counts *deep_calls_counts(const struct deep_calls *d);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The other source of events, for those who may not load BPF programs: every event of a command's
 * calls, tasks and signals that the programs would send, made from ptrace stops.
 *
 * Page faults and stacks are not among them, and times include the tracing. What the programs count
 * in the kernel is counted here.
 */
#ifndef PROF_PTRACE_SOURCE_H
#define PROF_PTRACE_SOURCE_H

#include "capture/capture.h"
#include "ptrace/tracer.h"

struct ptrace_source;

/* Of the options, those that faults and stacks are asked for with mean nothing to it. `filtered`:
 * the command has a filter that stops it at the calls of the set, and at no others. */
struct ptrace_source *ptrace_source_new(const struct capture_options *options, bool filtered,
					event_handler *handle, void *arg);
void ptrace_source_free(struct ptrace_source *s); /* NULL is fine */

/* Seizes a held child of this process. 0 or -errno, reported. */
int ptrace_source_follow(struct ptrace_source *s, pid_t pid);

/* Seizes a process that runs already. How many threads of it, or -errno, reported: tracer_join().
 */
int ptrace_source_join(struct ptrace_source *s, pid_t pid);

/* NULL: nothing has been seized. */
struct tracer *ptrace_source_tracer(struct ptrace_source *s);

/* Tells of what is still running. */
void ptrace_source_tell_left(struct ptrace_source *s);

/* As capture_total(), of system calls. */
bool ptrace_source_total(const struct ptrace_source *s, uint32_t nr, struct total_sum *out);

/* Threads that were made so that nobody can follow them (CLONE_UNTRACED). */
uint32_t ptrace_source_nr_untraced(const struct ptrace_source *s);

/* Rings that nothing is ever in, for those who count what was lost in them. */
struct rings *ptrace_source_rings(struct ptrace_source *s);

#endif

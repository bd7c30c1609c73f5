/* SPDX-License-Identifier: MIT */
/*
 * What lines.c is made of: what each kind of event means to the lines, one file for each topic.
 */
#ifndef PROF_TRACE_LINE_MAKERS_H
#define PROF_TRACE_LINE_MAKERS_H

#include "trace/lines.h"

/* ---- lines.c ---- */

/* Where lines about a thread go. */
struct journal *lines_journal(struct lines *l, struct live_task *task);

/* Begins a line about a thread that is none about a call. */
struct journal *lines_begin_note(struct lines *l, struct live_task *task, uint64_t moment_ns);

/* ---- line_end.c: the place in the source, the stack ---- */

/* Ends a line, and writes what stands below it. `kernel_ip`: its innermost frame is one of the
 * kernel; or 0. */
void lines_end_line(struct lines *l, struct journal *j, uint32_t stack, uint64_t kernel_ip,
		    uint64_t moment_ns);

/* ---- call_events.c: how calls begin and end ---- */

void lines_take_enter(struct lines *l, const struct capture_event *event);
void lines_take_return(struct lines *l, const struct capture_event *event);
void lines_take_syscall(struct lines *l, const struct stream_event *at);

/* Another event of the task tells how the call ended that was held back. */
void lines_settle_call(struct lines *l, const struct event *event);

/* The thread's end does. */
void lines_end_last_call(struct lines *l, struct live_task *task, uint32_t status,
			 uint64_t moment_ns);

/* ---- signal_events.c ---- */

void lines_take_signal(struct lines *l, const struct stream_event *at);

/* The one that came to nothing while a call was in progress. */
void lines_write_ignored(struct lines *l, struct live_task *task, uint64_t moment_ns);

/* The signal that killed, if it was delivered in the form of SIGKILL. */
void lines_write_deadly(struct lines *l, struct live_task *task, uint32_t status,
			uint64_t moment_ns);
bool signal_is_deadly(const struct live_task *task, uint32_t status);

/* ---- task_events.c: how threads begin and end ---- */

void lines_take_start(struct lines *l, const struct start_event *event);
void lines_take_fork(struct lines *l, const struct fork_event *event);
void lines_take_exec(struct lines *l, const struct exec_event *event, uint64_t moment_ns);
void lines_take_exit(struct lines *l, const struct stream_event *at);
void lines_take_left(struct lines *l, const struct event *event);

/* Tells of the threads that are followed of which that was not told yet; before the first event of
 * one of them. */
void lines_tell_untold(struct lines *l);
void lines_tell_before(struct lines *l, const struct event *event);

#endif

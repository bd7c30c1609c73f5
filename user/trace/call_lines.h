/* SPDX-License-Identifier: MIT */
/*
 * System calls as lines in strace's syntax.
 *
 *     [pid   812] read(0,  <unfinished ...>
 *     [pid   813] getpid()                    = 813
 *     [pid   812] <... read resumed>"x", 1)   = 1
 *
 * A call's line begins when it is entered. If nothing else comes in between, it is written in one
 * piece when the call returns; else what was known at its entry is, and then it is interrupted. So
 * it is decoded once as a rule: the open line of a journal is a promise, and its text is made when
 * somebody wants to see it (call_lines_interrupt, call_lines_show).
 */
#ifndef PROF_TRACE_CALL_LINES_H
#define PROF_TRACE_CALL_LINES_H

#include "decode/decode.h"
#include "descriptors/descriptors.h"
#include "trace/call_text.h"
#include "trace/journal.h"
#include "trace/trace.h"

struct call_lines {
	const struct trace_options *options;
	struct live_tasks *tasks;
	struct decode_options decode;
	struct call_maker maker;
	struct bytes text; /* of the call that is being written, which is a call of: */
	uint32_t task;
	struct descriptors descriptors; /* kept as far as they are needed */
};

/* Whether descriptors are to be known; or sockets at least, of which some tell how their messages
 * are decoded. */
bool call_lines_need_descriptors(const struct trace_options *options);
bool call_lines_need_sockets(const struct trace_options *options);

void call_lines_init(struct call_lines *l, const struct trace_options *options,
		     struct live_tasks *tasks);
void call_lines_fini(struct call_lines *l);

/* Ends the line that is open, if there is one: what comes next is about something else. */
void call_lines_interrupt(struct call_lines *l, struct journal *j);

/* Writes what is known of the call whose line is open. */
void call_lines_show(struct call_lines *l, struct journal *j);

/* Begins a line of the task's own. */
void task_line_begin(struct call_lines *l, struct journal *j, const struct live_task *task,
		     uint64_t time_ns);

void call_enter(struct call_lines *l, struct journal *j, struct live_task *task, uint32_t task_id,
		const struct capture_event *event);

/*
 * The call is over: writes its line, up to its end, which is left to the caller. False: it has
 * none. `moment_ns` is when it was over.
 */
bool call_end(struct call_lines *l, struct journal *j, struct live_task *task, uint32_t task_id,
	      const struct syscall_event *event, uint64_t moment_ns);

/* The call goes on, but nobody will tell of it. Writes a whole line, if any. */
void call_detach(struct call_lines *l, struct journal *j, struct live_task *task, uint32_t task_id);

#endif

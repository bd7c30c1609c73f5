/* SPDX-License-Identifier: MIT */
/*
 * A system call of the stream as the decoder takes it: registers, and the snippets of memory that
 * were captured before and after it.
 */
#ifndef PROF_TRACE_CALL_TEXT_H
#define PROF_TRACE_CALL_TEXT_H

#include "base/vec.h"
#include "decode/call.h"
#include "event.h"
#include "trace/tasks.h"

struct call_maker {
	VEC(struct snippet) snippets; /* those of the call that was made last */
};

void call_maker_fini(struct call_maker *maker);

/* The call that `task` is in (its `entered` is there), or that has ended by `event`. What it points
 * to lives until the next one is made. */
void call_make(struct call_maker *maker, const struct live_task *task,
	       const struct syscall_event *event, struct call *out);

#endif

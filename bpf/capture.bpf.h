/* SPDX-License-Identifier: MIT */
/*
 * What is read of the memory of system calls: by which plans, and how to have one carried out.
 *
 * The plans are data (capture_plan.h) in memory that the recorder maps. What a tracepoint needs to
 * know of a plan, which of its operations there are before and after the call, is one word; only
 * where there is something to be read it jumps to the program that does so (capture.bpf.c), which
 * then goes on in its place.
 */
#ifndef PROF_CAPTURE_BPF_H
#define PROF_CAPTURE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "arch.bpf.h"
#include "capture_plan.h"
#include "config.bpf.h"
#include "event.h"

#define F_DUPFD               0
#define F_DUPFD_CLOEXEC       1030
#define EINTR                 4
#define E2BIG                 7
#define EINPROGRESS           115
#define ERESTARTSYS           512
#define ERESTART_RESTARTBLOCK 516

struct capture_plan capture_plans[NR_CAPTURE_PLANS] __weak = {0};
struct capture_brief capture_briefs[NR_CAPTURE_PLANS] __weak = {0};
__u64 capture_commands[NR_CAPTURE_PLANS] __weak = {0}; /* those of all operations; ~0: whichever */

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} capturer SEC(".maps") __weak;

enum capture_for { CAPTURE_FOR_NOTHING, CAPTURE_FOR_ENTER, CAPTURE_FOR_EXIT };

/* Comes back only if that failed, which it should not. */
static __always_inline void capturer_call(void *ctx, struct task_state *state,
					  enum capture_for what)
{
	state->capture_for = what;
	bpf_tail_call(ctx, &capturer, 0);
	state->capture_for = CAPTURE_FOR_NOTHING;
}

/* Calls that do many things by a command want memory, or make descriptors, with few of them. */
static __always_inline void brief_narrow(struct task_state *state, __u64 commands, __u64 command)
{
	if (!command_is_in(commands, command))
		state->brief.enter_ops = state->brief.exit_ops = 0;
	if (state->nr == cfg_nr_fcntl && command != F_DUPFD && command != F_DUPFD_CLOEXEC)
		state->brief.makes_descriptors = 0;
}

/* Can what a call fills in lie in a path that it is given? readlink() in place does so. */
static __always_inline bool may_overlap(__u64 given, __u64 filled)
{
	return given - filled + MAX_PATH_BYTES < 2 * MAX_PATH_BYTES;
}

static __always_inline void brief_read_before(struct task_state *state)
{
	state->brief.enter_ops = state->brief.retry_ops;
	state->brief.retry_ops = 0;
}

/* Numbers of 32-bit calls are those of another table. */
static __always_inline void brief_take(struct task_state *state, struct pt_regs *regs)
{
	__u64 args[8];

	if (state->compat || state->nr >= NR_CAPTURE_PLANS) {
		*(__u64 *)&state->brief = 0;
		return;
	}
	*(__u64 *)&state->brief = *(__u64 *)&capture_briefs[state->nr];
	if (capture_commands[state->nr] == ~0ULL && !state->brief.retry_ops)
		return;
	regs_args(regs, false, args);
	if (!state->brief.retry_ops)
		brief_narrow(state, capture_commands[state->nr], args[1]);
	else if (may_overlap(args[state->brief.given_arg & 7], args[state->brief.filled_arg & 7]))
		brief_read_before(state);
}

/* Goes on in the program that reads what the beginning call has been given, if there is any. */
static __always_inline void capture_enter(void *ctx, struct task_state *state, struct pt_regs *regs)
{
	if (!cfg_captures || !state->in_syscall)
		return;
	brief_take(state, regs);
	if (cfg_enter_events || state->brief.enter_ops)
		capturer_call(ctx, state, CAPTURE_FOR_ENTER);
}

/* A call that fails writes nothing, but where it was interrupted, or tells a size. */
static __always_inline bool writes_results(__s64 result)
{
	return result >= 0 || result == -EINTR || result == -E2BIG ||
	       (result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK) || result < -4095;
}

/* What is to be read of the call that is over. */
static __always_inline __u32 exit_ops_of(const struct task_state *state)
{
	__u32 ops = writes_results(state->result) ? state->brief.exit_ops : 0;

	return ops | state->brief.retry_ops;
}

/* What descriptors it has made or changed, as in the brief. A socket has its addresses as soon as
 * connect() is under way. */
static __always_inline __u32 descriptors_made(const struct task_state *state)
{
	bool has_made = state->result >= 0 || state->result == -EINPROGRESS;

	return cfg_descriptors && has_made ? state->brief.makes_descriptors : 0;
}

/* The same after the call, in the program that also sends its event. */
static __always_inline void capture_exit(void *ctx, struct task_state *state, struct pt_regs *regs)
{
	if (!cfg_captures)
		return;
	if (state->exit_flags &
	    (WIRE_BLOCKED | WIRE_ATTACHED)) { /* no entry was there to read at */
		brief_take(state, regs);
		state->brief.retry_ops |= state->brief.enter_ops;
	}
	if (!*(__u64 *)&state->brief)
		return;
	if (exit_ops_of(state) || descriptors_made(state))
		capturer_call(ctx, state, CAPTURE_FOR_EXIT);
}

#endif

// SPDX-License-Identifier: MIT
/*
 * The program that carries out the plans of system calls (capture_plan.h), and goes on for the one
 * that called it (capture.bpf.h).
 *
 * An operation whose memory cannot be read leaves nothing behind before the call, and is run again
 * after it. A program's own execve is read from what the kernel has put on the new stack.
 *
 * Licence: the object is "Dual MIT/GPL" (task.bpf.c). Reads pt_regs, task_struct, mm_struct.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "arch.bpf.h"
#include "call_end.bpf.h"
#include "capture.bpf.h"
#include "descriptor.bpf.h"
#include "ring.bpf.h"
#include "snippet.bpf.h"
#include "snippet_image.bpf.h"
#include "snippet_series.bpf.h"
#include "state.bpf.h"

static __always_inline const struct capture_op *op_of(const struct capture_event *event,
						      __u32 index)
{
	return &capture_plans[event->nr % NR_CAPTURE_PLANS].ops[index % MAX_CAPTURE_OPS];
}

/* `interpreted`: what the new stack has is not what was asked for. */
__weak __noinline int exec_op_run(__u32 index, __u32 at, __u32 how, bool interpreted)
{
	struct capture_event *event = event_of_cpu();
	const struct capture_op *op;
	__u64 address;

	if (!event)
		return -ENOSPC;
	op = op_of(event, index);
	if (op->arg >= 6)
		return at;
	address = event->args[op->arg];
	how |= (__u32)op->arg << 16;
	if (!address)
		return at;
	if (op->kind == CAPTURE_STRING && event->nr == cfg_nr_execve)
		return image_path_put(at, address, MAX_PATH_BYTES, how);
	if (op->kind != CAPTURE_STRINGS && op->kind != CAPTURE_POINTERS)
		return at;
	if (interpreted && op->arg == (event->nr == cfg_nr_execve ? 1 : 2))
		return at;
	return image_strings_put(at, address, op->arg == (event->nr == cfg_nr_execve ? 1 : 2),
				 op->kind == CAPTURE_STRINGS, how);
}

/* How many elements an operation is to read. */
static __always_inline __u64 length_of(const struct capture_op *op,
				       const struct capture_event *event, __s64 result)
{
	__u64 arg = event->args[op->length_arg < 6 ? op->length_arg : 0], length = 0;
	__u32 length32 = 0;

	switch (op->length) {
	case LENGTH_ONE:
		return 1;
	case LENGTH_ARG:
		return arg;
	case LENGTH_AT_ARG:
		bpf_probe_read_user(&length32, sizeof length32, (void *)arg);
		return length32;
	case LENGTH_AT_ARG64:
		bpf_probe_read_user(&length, sizeof length, (void *)arg);
		return length;
	case LENGTH_RESULT:
		return result > 0 ? result : 0;
	case LENGTH_IOCTL:
		return event->args[1] >> 16 & 0x3fff;
	}
	return 0;
}

/* Runs the operation of that index of the call's plan. `how`: EXIT, RETRIED. */
__weak __noinline int op_run(__u32 index, __u32 at, __u32 how, __s64 result)
{
	struct capture_event *event = event_of_cpu();
	const struct capture_op *op;
	__u64 address, length, size, cap, written;
	bool is_exit = how & SNIPPET_EXIT && !(how & SNIPPET_RETRIED), has_contents;

	if (!event)
		return -ENOSPC;
	op = op_of(event, index);
	if (op->arg >= 6)
		return at;
	address = event->args[op->arg];
	if (op->commands && !command_is_in(op->commands, event->args[1]))
		return at;
	how |= (__u32)op->arg << 16;
	cap = op->cap_bytes ? op->cap_bytes : cfg_string_bytes + 1;
	if (op->kind == CAPTURE_STRING)
		return string_put(at, address, cap, how);
	if (op->kind == CAPTURE_STRINGS)
		return strings_put(at, address, how);
	if (op->kind == CAPTURE_POINTERS)
		return pointers_put(at, address, how);
	length = length_of(op, event, result);
	if (length > 1ULL << 32)
		length = 1ULL << 32;
	/* What a call is yet to fill has nothing to show before. */
	has_contents = is_exit || !(op->when & CAPTURE_EXIT);
	written = !has_contents ? 0 : is_exit && result >= 0 ? result : ~0ULL;
	if (op->kind == CAPTURE_IOVEC)
		return iovecs_put(at, address, length, written, how);
	if (op->kind == CAPTURE_MMSGHDR && has_contents)
		return messages_put(at, address, length < written ? length : written, how);
	size = op->kind == CAPTURE_MSGHDR    ? sizeof(struct message)
	       : op->kind == CAPTURE_MMSGHDR ? length * sizeof(struct counted_message)
					     : length * op->element_bytes;
	if (op->is_message && size > cap && has_contents && begins_as_netlink(address, size))
		cap = MAX_NETLINK_BYTES;
	if (op->kind == CAPTURE_BYTES && size > cap) {
		size = cap;
		how |= SNIPPET_CUT;
	}
	if (op->kind == CAPTURE_MSGHDR && has_contents) {
		int next = bytes_put(at, address, size, how);

		return next <= (int)at
			       ? next
			       : message_put(next, at + sizeof(struct wire_snippet), written, how);
	}
	return bytes_put(at, address, size, how);
}

/* An event for the call, open for snippets. */
static __always_inline struct capture_event *event_begin(struct task_state *state,
							 struct pt_regs *regs, __u32 type)
{
	struct ring_head *ring = ring_of_cpu();
	struct capture_event *event = ring_reserve(ring, type, sizeof *event);

	if (!event)
		return NULL;
	event_head(&event->head, type, state->compat ? WIRE_COMPAT : 0, 0, state->task, 0);
	event->nr = state->nr;
	if (returns_elsewhere(state->nr))
		__builtin_memcpy(event->args, state->args, sizeof event->args);
	else
		regs_args(regs, state->compat, event->args);
	return event;
}

static __always_inline void event_end(__u32 type, __u32 flags, __u32 size_bytes, __u64 time_ns)
{
	struct ring_head *ring = ring_of_cpu();
	struct capture_event *event;

	if (!ring)
		return;
	event = ring_at_head(ring);
	event->head.flags |= flags;
	event->head.size_bytes = size_bytes;
	event->head.time_ns = time_ns;
	event->snippets_bytes = size_bytes - sizeof *event;
	ring_commit(ring, type, size_bytes);
}

/* There was nothing to tell, or no room for it. */
static __always_inline void event_drop(__u32 type, bool is_lost)
{
	struct ring_head *ring = ring_of_cpu();

	if (!ring)
		return;
	ring->lost[type][LOST_RING_FULL] += is_lost;
	*(volatile __u64 *)&ring->busy = 0;
}

/* Of what the call has been given. The clock is read last. */
static __always_inline void enter_send(struct task_state *state, struct pt_regs *regs)
{
	__u32 ops = state->brief.enter_ops;
	int at = sizeof(struct capture_event);

	if (!event_begin(state, regs, EVENT_ENTER)) {
		state->brief.captured = CAPTURED_LOST;
		state->enter_ns = bpf_ktime_get_ns();
		return;
	}
	for (__u32 i = 0; i < MAX_CAPTURE_OPS && ops >> i && at > 0; i++) {
		int next = ops >> i & 1 ? op_run(i, at, 0, 0) : at;

		if (next == -EFAULT)
			state->brief.retry_ops |= 1U << i;
		else
			at = next;
	}
	state->enter_ns = bpf_ktime_get_ns();
	if (at < 0 || (at == sizeof(struct capture_event) && !cfg_enter_events)) {
		state->brief.captured = at < 0 ? CAPTURED_LOST : 0;
		event_drop(EVENT_ENTER, at < 0);
	} else {
		state->brief.captured = CAPTURED_ENTER;
		event_end(EVENT_ENTER, state->brief.retry_ops ? WIRE_RETRY : 0, at,
			  state->enter_ns);
	}
}

/* Of what it has given back, and of what could not be read before. */
static __always_inline void return_send(struct task_state *state, struct pt_regs *regs)
{
	bool is_new_program = is_exec(state->nr) && state->result == 0;
	__u32 ops = exit_ops_of(state);
	int at = sizeof(struct capture_event);

	if (!event_begin(state, regs, EVENT_RETURN)) {
		state->brief.captured |= CAPTURED_LOST;
		return;
	}
	for (__u32 i = 0; i < MAX_CAPTURE_OPS && ops >> i && at > 0; i++) {
		__u32 how = state->brief.retry_ops >> i & 1 ? SNIPPET_EXIT | SNIPPET_RETRIED
							    : SNIPPET_EXIT;

		if (!(ops >> i & 1))
			continue;
		at = is_new_program ? exec_op_run(i, at, how, state->interpreted)
				    : op_run(i, at, how, state->result);
	}
	if (at < 0)
		state->brief.captured |= CAPTURED_LOST;
	if (at < 0 || at == sizeof(struct capture_event))
		event_drop(EVENT_RETURN, at < 0);
	else
		event_end(EVENT_RETURN, 0, at, state->enter_ns);
}

SEC("raw_tp")
int on_capture(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct task_state *state = state_of(task);

	if (!state)
		return 0;
	if (state->capture_for == CAPTURE_FOR_ENTER) {
		enter_send(state, regs);
		return 0;
	}
	if (exit_ops_of(state))
		return_send(state, regs);
	if (cfg_descriptors)
		descriptors_send(state, regs, descriptors_made(state));
	call_end(ctx, task, state, regs);
	return 0;
}

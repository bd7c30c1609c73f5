// SPDX-License-Identifier: MIT
/*
 * Blocks of allocators, by probes on their functions: malloc(), free() and their like.
 *
 * Of calls that lie in each other (calloc() may call malloc(), operator new does) the outermost one
 * is what the program asked for, and the only one that counts. A block is the allocator's from the
 * moment that free() begins, and the program's once malloc() has returned: so no other thread can
 * seem to get it while it is still somebody's. These programs run in task context, where a kernel
 * may preempt them: they forbid it where they can, and say elsewhere whose the CPU's walk is, so
 * that whoever comes in between does without it.
 *
 * Licence: the object is "Dual MIT/GPL" (task.bpf.c). Reads pt_regs and task_struct.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "arch.bpf.h"
#include "config.bpf.h"
#include "ring.bpf.h"
#include "stack.bpf.h"
#include "state.bpf.h"
#include "trampoline.bpf.h"

extern void bpf_preempt_disable(void) __ksym __weak; /* from Linux 6.10 on */
extern void bpf_preempt_enable(void) __ksym __weak;

/* The call of an allocator that a task is in. */
struct alloc_call {
	__u64 sp; /* at its entry; 0: none */
	__u64 bytes;
	__u64 old_address;
	__u64 result_at; /* where posix_memalign() puts it; 0: it is returned */
	__u32 stack;
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct alloc_call);
} alloc_calls SEC(".maps") __weak;

static __always_inline void alloc_send(struct task_state *state, enum wire_alloc_kind kind,
				       __u64 address, const struct alloc_call *call)
{
	struct ring_head *ring = ring_of_cpu();
	struct alloc_event *event = ring_reserve(ring, EVENT_ALLOC, sizeof *event);

	if (!event)
		return;
	event_head(&event->head, EVENT_ALLOC, kind, sizeof *event, state->task, bpf_ktime_get_ns());
	event->address = address;
	event->old_address = call->old_address;
	event->bytes = call->bytes;
	event->stack = call->stack;
	event->reserved = 0;
	ring_commit(ring, EVENT_ALLOC, sizeof *event);
}

/* A call further in, or one that the other has ended with a jump to: unless that one never returned
 * (longjmp), which the place of its return address tells. */
static __always_inline bool is_nested(const struct alloc_call *call, __u64 sp)
{
	__u64 word = 0;

	if (!call->sp || sp > call->sp)
		return false;
	return bpf_probe_read_user(&word, sizeof word, (void *)call->sp) == 0 &&
	       word == trampoline_address();
}

static __always_inline void take_arguments(struct alloc_call *call, __u64 function,
					   const __u64 args[3])
{
	call->old_address = call->result_at = 0;
	call->bytes = args[0];
	switch (function) {
	case FUNCTION_CALLOC:
		call->bytes = args[0] * args[1]; /* too large a product fails */
		break;
	case FUNCTION_ALIGNED:
		call->bytes = args[1];
		break;
	case FUNCTION_POSIX:
		call->bytes = args[2];
		call->result_at = args[0];
		break;
	case FUNCTION_REALLOC:
		call->bytes = args[1];
		call->old_address = args[0];
		break;
	case FUNCTION_REALLOCARRAY:
		call->bytes = args[1] * args[2];
		call->old_address = args[0];
		break;
	}
}

static __always_inline void alloc_begin(struct pt_regs *ctx, struct task_state *state,
					__u64 function)
{
	struct alloc_call *call = bpf_task_storage_get(&alloc_calls, bpf_get_current_task_btf(),
						       NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	struct alloc_call freed = {.stack = STACK_UNASKED};
	__u64 args[3];

	if (!call) {
		ring_lose(EVENT_ALLOC, LOST_NO_MEMORY);
		return;
	}
	if (is_nested(call, regs_sp(ctx)))
		return;
	regs_call_args(ctx, args);
	if (function == FUNCTION_FREE) {
		call->sp = 0;
		if (args[0])
			alloc_send(state, WIRE_FREED, args[0], &freed);
		return;
	}
	take_arguments(call, function, args);
	call->stack = walk_claim() ? stack_of(ctx, state, WALK_FROM_ENTRY) : STACK_LOST;
	walk_give_back();
	call->sp = regs_sp(ctx);
}

static __always_inline void alloc_end(struct pt_regs *ctx, struct task_state *state)
{
	struct alloc_call *call =
		bpf_task_storage_get(&alloc_calls, bpf_get_current_task_btf(), NULL, 0);
	__u64 address = regs_result(ctx);

	if (!call || !call->sp || regs_sp(ctx) != sp_returned(call->sp))
		return;
	call->sp = 0;
	if (call->result_at &&
	    (address || bpf_probe_read_user(&address, sizeof address, (void *)call->result_at)))
		address = 0; /* it returned an error */
	alloc_send(state, call->old_address ? WIRE_RESIZED : WIRE_MADE, address, call);
}

static __always_inline bool forbids_preemption(void)
{
	return bpf_core_field_exists(struct bpf_subprog_info, might_sleep) && bpf_preempt_disable &&
	       bpf_preempt_enable;
}

SEC("uprobe")
int on_alloc_call(struct pt_regs *ctx)
{
	struct task_state *state = state_of(bpf_get_current_task_btf());

	if (!state)
		return 0;
	if (forbids_preemption())
		bpf_preempt_disable();
	alloc_begin(ctx, state, bpf_get_attach_cookie(ctx));
	if (forbids_preemption())
		bpf_preempt_enable();
	return 0;
}

SEC("uretprobe")
int on_alloc_return(struct pt_regs *ctx)
{
	struct task_state *state = state_of(bpf_get_current_task_btf());

	if (!state)
		return 0;
	if (forbids_preemption())
		bpf_preempt_disable();
	alloc_end(ctx, state);
	if (forbids_preemption())
		bpf_preempt_enable();
	return 0;
}

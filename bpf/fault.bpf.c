// SPDX-License-Identifier: MIT
/*
 * Page faults: entry by tracepoint, end by the software event of a minor or major fault.
 *
 * Between the two lies the service time, sleep for the disk included. A failing fault has no end:
 * it is still pending when the next thing happens to its task. A fault in user mode can be pending
 * while one in kernel mode is (a signal frame written after a failed access), so each mode has its
 * own slot, and the end's registers tell which one it closes.
 *
 * Licence: the object is "Dual MIT/GPL" (task.bpf.c). Reads pt_regs and task_struct.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "arch.bpf.h"
#include "fault.bpf.h"
#include "kernel_stack.bpf.h"
#include "stack.bpf.h"
#include "state.bpf.h"
#include "walker.bpf.h"

static __always_inline void fault_begin(struct pending_fault *fault, __u64 address, __u64 ip,
					__u64 error_code, __u32 stack)
{
	fault->address = address;
	fault->ip = ip;
	fault->error_code = error_code;
	fault->stack = stack;
	fault->time_ns = bpf_ktime_get_ns();
}

/* Number of the system call that the task is in, + 1; 0 outside of calls, and in 32-bit ones. */
static __always_inline __u32 syscall_of(struct task_struct *task)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	long nr = regs_nr(regs);

	return nr >= 0 && nr < 0xffff && !task_in_compat_syscall(task) ? nr + 1 : 0;
}

SEC("raw_tp/page_fault_user")
int BPF_PROG(on_page_fault_user, unsigned long address, struct pt_regs *untyped,
	     unsigned long error_code)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct task_state *state = state_of(task);

	if (!state || (long)address < 0)
		return 0;
	fault_fail_pending(task, state);
	fault_begin(&state->user, address, regs_ip(regs), error_code,
		    cfg_fault_stacks ? STACK_LOST : 0);
	if (cfg_fault_stacks)
		walker_call(ctx, state, WALK_FOR_USER_FAULT);
	return 0;
}

SEC("raw_tp/page_fault_kernel")
int BPF_PROG(on_page_fault_kernel, unsigned long address, struct pt_regs *untyped,
	     unsigned long error_code)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *state = state_of(task);
	__u64 ip;

	/* Kernel addresses are no user memory; with faults disabled (a peek that may fail, such as
	 * our own at a stack) the kernel does not handle the fault at all. */
	if (!state || (long)address < 0 || task->pagefault_disabled)
		return 0;
	ip = regs_ip_read(untyped);
	if (state->kernel.time_ns)
		fault_send(task, state, &state->kernel, WIRE_FAILED, WIRE_KERNEL, 0);
	state->kernel.syscall = syscall_of(task);
	if (cfg_fault_stacks && (state->in_exec || is_exec(state->kernel.syscall - 1))) {
		fault_begin(&state->kernel, address, ip, error_code,
			    with_kernel_stack(ctx, state->in_exec ? state->syscall_stack : 0, state,
					      ip));
		return 0;
	}
	fault_begin(&state->kernel, address, ip, error_code, cfg_fault_stacks ? STACK_LOST : 0);
	if (cfg_fault_stacks)
		walker_call(ctx, state, WALK_FOR_KERNEL_FAULT);
	return 0;
}

static __always_inline int fault_end(struct bpf_perf_event_data *context, __u32 kind)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *state = state_of(task);
	__u64 ip = regs_ip(&context->regs);
	__u32 flags = (long)ip < 0 ? WIRE_KERNEL : 0; /* where the kernel's half begins */
	struct pending_fault *fault;
	__u64 service_ns = 0;

	if (!state) {
		if (task_is_ending(task))
			fault_count_late(task);
		return 0;
	}
	fault = flags ? &state->kernel : &state->user;
	if (fault->time_ns) {
		service_ns = bpf_ktime_get_ns() - fault->time_ns;
	} else {
		flags |= WIRE_UNTIMED;
		fault->time_ns = bpf_ktime_get_ns();
		fault->address = context->addr;
		fault->ip = ip;
		fault->error_code = 0;
		fault->stack = 0;
		fault->syscall = 0;
	}
	fault_send(task, state, fault, kind, flags, service_ns);
	return 0;
}

SEC("perf_event")
int on_minor_fault(struct bpf_perf_event_data *context)
{
	return fault_end(context, WIRE_MINOR);
}

SEC("perf_event")
int on_major_fault(struct bpf_perf_event_data *context)
{
	return fault_end(context, WIRE_MAJOR);
}

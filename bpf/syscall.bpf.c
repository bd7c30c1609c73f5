// SPDX-License-Identifier: MIT
/*
 * System calls: one event per call, sent when it returns.
 *
 * sys_enter stashes number and time in the task's state; sys_exit pairs with what was stashed,
 * never by its own number, which is wrong after rt_sigreturn. The arguments still stand in the
 * registers then, but for the few calls that replace them. The cases that do not come in such
 * pairs: the child of a fork returns without having entered; seccomp refuses before the entry;
 * exit, and being killed, do not return (task.bpf.c sends those). Times exclude our own work: the
 * clock is read last at enter and first at exit. (A raw tracepoint's own pointer to the registers
 * cannot be read through; the task's is the same one.)
 *
 * Licence: the object is "Dual MIT/GPL" (task.bpf.c). Reads pt_regs and task_struct.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "arch.bpf.h"
#include "call_end.bpf.h"
#include "capture.bpf.h"
#include "config.bpf.h"
#include "fault.bpf.h"
#include "layout.bpf.h"
#include "mapping.bpf.h"
#include "ring.bpf.h"
#include "state.bpf.h"
#include "syscall.bpf.h"
#include "walker.bpf.h"

#define MAP_SHARED 1
#define PROT_EXEC  4
#define MAX_ERRNO  4095

/* Code appears by mmap and mprotect, and goes by whatever changes the mappings. */
static __always_inline void watch_mappings(struct pt_regs *regs, __s64 result)
{
	long nr = regs_nr(regs);
	__u64 args[6];

	if (!cfg_stacks || (result < 0 && result >= -MAX_ERRNO))
		return;
	if (nr != cfg_nr_mmap && nr != cfg_nr_munmap && nr != cfg_nr_mprotect &&
	    nr != cfg_nr_pkey_mprotect && nr != cfg_nr_mremap)
		return;
	regs_args(regs, false, args);
	if (nr == cfg_nr_mmap && args[2] & PROT_EXEC)
		mapping_follow_mmap(result, args);
	else if (nr == cfg_nr_mmap)
		mappings_forget(result, PAGE_END(result + args[1]));
	else if (nr == cfg_nr_munmap)
		mappings_forget(args[0], PAGE_END(args[0] + args[1]));
	else if (nr != cfg_nr_mremap && args[2] & PROT_EXEC)
		mappings_follow_code(args[0], PAGE_END(args[0] + args[1]));
	else if (nr == cfg_nr_mremap)
		mappings_move(args[0], args[1], result, args[2]);
}

/* Has the call's stack to be taken now? Faults of an exec need its stack, too, which is gone when
 * they come. */
static __always_inline bool is_walked_at_enter(const struct task_state *state, long nr)
{
	if (!returns_elsewhere(nr))
		return false;
	return state->in_exec || (state->in_syscall && is_walked(nr, state->compat));
}

static __always_inline void watch_mmap(__u64 start, const __u64 args[6])
{
	if (args[3] & MAP_ANONYMOUS || (cfg_stacks && args[2] & PROT_EXEC))
		return;
	/* PROT_READ, PROT_WRITE and PROT_EXEC are the flags of the same names. */
	layout_of_file(start, PAGE_END(start + args[1]), args[4], args[5] >> PAGE_SHIFT,
		       (args[2] & 7) | (args[3] & MAP_SHARED ? MAPPING_SHARED : 0));
}

/* Files that are mapped without being executable, and shared memory, whose size no argument tells.
 */
static __always_inline void watch_layout(struct pt_regs *regs, __s64 result)
{
	long nr = regs_nr(regs);
	__u64 args[6];

	if (!cfg_faults || (nr != cfg_nr_mmap && nr != cfg_nr_shmat) ||
	    (result < 0 && result >= -MAX_ERRNO) ||
	    task_in_compat_syscall(bpf_get_current_task_btf()))
		return;
	regs_args(regs, false, args);
	if (nr == cfg_nr_mmap)
		watch_mmap(result, args);
	else
		layout_follow(result, result + 1, false);
}

static __always_inline void watch_memory(struct task_struct *task, struct task_state *state,
					 struct pt_regs *regs, __s64 result)
{
	if (state->new_program)
		program_follow(task, state);
	watch_mappings(regs, result);
	watch_layout(regs, result);
}

/* `released`: this is the launched command's execve, whose stack is our own. */
static __always_inline void state_enter(void *ctx, struct task_state *state,
					struct task_struct *task, struct pt_regs *regs, long nr,
					bool released)
{
	state->compat = task_in_compat_syscall(task);
	state->in_syscall = is_recorded(nr, state->compat);
	state->in_exec = cfg_fault_stacks && is_exec(nr);
	state->result = 0;
	if (cfg_attached && state->joining) {
		if (state->joining & JOINING_COUNTS)
			state_join(state, task->min_flt + task->maj_flt);
		state->joining = 0;
	}
	if (!state->in_syscall && !state->in_exec)
		return;
	state->syscall_stack = 0;
	if (state->in_syscall) {
		state->fresh = 0;
		state->nr = nr;
		state_times_enter(state, task);
		if (returns_elsewhere(nr))
			regs_args(regs, state->compat, state->args);
		if (nr == cfg_nr_rt_sigreturn)
			state->args[0] = regs_sp(regs) + SAVED_MASK_OFFSET;
		if (!cfg_faults)
			state->faults_seen = task->min_flt + task->maj_flt;
	}
	if (!released && is_walked_at_enter(state, nr)) {
		walker_call(ctx, state, WALK_FOR_ENTER);
		state->syscall_stack = STACK_LOST;
	}
	capture_enter(ctx, state, regs);
	state->enter_ns = bpf_ktime_get_ns();
}

/* The launched command runs our own code until its execve: from here on it is the target. */
static __always_inline void state_release(struct task_state *state, struct task_struct *task)
{
	struct ring_head *ring = ring_of_cpu();
	struct start_event *event;

	root_note(task);
	state->held = 0;
	state->faults_seen = task->min_flt + task->maj_flt;
	state_times_begin(state, task);
	event = ring_reserve(ring, EVENT_START, sizeof *event);
	if (!event)
		return;
	event_head(&event->head, EVENT_START, 0, sizeof *event, state->task, bpf_ktime_get_ns());
	event->pid = task->tgid;
	event->tid = task->pid;
	event->process = state->process;
	event->reserved = 0;
	event->faults_before = state->faults_seen;
	event->stack_at = 0;
	__builtin_memset(event->comm, 0, sizeof event->comm);
	ring_commit(ring, EVENT_START, sizeof *event);
}

/* The call that sys_enter told of. */
static __always_inline void end_returned(struct task_state *state, struct task_struct *task,
					 __s64 result)
{
	state->duration_ns = bpf_ktime_get_ns() - state->enter_ns;
	state->ready_ns = state_times_exit(state, task);
	state->result = result;
	state->exit_flags = 0;
}

/* A seccomp filter answered in the call's place, so there was no entry; the arguments still stand.
 * False when there is nothing to be recorded. */
static __always_inline bool end_blocked(struct task_state *state, struct task_struct *task,
					struct pt_regs *regs, __s64 result)
{
	long nr = regs_nr(regs);

	if (nr < 0) /* rt_sigreturn, or a tracer made it no call at all */
		return false;
	state->compat = task_in_compat_syscall(task);
	if (!is_recorded(nr, state->compat))
		return false;
	state->nr = nr;
	state->enter_ns = bpf_ktime_get_ns();
	state->duration_ns = state->ready_ns = 0;
	/* Before it kills or traps, seccomp puts the number back to where the result would be. */
	state->result = result == nr ? 0 : result;
	state->exit_flags = WIRE_BLOCKED | (result == nr ? WIRE_UNFINISHED : 0);
	return true;
}

/* The call in which the task was when the recorder attached; its arguments still stand. False when
 * it is none to be recorded: a fork that returns in the child, for one. `enter_ns` is when we
 * attached.
 */
static __always_inline bool end_attached(struct task_state *state, struct task_struct *task,
					 struct pt_regs *regs, __s64 result)
{
	long nr = regs_nr(regs);

	state->joining &= ~JOINING_CALL;
	state->compat = task_in_compat_syscall(task);
	if (nr < 0 || !is_recorded(nr, state->compat) ||
	    (result == 0 && !state->compat && is_fork(nr)))
		return false;
	state->nr = nr;
	state->duration_ns = bpf_ktime_get_ns() - state->enter_ns;
	state->ready_ns = 0;
	state->result = result;
	state->exit_flags = WIRE_ATTACHED;
	return true;
}

SEC("raw_tp/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *untyped, long nr)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *state = state_find(task);
	struct pt_regs *regs;
	bool held;

	if (!state || stopped)
		return 0;
	held = state->held;
	if (held && nr != cfg_nr_execve)
		return 0;
	if (held)
		state_release(state, task);
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	state_enter(ctx, state, task, regs, nr, held);
	return 0;
}

SEC("raw_tp/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *untyped, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *state = state_of(task);
	bool has_ended = true;
	struct pt_regs *regs;

	if (!state)
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	if (state->in_syscall)
		end_returned(state, task, result);
	else if (state->fresh)
		has_ended = state->fresh = 0; /* the fork that made this task, returning in it */
	else if (cfg_attached && state->joining & JOINING_CALL)
		has_ended = end_attached(state, task, regs, result);
	else
		has_ended = end_blocked(state, task, regs, result);
	if (cfg_faults && state->kernel.time_ns)
		fault_fail_pending(task, state); /* the call ended in EFAULT, or the like */
	state->in_exec = 0;
	watch_memory(task, state, regs, result);
	if (has_ended) {
		capture_exit(ctx, state, regs);
		call_end(ctx, task, state, regs);
	}
	return 0;
}

/* In place of the two above when no system call is to be recorded. */
SEC("tp_btf/sys_enter")
int BPF_PROG(on_release, struct pt_regs *regs, long nr)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *state = state_find(task);

	if (state && state->held && nr == cfg_nr_execve)
		state_release(state, task);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_mapping, struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *state = state_of(task);

	if (state)
		watch_memory(task, state, (struct pt_regs *)bpf_task_pt_regs(task), result);
	return 0;
}

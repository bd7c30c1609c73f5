// SPDX-License-Identifier: MIT
/*
 * The tree of tasks: who was born, what it became, how it ended.
 *
 * sched_process_fork runs in the parent before the child can, so a child is followed from its first
 * instruction. A task's death also ends what it was in the middle of: a call that never returns, a
 * fault that failed. The counters that the kernel kept for it, read there, are what all recorded
 * faults are later reconciled with.
 *
 * Reads task_struct, signal_struct, linux_binprm, kernel_siginfo, k_sigaction.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "arch.bpf.h"
#include "fault.bpf.h"
#include "layout.bpf.h"
#include "ring.bpf.h"
#include "state.bpf.h"
#include "syscall.bpf.h"
#include "task.bpf.h"

#define SI_KERNEL 0x80

struct siginfo_head { /* as siginfo_t begins, of signals that a process sent */
	__s32 signal, error, code, padding;
	__s32 pid;
	__u32 uid;
};

char LICENSE[] SEC("license") = "Dual MIT/GPL";

static __always_inline void fork_send(struct task_struct *child, struct task_state *parent_state,
				      struct task_state *state)
{
	struct ring_head *ring = ring_of_cpu();
	struct fork_event *event;

	event = ring_reserve(ring, EVENT_FORK, sizeof *event);
	if (!event)
		return;
	event_head(&event->head, EVENT_FORK, 0, sizeof *event, parent_state->task,
		   bpf_ktime_get_ns());
	event->child = state->task;
	event->child_process = state->process;
	event->pid = child->tgid;
	event->tid = child->pid;
	event->child_space = state->space;
	event->parent_space = parent_state->space;
	bpf_probe_read_kernel(event->comm, sizeof event->comm, child->comm);
	ring_commit(ring, EVENT_FORK, sizeof *event);
}

/* The child's address space: its parent's own, as for threads and vfork, or a copy of it. */
static __always_inline __u32 space_of_child(struct task_struct *parent, struct task_struct *child,
					    __u32 space)
{
	__u64 from = (__u64)BPF_CORE_READ(parent, mm), to = (__u64)BPF_CORE_READ(child, mm);

	if (from == to)
		return space;
	if (cfg_stacks)
		code_space_copy(from, to);
	return __sync_fetch_and_add(&nr_spaces, 1) + 1;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_state *parent_state = state_of(parent);
	struct task_state *state;
	bool is_thread = parent->tgid == child->tgid;

	if (!parent_state || !cfg_follow)
		return 0;
	state = state_new(child);
	if (!state) {
		if (!cfg_attached || !state_exists(child))
			ring_lose(EVENT_FORK, LOST_NO_MEMORY);
		return 0;
	}
	state->task = __sync_fetch_and_add(&nr_tasks, 1) + 1;
	state->process = is_thread ? parent_state->process : state->task;
	state->space = space_of_child(parent, child, parent_state->space);
	state->fresh = 1;
	fork_send(child, parent_state, state);
	state_publish(child, state);
	return 0;
}

static __always_inline void exec_send(struct task_struct *task, struct task_state *state,
				      struct linux_binprm *bprm)
{
	struct ring_head *ring = ring_of_cpu();
	__u64 size_bytes = sizeof(struct exec_event) + MAX_PATH_BYTES;
	struct exec_event *event;
	long path_bytes;

	event = ring_reserve(ring, EVENT_EXEC, size_bytes);
	if (!event)
		return;
	path_bytes = bpf_probe_read_kernel_str(event->path, MAX_PATH_BYTES, bprm->filename);
	if (path_bytes < 0 || path_bytes > MAX_PATH_BYTES)
		path_bytes = 0;
	size_bytes = sizeof(struct exec_event) + ((path_bytes + 7) & ~7ULL);
	event_head(&event->head, EVENT_EXEC, 0, size_bytes, state->task, bpf_ktime_get_ns());
	event->pid = task->tgid;
	event->tid = task->pid;
	event->space = state->space;
	event->path_bytes = path_bytes;
	event->start_brk = BPF_CORE_READ(task, mm, start_brk);
	event->start_stack = BPF_CORE_READ(task, mm, start_stack);
	event->vdso = (__u64)BPF_CORE_READ(task, mm, context.vdso);
	event->entry = program_loader(task);
	bpf_probe_read_kernel(event->comm, sizeof event->comm, task->comm);
	ring_commit(ring, EVENT_EXEC, size_bytes);
}

/* What the new program finds mapped is told at the call's end (program_follow()): before its first
 * instruction, too, by a program that knows how to. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct task_state *state = state_of(task);

	if (!state)
		return 0;
	state->space = __sync_fetch_and_add(&nr_spaces, 1) + 1;
	state->interpreted = bprm->interp != bprm->filename;
	exec_send(task, state, bprm);
	state->new_program = cfg_stacks || cfg_faults;
	return 0;
}

/* Does any thread live on when this one ends? */
static __always_inline bool has_threads(struct task_struct *task)
{
	/* By BPF_CORE_READ: see mm_of_current(). */
	return BPF_CORE_READ(task, signal, live.counter) != 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct task_state *state = state_find(task);

	if (!state)
		return 0;
	if (task->pid == task->tgid) /* a thread that executes a program gets its tid */
		__sync_fetch_and_add(&nr_displaced, has_threads(task));
	if (!state->held)
		task_end(task, state, EVENT_EXIT);
	return 0;
}

SEC("tp_btf/task_rename")
int BPF_PROG(on_rename, struct task_struct *task, const char *comm)
{
	struct task_state *state = state_of(task);
	struct ring_head *ring = ring_of_cpu();
	struct comm_event *event;

	if (!state || !ring)
		return 0;
	event = ring_reserve(ring, EVENT_COMM, sizeof *event);
	if (!event)
		return 0;
	event_head(&event->head, EVENT_COMM, 0, sizeof *event, state->task, bpf_ktime_get_ns());
	bpf_probe_read_kernel_str(event->comm, sizeof event->comm, comm);
	ring_commit(ring, EVENT_COMM, sizeof *event);
	return 0;
}

/* Instead of a siginfo, SEND_SIG_NOINFO or SEND_SIG_PRIV: it is from this task, or the kernel. */
static __always_inline void siginfo_make(struct siginfo_head *info, int signal, bool by_kernel)
{
	info->signal = signal;
	info->code = by_kernel ? SI_KERNEL : 0;
	if (by_kernel)
		return;
	info->pid = bpf_get_current_pid_tgid() >> 32;
	info->uid = bpf_get_current_uid_gid();
}

static __always_inline void signal_send(const struct task_state *state, __u32 flags, int signal,
					struct kernel_siginfo *info, bool has_handler)
{
	struct ring_head *ring = ring_of_cpu();
	struct siginfo_head *head;
	struct signal_event *event;

	event = ring_reserve(ring, EVENT_SIGNAL, sizeof *event);
	if (!event)
		return;
	event_head(&event->head, EVENT_SIGNAL, flags, sizeof *event, state->task,
		   bpf_ktime_get_ns());
	__builtin_memset(event->info, 0, sizeof event->info);
	head = (struct siginfo_head *)event->info;
	if ((__u64)info <= 2)
		siginfo_make(head, signal, (__u64)info == 1);
	else
		bpf_probe_read_kernel(event->info, sizeof event->info, info);
	event->signal = signal;
	event->code = head->code;
	event->has_handler = has_handler;
	ring_commit(ring, EVENT_SIGNAL, sizeof *event);
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(on_signal, int signal, struct kernel_siginfo *info, struct k_sigaction *action)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *state = state_of(task);
	__u64 handler;

	if (!state)
		return 0;
	fault_fail_pending(task, state);
	if (signal != SIGKILL)
		state->result = 0;
	handler = (__u64)BPF_CORE_READ(action, sa.sa_handler); /* SIG_DFL 0, SIG_IGN 1 */
	signal_send(state, 0, signal, info, handler > 1);
	return 0;
}

enum { TRACE_SIGNAL_DELIVERED, TRACE_SIGNAL_IGNORED };

SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal_sent, int signal, struct kernel_siginfo *info, struct task_struct *task,
	     int group, int result)
{
	struct task_state *state = result <= TRACE_SIGNAL_IGNORED ? state_of(task) : NULL;

	if (state && !state->held)
		signal_send(state, result == TRACE_SIGNAL_IGNORED ? WIRE_IGNORED : WIRE_SENT,
			    signal, info, false);
	return 0;
}

/* What is still running when recording has ended. */
SEC("iter/task")
int on_left(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct task_state *state;

	if (!task)
		return 0;
	state = state_find(task);
	if (state && !state->held)
		task_end(task, state, EVENT_LEFT);
	return 0;
}

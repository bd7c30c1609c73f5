/* SPDX-License-Identifier: MIT */
/*
 * What is remembered about each followed task, and the exact totals.
 *
 * A task is followed if and only if it has a state. The recorder gives one to the command that it
 * launches; sched_process_fork gives one to every child before it can run. Task storage finds it
 * without hashing, dies with the task, and stays with it when exec changes its tid.
 */
#ifndef PROF_STATE_BPF_H
#define PROF_STATE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "event.h"

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} tasks SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NR_SYSCALL_TOTALS);
	__type(key, __u32);
	__type(value, struct total);
} syscall_totals SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NR_FAULT_TOTALS);
	__type(key, __u32);
	__type(value, struct total);
} fault_totals SEC(".maps") __weak;

/* The state of a task that is being recorded, or NULL. */
static __always_inline struct task_state *state_of(struct task_struct *task)
{
	struct task_state *state = bpf_task_storage_get(&tasks, task, NULL, 0);

	return state && !state->held ? state : NULL;
}

/*
 * Pages that the kernel counted for the task since its last event although no fault event told of
 * them: those that a system call populated (MAP_POPULATE, mlock, O_DIRECT, ...).
 */
static __always_inline __u32 state_populated(struct task_state *state, struct task_struct *task,
					     __u32 own_faults)
{
	__u64 faults = task->min_flt + task->maj_flt;
	__u64 populated = faults - state->faults_seen - own_faults;

	state->faults_seen = faults;
	return populated;
}

static __always_inline void total_add_time(struct total *total, __u64 duration_ns)
{
	__u32 bucket = loglinear_index(duration_ns, TOTAL_BITS);

	total->duration_ns += duration_ns;
	if (duration_ns > total->max_ns)
		total->max_ns = duration_ns;
	if (bucket < TOTAL_BUCKETS)
		total->buckets[bucket]++;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What is remembered about each followed task, and the exact totals.
 *
 * A task is followed if and only if it has a state. The recorder gives one to the command that it
 * launches; sched_process_fork gives one to every child before it can run. States lie in an array,
 * a task's own at its tid modulo the size unless that place is taken, so that nearly every look-up
 * is one comparison. Task storage, four times slower, knows the place of each for the rest: tids
 * that collide, and threads whose tid changed by exec.
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
	__type(value, __u32); /* index into states */
} places SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NR_STATES);
	__type(key, __u32);
	__type(value, struct task_state);
} states SEC(".maps") __weak;

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

static __always_inline struct task_state *state_by_storage(struct task_struct *task)
{
	__u32 *place = bpf_task_storage_get(&places, task, NULL, 0);
	struct task_state *state = place ? bpf_map_lookup_elem(&states, place) : NULL;

	if (state && state->owner == 0) /* the root, whose address the recorder cannot know */
		state->owner = (__u64)task;
	return state;
}

/* The state of a followed task, or NULL. */
static __always_inline struct task_state *state_find(struct task_struct *task)
{
	__u32 place = (__u32)task->pid % NR_STATES;
	struct task_state *state = bpf_map_lookup_elem(&states, &place);

	return state && state->owner == (__u64)task ? state : state_by_storage(task);
}

/* The state of a task that is being recorded, or NULL. */
static __always_inline struct task_state *state_of(struct task_struct *task)
{
	struct task_state *state = state_find(task);

	return state && !state->held ? state : NULL;
}

struct claim {
	__u64 owner;
	__u32 place;
	__u32 claimed;
};

/* Takes the place if nobody has it, else goes on to the next; 1 ends the loop. */
static long state_claim(__u32 index, struct claim *claim)
{
	__u32 place = (claim->place + index) % NR_STATES;
	struct task_state *state = bpf_map_lookup_elem(&states, &place);

	if (!state || state->owner ||
	    __sync_val_compare_and_swap(&state->owner, 0, claim->owner) != 0)
		return 0;
	claim->place = place;
	claim->claimed = 1;
	return 1;
}

/* A new, empty state for a task that is not running yet; NULL when there is no room. */
static __always_inline struct task_state *state_new(struct task_struct *task)
{
	struct claim claim = {.owner = (__u64)task, .place = (__u32)task->pid % NR_STATES};
	struct task_state *state;

	bpf_loop(NR_STATES, state_claim, &claim, 0);
	if (!claim.claimed)
		return NULL;
	state = bpf_map_lookup_elem(&states, &claim.place);
	if (!state)
		return NULL;
	if (!bpf_task_storage_get(&places, task, &claim.place, BPF_LOCAL_STORAGE_GET_F_CREATE)) {
		state->owner = 0;
		return NULL;
	}
	return state;
}

/* The task is gone: its place is free for another. */
static __always_inline void state_free(struct task_struct *task, struct task_state *state)
{
	struct task_state empty = {.owner = state->owner};

	bpf_task_storage_delete(&places, task);
	*state = empty;
	__sync_lock_test_and_set(&state->owner, 0); /* last: from here on others may take it */
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

/* A function of its own, so that the verifier follows its 64 ways once and not at each call. */
__weak __noinline __u32 total_bucket(__u64 duration_ns)
{
	return loglinear_index(duration_ns, TOTAL_BITS);
}

static __always_inline void total_add_time(struct total *total, __u64 duration_ns)
{
	__u32 bucket = total_bucket(duration_ns);

	total->duration_ns += duration_ns;
	if (duration_ns < total->min_ns || !total->min_ns)
		total->min_ns = duration_ns;
	if (duration_ns > total->max_ns)
		total->max_ns = duration_ns;
	if (bucket < TOTAL_BUCKETS)
		total->buckets[bucket]++;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What is remembered about each followed task, and the exact totals.
 *
 * A task is followed if and only if it has a state. The recorder gives one to the command that it
 * launches; sched_process_fork gives one to every child before it can run; attaching gives them to
 * all threads of a process (attach.bpf.c). States lie in an array, a task's own at its tid modulo
 * the size unless that place is taken, so that nearly every look-up is one comparison. Task
 * storage, four times slower, knows the place of each for the rest: tids that collide, and threads
 * whose tid changed by exec. It is not asked before there is one of these: tasks that are not
 * followed pay for every look-up, too.
 */
#ifndef PROF_STATE_BPF_H
#define PROF_STATE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "config.bpf.h"
#include "event.h"

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32); /* index into states, or one of those that follow them */
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

__u32 nr_tasks __weak = 1;  /* serial numbers given out; the root has the first */
__u32 nr_spaces __weak = 1; /* the same of address spaces */

/* Whether a state may lie elsewhere than at its task's tid. Of the launched command's that is to be
 * seen: its tid may be another one to the recorder, in a namespace of its own. */
__u32 nr_displaced __weak = 0;

/* Recording has ended, though programs may still be attached. */
bool stopped __weak = false;

/* The place of a task that has told of its end: of the command's process, and of another. */
#define PLACE_ENDED NR_STATES

#define ROOT_PROCESS 1

/* The owner of a state that is being made or ended: no task has that address. */
#define STATE_CLAIMED 1

static __always_inline __u32 place_of(const struct task_struct *task)
{
	return (__u32)task->pid % NR_STATES;
}

static __always_inline struct task_state *state_by_storage(struct task_struct *task)
{
	__u32 *place = bpf_task_storage_get(&places, task, NULL, 0);
	struct task_state *state = place ? bpf_map_lookup_elem(&states, place) : NULL;

	if (state && state->owner == 0) { /* the root, whose address the recorder cannot know */
		state->owner = (__u64)task;
		if (*place == place_of(task))
			__sync_fetch_and_add(&nr_displaced, -1);
	}
	return state && state->owner == (__u64)task ? state : NULL;
}

/* The state of a followed task, or NULL. */
static __always_inline struct task_state *state_find(struct task_struct *task)
{
	__u32 place = place_of(task);
	struct task_state *state = bpf_map_lookup_elem(&states, &place);

	if (state && state->owner == (__u64)task)
		return state;
	return nr_displaced ? state_by_storage(task) : NULL;
}

/* The state of a task that is being recorded, or NULL. */
static __always_inline struct task_state *state_of(struct task_struct *task)
{
	struct task_state *state = state_find(task);

	return state && !state->held && !stopped ? state : NULL;
}

#define TASK_EXITING 4 /* PF_EXITING */

static __always_inline bool task_is_ending(struct task_struct *task)
{
	return *(volatile unsigned int *)&task->flags & TASK_EXITING;
}

struct claim {
	__u32 place;
	__u32 claimed;
};

/* Takes the place if nobody has it, else goes on to the next; 1 ends the loop. */
static long state_claim(__u32 index, struct claim *claim)
{
	__u32 place = (claim->place + index) % NR_STATES;
	struct task_state *state = bpf_map_lookup_elem(&states, &place);

	if (!state || state->owner ||
	    __sync_val_compare_and_swap(&state->owner, 0, STATE_CLAIMED) != 0)
		return 0;
	claim->place = place;
	claim->claimed = 1;
	return 1;
}

static __always_inline bool state_exists(struct task_struct *task)
{
	return bpf_task_storage_get(&places, task, NULL, 0);
}

/*
 * A new, empty state, which nobody finds before it is published. NULL when there is no room, or
 * when the task has one: of a parent's fork and the walk that joins running tasks, the first one
 * wins.
 */
static __always_inline struct task_state *state_new(struct task_struct *task)
{
	struct claim claim = {.place = place_of(task)};
	struct task_state *state;
	__u32 *place;

	bpf_loop(NR_STATES, state_claim, &claim, 0);
	if (!claim.claimed)
		return NULL;
	state = bpf_map_lookup_elem(&states, &claim.place);
	if (!state)
		return NULL;
	place = bpf_task_storage_get(&places, task, &claim.place, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (place && *place == claim.place) {
		if (claim.place != place_of(task))
			__sync_fetch_and_add(&nr_displaced, 1);
		return state;
	}
	__sync_lock_test_and_set(&state->owner, 0);
	return NULL;
}

static __always_inline void state_publish(struct task_struct *task, struct task_state *state)
{
	__sync_lock_test_and_set(&state->owner, (__u64)task);
}

/* Whoever gets it is the one to end the task; nobody finds it any more. */
static __always_inline bool state_take(struct task_struct *task, struct task_state *state)
{
	return __sync_val_compare_and_swap(&state->owner, (__u64)task, STATE_CLAIMED) ==
	       (__u64)task;
}

/* The task, which was taken, is gone: its place is free for another. */
static __always_inline void state_free(struct task_struct *task, struct task_state *state)
{
	__u32 *place = bpf_task_storage_get(&places, task, NULL, 0);
	struct task_state empty = {.owner = STATE_CLAIMED};

	if (place)
		*place = PLACE_ENDED + (state->process != ROOT_PROCESS);
	*state = empty;
	__sync_lock_test_and_set(&state->owner, 0); /* last: from here on others may take it */
}

/* How long the task could have run so far, but had no processor; 0 where the kernel does not tell.
 */
static __always_inline __u64 task_ready_ns(struct task_struct *task)
{
	return bpf_core_field_exists(task->sched_info.run_delay) ? task->sched_info.run_delay : 0;
}

/* Its times are counted from here on. */
static __always_inline void state_times_begin(struct task_state *state, struct task_struct *task)
{
	state->cpu_before_ns = task->se.sum_exec_runtime;
	state->ready_seen_ns = task_ready_ns(task);
}

/* A call begins: up to here it was outside of calls. */
static __always_inline void state_times_enter(struct task_state *state, struct task_struct *task)
{
	__u64 ready_ns = task_ready_ns(task);

	state->ready_outside_ns += ready_ns - state->ready_seen_ns;
	state->ready_seen_ns = ready_ns;
	state->moves_at_enter = task->se.nr_migrations;
	state->sleeps_at_enter = task->nvcsw;
}

/*
 * How long a call, since its beginning, could have gone on but had no processor. Where a task that
 * sleeps is still being taken off its queue and is moved to another one, kernels with delayed
 * dequeueing (6.12) count its sleep as that. So of a call that has slept and was moved, only what
 * a processor's queue may well take is believed.
 */
#define MOST_READY_UNSURE_NS 20000000

static __always_inline __u64 state_times_exit(struct task_state *state, struct task_struct *task)
{
	__u64 now_ns = task_ready_ns(task), ready_ns = now_ns - state->ready_seen_ns;

	state->ready_seen_ns = now_ns;
	if (ready_ns > MOST_READY_UNSURE_NS && task->nvcsw != state->sleeps_at_enter &&
	    task->se.nr_migrations != state->moves_at_enter)
		return 0;
	return ready_ns;
}

/* The first event of a task that was running before: its counters stood at `faults` until then. */
static __always_inline void state_join(struct task_state *state, __u64 faults)
{
	state->joining &= ~JOINING_COUNTS;
	state->faults_before = state->faults_seen = faults;
}

/*
 * Pages that the kernel counted for the task since its last event although no fault event told of
 * them: those that a system call populated (MAP_POPULATE, mlock, O_DIRECT, ...).
 */
static __always_inline __u32 state_populated(struct task_state *state, struct task_struct *task,
					     __u32 own_faults)
{
	__u64 faults = task->min_flt + task->maj_flt;
	__u64 populated;

	if (cfg_attached && state->joining & JOINING_COUNTS)
		state_join(state, faults - own_faults);
	if (state->held) /* nobody watched what has come since the last event */
		return 0;
	populated = faults - state->faults_seen - own_faults;
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

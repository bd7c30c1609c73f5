// SPDX-License-Identifier: MIT
/*
 * Joining a process that runs already, without stopping it: states for all of its threads, and its
 * mappings for the stack walks and for whoever asks where faults were.
 *
 * The recorder has these programs walk over tasks and over the process's mappings, step by step
 * (enum join_step). Executable mappings come first, so that the first event can be walked from.
 * Then the threads, again and again until no new one is found: meanwhile a thread that has joined
 * makes its children follow (task.bpf.c), so none is missed. Mappings come once more at the end,
 * and whatever has changed before the threads were followed is put right. The kernel holds a
 * process's mappings while we look at one, and a change is followed up after it was made: so what
 * we put into the table is never older than what the change puts there.
 *
 * Licence: the object is "Dual MIT/GPL" (task.bpf.c). Reads task_struct, mm_struct, vm_area_struct.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "arch.bpf.h"
#include "mapping.bpf.h"
#include "path.bpf.h"
#include "ring.bpf.h"
#include "state.bpf.h"
#include "task.bpf.h"

struct join join = {0};

/* Tells of the program that the process executes, as its exec would have. */
static __always_inline void program_send(struct task_struct *task)
{
	__u32 zero = 0;
	struct path_walk *walk = bpf_map_lookup_elem(&path_walks, &zero);
	__u64 size_bytes = sizeof(struct exec_event) + MAX_PATH_BYTES;
	struct ring_head *ring = ring_of_cpu();
	struct exec_event *event;
	long path_bytes;

	if (!walk || !path_read((__u64)BPF_CORE_READ(task, mm, exe_file)))
		return;
	event = ring_reserve(ring, EVENT_EXEC, size_bytes);
	if (!event)
		return;
	path_bytes = bpf_probe_read_kernel_str(event->path, MAX_PATH_BYTES,
					       &walk->text[walk->at & (MAX_PATH_BYTES - 1)]);
	if (path_bytes < 0 || path_bytes > MAX_PATH_BYTES)
		path_bytes = 0;
	size_bytes = sizeof(struct exec_event) + ((path_bytes + 7) & ~7ULL);
	event_head(&event->head, EVENT_EXEC, WIRE_ATTACHED, size_bytes, join.process,
		   bpf_ktime_get_ns());
	event->pid = event->tid = task->tgid;
	event->space = join.space;
	event->path_bytes = path_bytes;
	event->start_brk = BPF_CORE_READ(task, mm, brk);
	event->start_stack = BPF_CORE_READ(task, mm, start_stack);
	event->vdso = join.vdso;
	event->entry = join.loader;
	bpf_probe_read_kernel(event->comm, sizeof event->comm, task->comm);
	ring_commit(ring, EVENT_EXEC, size_bytes);
}

/* The process's serial number is the leader's, or, where that has ended, its first thread's. */
static __always_inline void process_join(struct task_struct *task)
{
	__u64 mm = (__u64)BPF_CORE_READ(task, mm);

	join.mm = mm;
	join.tgid = task->tgid;
	join.is_followed = state_exists(task);
	if (!mm || join.is_followed)
		return;
	root_note(bpf_get_current_task_btf());
	join.process = __sync_fetch_and_add(&nr_tasks, 1) + 1;
	join.space = __sync_fetch_and_add(&nr_spaces, 1) + 1;
	join.vdso = (__u64)BPF_CORE_READ(task, mm, context.vdso);
	if (cfg_stacks && !code_space_of(mm))
		code_space_begin(mm);
	program_send(task);
}

static __always_inline void start_send(struct task_struct *task, struct task_state *state)
{
	struct ring_head *ring = ring_of_cpu();
	struct start_event *event = ring_reserve(ring, EVENT_START, sizeof *event);

	if (!event)
		return;
	event_head(&event->head, EVENT_START, 0, sizeof *event, state->task, state->enter_ns);
	event->pid = task->tgid;
	event->tid = task->pid;
	event->process = state->process;
	event->reserved = 0;
	event->faults_before = state->faults_seen;
	event->stack_at = regs_sp((struct pt_regs *)bpf_task_pt_regs(task));
	bpf_probe_read_kernel(event->comm, sizeof event->comm, task->comm);
	ring_commit(ring, EVENT_START, sizeof *event);
}

/* A thread that ends at this moment may have passed its last event, so it is ended here. */
static __always_inline void thread_join(struct task_struct *task)
{
	struct task_state *state;

	if (task_is_ending(task) || state_exists(task))
		return;
	if ((__u64)BPF_CORE_READ(task, mm) != join.mm) {
		join.has_other_mm = 1;
		return;
	}
	state = state_new(task);
	if (!state) {
		if (!state_exists(task))
			ring_lose(EVENT_START, LOST_NO_MEMORY);
		return;
	}
	state->task = join.nr_joined ? __sync_fetch_and_add(&nr_tasks, 1) + 1 : join.process;
	state->process = join.process;
	state->space = join.space;
	state->joining = JOINING_COUNTS | JOINING_CALL;
	state->enter_ns = bpf_ktime_get_ns();
	state->faults_seen = task->min_flt + task->maj_flt;
	state_times_begin(state, task);
	join.nr_joined++;
	join.nr_new++;
	start_send(task, state);
	state_publish(task, state);
	if (task_is_ending(task))
		task_end(task, state, EVENT_EXIT);
}

SEC("iter/task")
int on_join(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;

	if (!cfg_attached || !task)
		return 0;
	if (join.step == JOIN_PROCESS)
		process_join(task);
	else if ((__u32)task->tgid == join.tgid &&
		 (join.step == JOIN_THREADS || task->pid == task->tgid))
		thread_join(task);
	return 0;
}

/* Does the table say just this of the mapping that is being told of? */
static __always_inline bool code_is_known(struct code_space *space, const struct told_mapping *told)
{
	struct code_mapping *known = code_mapping_at(space, code_search(space, told->start, 0));

	return space->nr_mappings && known->start == told->start && known->end == told->end &&
	       known->file == told->file_id && known->file_page == told->file_page;
}

/* Puts the mapping that is being told of into the table, in place of all that the table has from
 * the end of the mapping before. True if that is news. */
__weak __noinline bool code_join(bool is_code)
{
	__u32 zero = 0;
	struct told_mapping *told = bpf_map_lookup_elem(&told_mappings, &zero);
	struct code_space *space = code_space_of(join.mm);
	struct code_edit edit = {.space = space};
	bool is_known;

	if (!told || !space)
		return is_code;
	if (!code_lock(space)) {
		ring_lose(EVENT_MAPPING, LOST_LOCK_BUSY);
		return false;
	}
	is_known = is_code && code_is_known(space, told);
	edit.start = join.at;
	edit.end = told->end;
	if (is_code) {
		edit.new.start = told->start;
		edit.new.end = told->end;
		edit.new.file_page = told->file_page;
		edit.new.file = told->file_id;
	}
	code_replace(&edit);
	code_unlock(space);
	code_changed(join.space);
	return is_code && !is_known;
}

static __always_inline void mapping_join(struct told_mapping *told, bool is_code)
{
	bool tells = join.step == JOIN_MAPPINGS && cfg_faults;

	if (cfg_stacks && (is_code || join.step == JOIN_MAPPINGS)) {
		bool is_news = code_join(is_code);

		tells = is_code ? is_news : tells;
	}
	if (tells)
		mapping_send();
}

/* The kernel's own page for probes: no code of the program's, and walks know it (stack.bpf.h). */
static __always_inline bool is_for_probes(struct vm_area_struct *vma)
{
	__u64 page = BPF_CORE_READ(vma, vm_mm, uprobes_state.xol_area, vaddr);

	return page && page == vma->vm_start;
}

SEC("iter/task_vma")
int on_join_mapping(struct bpf_iter__task_vma *context)
{
	struct vm_area_struct *vma = context->vma;
	__u32 zero = 0;
	struct told_mapping *told = bpf_map_lookup_elem(&told_mappings, &zero);
	bool is_code;

	if (!cfg_attached || !vma || !told || (__u64)BPF_CORE_READ(vma, vm_mm) != join.mm)
		return 0;
	is_code = vma->vm_flags & VM_EXEC && !is_for_probes(vma);
	told->start = vma->vm_start;
	told->end = vma->vm_end;
	told->file = (__u64)BPF_CORE_READ(vma, vm_file);
	told->file_page = told->file ? vma->vm_pgoff : 0;
	told->file_id = !is_code                                ? FILE_NONE
			: told->file                            ? file_id(told->file)
			: join.vdso && join.vdso == told->start ? FILE_VDSO
								: FILE_NONE;
	told->flags = (vma->vm_flags & MAPPING_FLAGS) | MAPPING_BEFORE;
	told->task = join.process;
	told->space = join.space;
	told->pid = join.tgid;
	if (join.step == JOIN_CODE)
		join.at = told->start;
	mapping_join(told, is_code);
	join.at = told->end;
	join.nr_mappings++;
	return 0;
}

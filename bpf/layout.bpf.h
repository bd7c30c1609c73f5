/* SPDX-License-Identifier: MIT */
/*
 * What else lies in an address space, for those who ask where a fault was: files that are not
 * executable, shared memory, and all that a program finds mapped when it begins.
 *
 * Later changes of anonymous memory need no events: their system calls tell. Executable mappings
 * are told by mapping.bpf.h where stacks are walked.
 */
#ifndef PROF_LAYOUT_BPF_H
#define PROF_LAYOUT_BPF_H

#include "arch.bpf.h"
#include "mapping.bpf.h"

#define MAX_LAYOUT_STEPS 64

struct layout_context {
	__u64 at;
	__u64 last_gap, last_found; /* at these addresses the loop ends */
	__u64 base;                 /* where the file of the last mapping found would begin */
	__u32 task, space;
	bool quiet; /* only look */
	bool busy;
};

static __always_inline void layout_tell(__u32 task, __u32 space, __u64 start, __u64 end, __u64 file,
					__u64 file_page, __u32 flags)
{
	__u32 zero = 0;
	struct told_mapping *told = bpf_map_lookup_elem(&told_mappings, &zero);

	if (!told)
		return;
	told->start = start;
	told->end = end;
	told->file = file;
	told->file_page = file ? file_page : 0;
	told->file_id = FILE_NONE;
	told->flags = flags & MAPPING_FLAGS;
	told->task = task;
	told->space = space;
	told->pid = bpf_get_current_pid_tgid() >> 32;
	mapping_send();
}

static long layout_found(struct task_struct *task, struct vm_area_struct *vma,
			 struct layout_context *context)
{
	context->at = vma->vm_end;
	context->base = vma->vm_start - (vma->vm_pgoff << PAGE_SHIFT);
	if (!context->quiet && !(cfg_stacks && vma->vm_flags & VM_EXEC))
		layout_tell(context->task, context->space, vma->vm_start, vma->vm_end,
			    (__u64)BPF_CORE_READ(vma, vm_file), vma->vm_pgoff, vma->vm_flags);
	return 0;
}

/* One mapping, or one page of a gap; 1 ends the loop. */
static long layout_step(__u32 index, struct layout_context *context)
{
	long err = bpf_find_vma(bpf_get_current_task_btf(), context->at, layout_found, context, 0);

	context->busy = err == -EBUSY;
	if (context->busy)
		return 0;
	if (err)
		context->at += 1 << PAGE_SHIFT;
	return context->at >= (err ? context->last_gap : context->last_found);
}

/* Tells of the mappings from `at` to `end`; `beyond`: and on to the first gap. */
__weak __noinline int layout_follow(__u64 at, __u64 end, bool beyond)
{
	struct task_state *state = state_of(bpf_get_current_task_btf());
	struct layout_context context = {
		.at = at,
		.last_gap = end,
		.last_found = beyond ? ~0ULL : end,
	};

	if (!state)
		return 0;
	context.task = state->task;
	context.space = state->space;
	bpf_loop(MAX_LAYOUT_STEPS, layout_step, &context, 0);
	if (context.busy)
		ring_lose(EVENT_MAPPING, LOST_LOCK_BUSY);
	return 0;
}

/* What mmap was asked for is what lies there: so the kernel need not be asked, which fails where
 * other threads change their mappings all the while. `flags` are of enum mapping_flag. */
__weak __noinline int layout_of_file(__u64 start, __u64 end, __u32 fd, __u64 file_page, __u32 flags)
{
	struct task_state *state = state_of(bpf_get_current_task_btf());
	__u64 file = file_of_descriptor(fd);

	if (state && file)
		layout_tell(state->task, state->space, start, end, file, file_page, flags);
	return 0;
}

/* Where the file that is mapped at an address begins, supposing it is mapped as a whole. */
__weak __noinline __u64 layout_base(__u64 address)
{
	struct layout_context context = {.at = address, .quiet = true};

	bpf_find_vma(bpf_get_current_task_btf(), address, layout_found, &context, 0);
	return context.base && context.base < address ? context.base : address;
}

/* The loader's entry point, 0 when the program begins by itself. */
static __always_inline __u64 program_loader(struct task_struct *task)
{
	__u64 entry = regs_ip((struct pt_regs *)bpf_task_pt_regs(task));

	return entry >= BPF_CORE_READ(task, mm, start_code) &&
			       entry < BPF_CORE_READ(task, mm, end_code)
		       ? 0
		       : entry;
}

/* Its code, the loader's, and the vdso. */
static __always_inline void code_of_program(struct task_struct *task)
{
	__u64 entry = regs_ip((struct pt_regs *)bpf_task_pt_regs(task));
	__u64 vdso = (__u64)BPF_CORE_READ(task, mm, context.vdso);

	code_space_begin(mm_of_current());
	mappings_follow_code(BPF_CORE_READ(task, mm, start_code),
			     BPF_CORE_READ(task, mm, end_code));
	mappings_follow_code(entry, entry + 1); /* of the loader, when there is one */
	mappings_follow_code(vdso, vdso + 1);
}

/* Its segments, those of its loader, and the stack. */
static __always_inline void layout_of_program(struct task_struct *task)
{
	__u64 loader = program_loader(task), stack = BPF_CORE_READ(task, mm, start_stack);

	layout_follow(layout_base(BPF_CORE_READ(task, mm, start_code)),
		      BPF_CORE_READ(task, mm, end_data), true);
	if (loader)
		layout_follow(layout_base(loader), loader, true);
	layout_follow(stack, stack, false);
}

/* What a program finds mapped: at the end of its execve, which is before its first instruction. */
static __always_inline void program_follow(struct task_struct *task, struct task_state *state)
{
	state->new_program = 0;
	if (cfg_stacks)
		code_of_program(task);
	if (cfg_faults)
		layout_of_program(task);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which file lies where in an address space, told the moment it happens, to user space and to the
 * stack walks (code.bpf.h).
 *
 * An event per executable mapping carries the file's path (path.bpf.h) and its identity. A process
 * that lives for a millisecond is thus named like any other: nobody has to be quick enough to read
 * its /proc/PID/maps.
 */
#ifndef PROF_MAPPING_BPF_H
#define PROF_MAPPING_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "code.bpf.h"
#include "path.bpf.h"
#include "ring.bpf.h"
#include "state.bpf.h"

#define ENOENT            2
#define EBUSY             16
#define MAX_LOCK_TRIES    (1 << 12) /* another thread holds it, mostly for microseconds */
#define MAX_MMAP_TRIES    64        /* and there is another way to know */
#define MAP_ANONYMOUS     0x20
#define VM_EXEC           4
#define PAGE_SHIFT        12 /* vm_pgoff counts in it; larger base pages exist on arm64 only */
#define PAGE_BYTES        4096
#define PAGE_END(address) (((address) + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1ULL))

/* The CPU's mapping that is being told of. */
struct told_mapping {
	__u64 start, end;
	__u64 file; /* the kernel's struct file */
	__u64 file_page;
	__u32 file_id;
	__u32 task, space;
	__u32 flags;
	__u32 pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct told_mapping);
} told_mappings SEC(".maps") __weak;

/* Sends the event of the mapping that is being told of. */
__weak __noinline int mapping_send(void)
{
	__u32 zero = 0;
	struct told_mapping *told = bpf_map_lookup_elem(&told_mappings, &zero);
	struct path_walk *walk = bpf_map_lookup_elem(&path_walks, &zero);
	struct ring_head *ring = ring_of_cpu();
	struct mapping_event *event;
	__u64 path_bytes, size_bytes;
	struct file *file;
	__u32 at;

	if (!told || !walk || !ring || !path_read(told->file))
		return 0;
	file = (struct file *)told->file;
	at = walk->at & (MAX_PATH_BYTES - 1);
	path_bytes = path_bytes_from(at);
	if (path_bytes > MAX_PATH_BYTES)
		return 0;
	size_bytes = sizeof *event + path_bytes;
	event = ring_reserve(ring, EVENT_MAPPING, size_bytes);
	if (!event)
		return 0;
	event_head(&event->head, EVENT_MAPPING, 0, size_bytes, told->task, bpf_ktime_get_ns());
	event->space = told->space;
	event->path_bytes = path_bytes;
	event->start = told->start;
	event->end = told->end;
	event->file_offset_bytes = told->file_page << PAGE_SHIFT;
	event->inode = file ? BPF_CORE_READ(file, f_inode, i_ino) : 0;
	event->device = file ? BPF_CORE_READ(file, f_inode, i_sb, s_dev) : 0;
	event->file = told->file_id;
	event->pid = told->pid;
	event->flags = told->flags;
	bpf_probe_read_kernel(event->path, path_bytes, &walk->text[at]);
	ring_commit(ring, EVENT_MAPPING, size_bytes);
	return 0;
}

/* A range of addresses whose mappings are followed up one after the other. */
struct vma_context {
	__u64 at, end;
	__u32 task, space;
	struct code_mapping found; /* no end: not executable */
	long err;
};

/* Tells of an executable mapping. */
static __always_inline void mapping_tell(struct vma_context *context, __u64 start, __u64 end,
					 __u64 file, __u64 file_page)
{
	__u64 vdso = (__u64)BPF_CORE_READ(bpf_get_current_task_btf(), mm, context.vdso);
	__u32 zero = 0;
	struct told_mapping *told = bpf_map_lookup_elem(&told_mappings, &zero);

	if (!told)
		return;
	told->start = context->found.start = start;
	told->end = context->found.end = end;
	told->file = file;
	told->file_page = file ? file_page : 0; /* else it counts the address space */
	told->file_id = file ? file_id(file) : vdso && vdso == start ? FILE_VDSO : FILE_NONE;
	told->flags = MAPPING_READ | MAPPING_EXEC;
	told->pid = bpf_get_current_pid_tgid() >> 32;
	context->found.file_page = told->file_page;
	context->found.file = told->file_id;
	told->task = context->task;
	told->space = context->space;
	mapping_send();
}

/* Called by bpf_find_vma() with the mapping found. */
static long mapping_found(struct task_struct *task, struct vm_area_struct *vma,
			  struct vma_context *context)
{
	context->at = vma->vm_end;
	context->found.end = 0;
	if (vma->vm_flags & VM_EXEC)
		mapping_tell(context, vma->vm_start, vma->vm_end,
			     (__u64)BPF_CORE_READ(vma, vm_file), vma->vm_pgoff);
	return 0;
}

/* Puts what was found, or nothing, in place of what the table has from start to end. */
__weak __noinline int code_put(__u64 start, __u64 end, __u64 found_end, __u32 file_page, __u32 file)
{
	struct code_edit edit = {.start = start, .end = end};

	edit.space = code_space_of(mm_of_current());
	if (!edit.space)
		return 0;
	edit.new.start = start;
	edit.new.end = found_end;
	edit.new.file_page = file_page;
	edit.new.file = file;
	code_replace(&edit);
	return 0;
}

/* The mapping at the range's start, or another try while another thread changes it, or a page
 * further on in a hole between parts of a program's code; 1 ends the loop. */
static long mapping_step(__u32 index, struct vma_context *context)
{
	__u64 at = context->at;

	context->err = bpf_find_vma(bpf_get_current_task_btf(), at, mapping_found, context, 0);
	if (context->err == -EBUSY)
		return 0;
	if (context->err == -ENOENT) { /* as between the segments of some programs */
		context->at += 1 << PAGE_SHIFT;
		return context->at >= context->end;
	}
	if (context->err || context->at == at)
		return 1;
	if (context->found.end)
		code_put(context->found.start, context->found.end, context->found.end,
			 context->found.file_page, context->found.file);
	return context->at >= context->end;
}

static __always_inline bool context_begin(struct vma_context *context)
{
	struct task_state *state = state_of(bpf_get_current_task_btf());

	if (!state)
		return false;
	context->task = state->task;
	context->space = state->space;
	return true;
}

/*
 * Follows up a change of the current task's mappings from `start` to `end`: tells user space of the
 * executable ones, and puts them into the table of its code. A function of its own, with nothing
 * but numbers for arguments, so that the verifier looks at it once and not at each call. -EBUSY:
 * other threads changed their mappings all the while, so the table has nothing there.
 */
__weak __noinline int mappings_follow(__u64 start, __u64 end, __u32 max_tries)
{
	struct code_space *code = code_space_of(mm_of_current());
	struct vma_context context = {.at = start, .end = end, .err = -EBUSY};

	if (!code || !context_begin(&context))
		return 0;
	if (code_lock(code)) {
		code_put(start, end, 0, 0, 0);
		bpf_loop(max_tries, mapping_step, &context, 0);
		code_unlock(code);
	}
	code_changed(context.space);
	return context.err == -EBUSY ? -EBUSY : 0;
}

/* Code that was there before, or is said to be there now. */
static __always_inline void mappings_follow_code(__u64 start, __u64 end)
{
	if (mappings_follow(start, end, MAX_LOCK_TRIES))
		ring_lose(EVENT_MAPPING, LOST_LOCK_BUSY);
}

/* The kernel's struct file behind a descriptor of the current task, or 0. */
static __always_inline __u64 file_of_descriptor(__u32 fd)
{
	struct fdtable *table = BPF_CORE_READ(bpf_get_current_task_btf(), files, fdt);
	struct file **files = BPF_CORE_READ(table, fd);
	__u64 file = 0;

	if (fd < BPF_CORE_READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof file, &files[fd]);
	return file;
}

/* What mmap was asked for is what lies there, if the kernel cannot be asked. */
__weak __noinline int mapping_assume(__u64 start, __u64 end, __u32 fd, bool has_file,
				     __u64 file_page)
{
	struct code_space *code = code_space_of(mm_of_current());
	struct vma_context context = {};
	__u64 file = has_file ? file_of_descriptor(fd) : 0;

	if (!code || !context_begin(&context) || (has_file && !file) || !code_lock(code))
		return -EBUSY;
	mapping_tell(&context, start, end, file, file_page);
	if (context.found.end)
		code_put(start, end, end, context.found.file_page, context.found.file);
	code_unlock(code);
	code_changed(context.space);
	return 0;
}

/* A new executable mapping. `args` are those of mmap. */
static __always_inline void mapping_follow_mmap(__u64 start, const __u64 args[6])
{
	__u64 end = PAGE_END(start + args[1]);

	if (mappings_follow(start, end, MAX_MMAP_TRIES) &&
	    mapping_assume(start, end, args[4], !(args[3] & MAP_ANONYMOUS), args[5] >> PAGE_SHIFT))
		ring_lose(EVENT_MAPPING, LOST_LOCK_BUSY);
}

/* The same where nothing new is executable: only if there was code before. */
__weak __noinline int mappings_forget(__u64 start, __u64 end)
{
	struct code_space *code = code_space_of(mm_of_current());

	if (code && start < end && code_in_range(code, start, end))
		mappings_follow(start, end, MAX_MMAP_TRIES); /* gone it is in any case */
	return 0;
}

/* Moved memory is what it was: executable if it was that before. */
__weak __noinline int mappings_move(__u64 from, __u64 from_bytes, __u64 to, __u64 to_bytes)
{
	struct code_space *code = code_space_of(mm_of_current());
	bool was_code;

	if (!code || !to_bytes)
		return 0;
	/* An old size of nothing: the memory is there twice. */
	was_code = code_in_range(code, from, from + (from_bytes ? from_bytes : 1));
	if (was_code && from_bytes)
		mappings_follow(from, PAGE_END(from + from_bytes), MAX_MMAP_TRIES);
	if ((was_code || code_in_range(code, to, to + to_bytes)) &&
	    mappings_follow(to, PAGE_END(to + to_bytes), MAX_LOCK_TRIES) && was_code)
		ring_lose(EVENT_MAPPING, LOST_LOCK_BUSY);
	return 0;
}

#endif

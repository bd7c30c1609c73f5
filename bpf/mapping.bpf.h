/* SPDX-License-Identifier: MIT */
/*
 * Which file lies where in an address space, told the moment it happens.
 *
 * An event per executable mapping carries the file's path, read component by component from the
 * kernel's directory entries, and its identity. A process that lives for a millisecond is thus
 * named like any other: nobody has to be quick enough to read its /proc/PID/maps.
 */
#ifndef PROF_MAPPING_BPF_H
#define PROF_MAPPING_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "ring.bpf.h"
#include "state.bpf.h"

#define EBUSY               16
#define MAX_LOCK_TRIES      64 /* another thread holds it for microseconds */
#define VM_EXEC             4
#define PAGE_SHIFT          12 /* vm_pgoff counts in it; larger base pages exist on arm64 only */
#define MAX_PATH_COMPONENTS 128
#define MAX_COMPONENT_BYTES 256 /* with its slash */

/* A path grows from the end of the buffer towards its start. */
struct path_walk {
	char text[2 * MAX_PATH_BYTES];
	__u64 dentry, mnt;
	__u32 at; /* first byte in use, below MAX_PATH_BYTES */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct path_walk);
} path_walks SEC(".maps") __weak;

/* The recorder's root directory: paths are told as it can open them, also inside a container. */
__u64 root_dentry __weak = 0;
__u64 root_mnt __weak = 0;

/* Of a task that still has the recorder's root. */
static __always_inline void root_note(struct task_struct *task)
{
	root_dentry = (__u64)BPF_CORE_READ(task, fs, root.dentry);
	root_mnt = (__u64)BPF_CORE_READ(task, fs, root.mnt);
}

static __always_inline void path_prepend(struct path_walk *walk, struct dentry *dentry)
{
	__u32 size = BPF_CORE_READ(dentry, d_name.len) & (MAX_COMPONENT_BYTES - 1);
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	__u32 at = walk->at - size - 1;

	barrier_var(at); /* or the compiler computes it anew, unbounded to the verifier */
	if (at >= MAX_PATH_BYTES)
		return;
	walk->text[at] = '/';
	bpf_probe_read_kernel(&walk->text[at + 1], size, name);
	walk->at = at;
}

/* One step towards the root: out of a mount, or to the parent directory; 1 ends the loop. */
static long path_step(__u32 index, void *unused)
{
	__u32 zero = 0;
	struct path_walk *walk = bpf_map_lookup_elem(&path_walks, &zero);
	struct dentry *dentry, *parent;
	struct mount *mount, *outer;
	struct vfsmount *mnt;

	if (!walk || (walk->dentry == root_dentry && walk->mnt == root_mnt))
		return 1;
	dentry = (struct dentry *)walk->dentry;
	mnt = (struct vfsmount *)walk->mnt;
	if (dentry == BPF_CORE_READ(mnt, mnt_root)) {
		mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
		outer = BPF_CORE_READ(mount, mnt_parent);
		if (outer == mount)
			return 1;
		walk->dentry = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mnt = (__u64)outer + bpf_core_field_offset(struct mount, mnt);
		return 0;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (parent == dentry)
		return 1;
	path_prepend(walk, dentry);
	walk->dentry = (__u64)parent;
	return 0;
}

static __always_inline struct path_walk *path_of_file(struct file *file)
{
	__u32 zero = 0;
	struct path_walk *walk = bpf_map_lookup_elem(&path_walks, &zero);
	struct dentry *dentry;

	if (!walk)
		return NULL;
	walk->at = MAX_PATH_BYTES - 1;
	walk->text[MAX_PATH_BYTES - 1] = 0;
	if (!file)
		return walk;
	dentry = BPF_CORE_READ(file, f_path.dentry);
	walk->dentry = (__u64)dentry;
	walk->mnt = (__u64)BPF_CORE_READ(file, f_path.mnt);
	if (BPF_CORE_READ(dentry, d_parent) == dentry)
		path_prepend(walk, dentry); /* it is in no directory: a memfd, for one */
	else
		bpf_loop(MAX_PATH_COMPONENTS, path_step, NULL, 0);
	return walk;
}

/* A range of addresses whose mappings are told one after the other. */
struct vma_context {
	__u64 at, end;
	__u32 task, space;
	long err;
};

/* Called by bpf_find_vma() with the mapping found. */
static long mapping_send(struct task_struct *task, struct vm_area_struct *vma,
			 struct vma_context *context)
{
	struct file *file = vma->vm_file;
	__u64 vdso = (__u64)BPF_CORE_READ(task, mm, context.vdso);
	struct path_walk *walk;
	struct ring_head *ring;
	struct mapping_event *event;
	__u64 path_bytes, size_bytes;
	__u32 at;

	context->at = vma->vm_end;
	if (!(vma->vm_flags & VM_EXEC))
		return 0;
	walk = path_of_file(file);
	ring = ring_of_cpu();
	if (!walk || !ring)
		return 0;
	at = walk->at & (MAX_PATH_BYTES - 1);
	path_bytes = (MAX_PATH_BYTES - at) & (2 * MAX_PATH_BYTES - 1);
	path_bytes = (path_bytes + 7) & ~7ULL; /* the buffer is zero beyond the text */
	if (path_bytes > MAX_PATH_BYTES)
		return 0;
	size_bytes = sizeof *event + path_bytes;
	event = ring_reserve(ring, EVENT_MAPPING, size_bytes);
	if (!event)
		return 0;
	event_head(&event->head, EVENT_MAPPING, 0, size_bytes, context->task, bpf_ktime_get_ns());
	event->space = context->space;
	event->path_bytes = path_bytes;
	event->start = vma->vm_start;
	event->end = vma->vm_end;
	event->file_offset_bytes = vma->vm_pgoff << PAGE_SHIFT;
	event->is_vdso = vdso && vdso == vma->vm_start;
	event->inode = file ? BPF_CORE_READ(file, f_inode, i_ino) : 0;
	event->device = file ? BPF_CORE_READ(file, f_inode, i_sb, s_dev) : 0;
	bpf_probe_read_kernel(event->path, path_bytes, &walk->text[at]);
	ring_commit(ring, EVENT_MAPPING, size_bytes);
	return 0;
}

/* The mapping at the range's start, or another try while another thread changes it; 1 ends the
 * loop. */
static long mapping_step(__u32 index, struct vma_context *context)
{
	__u64 at = context->at;

	context->err = bpf_find_vma(bpf_get_current_task_btf(), at, mapping_send, context, 0);
	if (context->err == -EBUSY)
		return 0;
	return context->err || context->at == at || context->at >= context->end;
}

/*
 * Tells of the current task's mappings from `start` to `end`. A function of its own, with nothing
 * but numbers for arguments, so that the verifier looks at it once and not at each call.
 */
__weak __noinline int mappings_tell(__u64 start, __u64 end)
{
	struct task_state *state = state_of(bpf_get_current_task_btf());
	struct vma_context context = {.at = start, .end = end};

	if (!state)
		return 0;
	context.task = state->task;
	context.space = state->space;
	bpf_loop(MAX_LOCK_TRIES, mapping_step, &context, 0);
	if (context.err == -EBUSY)
		ring_lose(EVENT_MAPPING, LOST_LOCK_BUSY);
	return 0;
}

#endif

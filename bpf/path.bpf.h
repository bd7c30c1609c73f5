/* SPDX-License-Identifier: MIT */
/*
 * The path of a file, read component by component from the kernel's directory entries.
 *
 * That goes from the file towards the root, so a path grows from the end of its buffer towards the
 * start.
 */
#ifndef PROF_PATH_BPF_H
#define PROF_PATH_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "event.h"

#define MAX_PATH_COMPONENTS 128
#define MAX_COMPONENT_BYTES 256 /* with its slash */

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

/* Puts a file's path into the CPU's path_walk; false when it is none. */
__weak __noinline bool path_read(__u64 file_address)
{
	struct file *file = (struct file *)file_address;
	__u32 zero = 0;
	struct path_walk *walk = bpf_map_lookup_elem(&path_walks, &zero);
	struct dentry *dentry;

	if (!walk)
		return false;
	walk->at = MAX_PATH_BYTES - 1;
	walk->text[MAX_PATH_BYTES - 1] = 0;
	if (!file)
		return true;
	dentry = BPF_CORE_READ(file, f_path.dentry);
	walk->dentry = (__u64)dentry;
	walk->mnt = (__u64)BPF_CORE_READ(file, f_path.mnt);
	if (BPF_CORE_READ(dentry, d_parent) == dentry &&
	    BPF_CORE_READ(file, f_path.mnt, mnt_root) != dentry)
		path_prepend(walk, dentry); /* it is in no directory: a memfd, for one */
	else
		bpf_loop(MAX_PATH_COMPONENTS, path_step, NULL, 0);
	return true;
}

/* How much of the buffer a path takes that begins at `at`, as events have it: up to a multiple of
 * eight, since the buffer is zero beyond the text. */
static __always_inline __u64 path_bytes_from(__u32 at)
{
	__u64 bytes = (MAX_PATH_BYTES - at) & (2 * MAX_PATH_BYTES - 1);

	return (bytes + 7) & ~7ULL;
}

#endif

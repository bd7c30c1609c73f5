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
	__u64 mnt_root;  /* the directory entry at which that mount begins */
	__u32 at;        /* first byte in use, below MAX_PATH_BYTES */
	bool is_nowhere; /* the file is in no directory: a memfd, for one */
	bool is_deleted;
	__u64 file[12]; /* how its structure begins, and that of `dentry` */
	__u64 entry[8];
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

/*
 * A field of a structure whose beginning has been copied. To read in the kernel takes the same time
 * for a word and for a hundred bytes, and paths take many words.
 */
#define COPIED(copy, source, field)                                                                \
	({                                                                                         \
		typeof((source)->field) __value;                                                   \
		__u64 __at = bpf_core_field_offset((source)->field);                               \
                                                                                                   \
		if (__at + sizeof __value <= sizeof(copy))                                         \
			__value = *(typeof(__value) *)((char *)(copy) + __at);                     \
		else /* in this kernel it lies further behind */                                   \
			BPF_CORE_READ_INTO(&__value, source, field);                               \
		__value;                                                                           \
	})

static __always_inline void path_prepend(struct path_walk *walk, struct dentry *dentry)
{
	__u32 size = COPIED(walk->entry, dentry, d_name.len) & (MAX_COMPONENT_BYTES - 1);
	const unsigned char *name = COPIED(walk->entry, dentry, d_name.name);
	__u32 at = walk->at - size - 1;

	barrier_var(at); /* or the compiler computes it anew, unbounded to the verifier */
	if (at >= MAX_PATH_BYTES)
		return;
	walk->text[at] = '/';
	bpf_probe_read_kernel(&walk->text[at + 1], size, name);
	walk->at = at;
}

static __always_inline void path_enter_mount(struct path_walk *walk, __u64 mnt)
{
	walk->mnt = mnt;
	walk->mnt_root = (__u64)BPF_CORE_READ((struct vfsmount *)mnt, mnt_root);
}

/* One step towards the root: out of a mount, or to the parent directory; 1 ends the loop. */
static long path_step(__u32 index, void *unused)
{
	__u32 zero = 0;
	struct path_walk *walk = bpf_map_lookup_elem(&path_walks, &zero);
	struct dentry *dentry, *parent;
	struct mount *mount, *outer;

	if (!walk || (walk->dentry == root_dentry && walk->mnt == root_mnt))
		return 1;
	dentry = (struct dentry *)walk->dentry;
	if (walk->dentry == walk->mnt_root) {
		mount = (void *)walk->mnt - bpf_core_field_offset(struct mount, mnt);
		outer = BPF_CORE_READ(mount, mnt_parent);
		if (outer == mount)
			return 1;
		walk->dentry = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
		path_enter_mount(walk, (__u64)outer + bpf_core_field_offset(struct mount, mnt));
		return 0;
	}
	bpf_probe_read_kernel(walk->entry, sizeof walk->entry, dentry);
	parent = COPIED(walk->entry, dentry, d_parent);
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
	bool has_parent;

	if (!walk)
		return false;
	walk->at = MAX_PATH_BYTES - 1;
	walk->text[MAX_PATH_BYTES - 1] = 0;
	if (!file)
		return true;
	bpf_probe_read_kernel(walk->file, sizeof walk->file, file);
	dentry = COPIED(walk->file, file, f_path.dentry);
	bpf_probe_read_kernel(walk->entry, sizeof walk->entry, dentry);
	walk->dentry = (__u64)dentry;
	path_enter_mount(walk, (__u64)COPIED(walk->file, file, f_path.mnt));
	has_parent = COPIED(walk->entry, dentry, d_parent) != dentry;
	walk->is_nowhere = !has_parent && walk->mnt_root != walk->dentry;
	walk->is_deleted = has_parent && !COPIED(walk->entry, dentry, d_hash.pprev);
	if (walk->is_nowhere)
		path_prepend(walk, dentry);
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

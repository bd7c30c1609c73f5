/* SPDX-License-Identifier: MIT */
/*
 * In which mapping a page fault lies.
 *
 * The kernel is asked at the end of the fault, so a process that lives for a millisecond has its
 * mappings named like any other. A file goes by its id (code.bpf.h); its path is sent before the
 * first fault in it. Where another thread waits to change the mappings, the kernel does not answer,
 * and the place stays unknown.
 *
 * To ask costs ten times what the fault does: it takes and gives back a lock, and to give it back
 * here takes an interrupt. So answers are kept, for as long as the kernel's own count of changes to
 * the mappings stays what it was.
 */
#ifndef PROF_PLACE_BPF_H
#define PROF_PLACE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "mapping.bpf.h"
#include "path.bpf.h"

struct place {
	__u64 start, end, file_offset_bytes;
	__u64 file; /* the kernel's struct file */
	__u32 file_id;
	__u32 kind;
};

struct place_memo {
	struct place place;
	__u32 space; /* 0: nothing is kept here */
	__u32 changes;
};

/* A mapping is kept for each part of it of this size that faults. */
#define MEMO_SHIFT     21
#define NR_PLACE_MEMOS 64

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NR_PLACE_MEMOS);
	__type(key, __u32);
	__type(value, struct place_memo);
} place_memos SEC(".maps") __weak;

__u8 files_told[MAX_FILES] __weak = {0}; /* by id */

/* Sends a file's path, unless that has been done. */
__weak __noinline int file_tell(__u64 file, __u32 id)
{
	__u32 zero = 0, at;
	struct path_walk *walk = bpf_map_lookup_elem(&path_walks, &zero);
	struct ring_head *ring = ring_of_cpu();
	struct file_event *event;
	__u64 path_bytes, size_bytes;

	if (!walk || !ring || id >= MAX_FILES || files_told[id] || !path_read(file))
		return 0;
	at = walk->at & (MAX_PATH_BYTES - 1);
	path_bytes = path_bytes_from(at);
	if (path_bytes > MAX_PATH_BYTES)
		return 0;
	size_bytes = sizeof *event + path_bytes;
	event = ring_reserve(ring, EVENT_FILE, size_bytes);
	if (!event)
		return 0;
	event_head(&event->head, EVENT_FILE, 0, size_bytes, 0, bpf_ktime_get_ns());
	event->file = id;
	event->path_bytes = path_bytes;
	bpf_probe_read_kernel(event->path, path_bytes, &walk->text[at]);
	ring_commit(ring, EVENT_FILE, size_bytes);
	files_told[id] = 1;
	return 0;
}

/* What a mapping without a file is. */
static __always_inline __u32 place_kind(struct task_struct *task, __u64 start, __u64 end)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	__u64 stack = BPF_CORE_READ(mm, start_stack);

	if (start < BPF_CORE_READ(mm, brk) && end > BPF_CORE_READ(mm, start_brk))
		return PLACE_HEAP;
	if (start <= stack && stack < end)
		return PLACE_STACK;
	return PLACE_ANONYMOUS;
}

/* Called by bpf_find_vma() with the mapping found. */
static long place_found(struct task_struct *task, struct vm_area_struct *vma, struct place *place)
{
	place->start = vma->vm_start;
	place->end = vma->vm_end;
	place->file = (__u64)BPF_CORE_READ(vma, vm_file);
	if (place->file) {
		place->kind = PLACE_FILE;
		place->file_offset_bytes = vma->vm_pgoff << PAGE_SHIFT;
	} else if (BPF_CORE_READ(vma, vm_ops)) {
		__u64 vdso = (__u64)BPF_CORE_READ(task, mm, context.vdso);

		place->kind = vdso == place->start ? PLACE_VDSO : PLACE_VVAR;
	} else {
		place->kind = place_kind(task, vma->vm_start, vma->vm_end);
	}
	return 0;
}

/* How often the mappings have been changed; false where the kernel does not count. */
static __always_inline bool mappings_changes(struct task_struct *task, __u32 *out)
{
	void *mm = BPF_CORE_READ(task, mm);
	struct mm_struct___seqcount *counted = mm;
	struct mm_struct___int *plain = mm;

	if (bpf_core_field_exists(counted->mm_lock_seq.sequence))
		*out = BPF_CORE_READ(counted, mm_lock_seq.sequence);
	else if (bpf_core_field_exists(plain->mm_lock_seq))
		*out = BPF_CORE_READ(plain, mm_lock_seq);
	else
		return false;
	return true;
}

static __always_inline void place_find(struct task_struct *task, __u32 space, __u64 address,
				       struct place *out)
{
	__u32 slot = ((address >> MEMO_SHIFT) + space * 7) % NR_PLACE_MEMOS, changes = 0;
	struct place_memo *memo = bpf_map_lookup_elem(&place_memos, &slot);
	bool are_counted = mappings_changes(task, &changes);

	if (!memo)
		return;
	if (are_counted && memo->space == space && memo->changes == changes &&
	    address >= memo->place.start && address < memo->place.end) {
		*out = memo->place;
		return;
	}
	bpf_find_vma(task, address, place_found, out, 0);
	if (out->file) {
		out->file_id = file_id(out->file);
		file_tell(out->file, out->file_id);
	}
	memo->place = *out;
	memo->space = out->kind == PLACE_UNKNOWN ? 0 : space;
	memo->changes = changes;
}

static __always_inline void place_put(const struct place *place, struct placed_fault_event *event)
{
	event->start = place->start;
	event->file_offset_bytes = place->file_offset_bytes;
	event->file = place->file_id;
	event->place = place->kind;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Where code lies in each address space: the table that a stack walk looks addresses up in.
 *
 * It is changed at the exec, mmap, mprotect, munmap or mremap itself, before the task returns to
 * user mode, so the first instruction of a new mapping already finds it. A change clears the range
 * and then asks the kernel what is there now: of two threads that change the same range, the one
 * that comes last puts down what is true. Changes exclude each other by a lock; a walk never waits
 * for it, but reads the table again when its version has moved.
 */
#ifndef PROF_CODE_BPF_H
#define PROF_CODE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "event.h"
#include "ring.bpf.h"
#include "unwind.h"

#define MAX_CODE_MAPPINGS 512 /* a power of two */
#define MAX_LOCK_SPINS    (1 << 21)
#define MAX_READ_TRIES    (1 << 12)

struct code_mapping {
	__u64 start, end;
	__u32 file_page; /* of its start */
	__u32 file;
};

struct code_space {
	__u64 lock;
	__u64 version; /* odd: being changed */
	__u32 nr_mappings;
	__u32 nr_refused;                                /* beyond the limit */
	struct code_mapping mappings[MAX_CODE_MAPPINGS]; /* by address */
};

/* The kernel's mm_struct -> its table. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, NR_STATES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct code_space);
} code_spaces SEC(".maps") __weak;

/* What a new table starts as: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct code_space);
} empty_code_spaces SEC(".maps") __weak;

/* By the serial number of an address space, modulo NR_STATES: grows whenever its table has changed.
 * Of two that share an entry each sees changes of the other, too, which costs a walk. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NR_STATES);
	__type(key, __u32);
	__type(value, __u64);
} code_versions SEC(".maps") __weak;

static __always_inline __u64 *code_version_of(__u32 space)
{
	__u32 at = space & (NR_STATES - 1);

	return bpf_map_lookup_elem(&code_versions, &at);
}

static __always_inline void code_changed(__u32 space)
{
	__u64 *version = code_version_of(space);

	if (version)
		__sync_fetch_and_add(version, 1);
}

struct file_identity {
	__u64 inode;
	__u32 device, generation;
};

/* As the kernel knows a file -> its id. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_FILES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct file_identity);
	__type(value, __u32);
} files SEC(".maps") __weak;

__u32 nr_files __weak = FIRST_FILE; /* ids given out */

/* A function of its own, as the others below, with numbers for arguments: verified once. */
__weak __noinline __u32 file_id(__u64 file_address)
{
	struct file *file = (struct file *)file_address;
	struct file_identity identity = {
		.inode = BPF_CORE_READ(file, f_inode, i_ino),
		.device = BPF_CORE_READ(file, f_inode, i_sb, s_dev),
		.generation = BPF_CORE_READ(file, f_inode, i_generation),
	};
	__u32 *known = bpf_map_lookup_elem(&files, &identity);
	__u32 id;

	if (known)
		return *known;
	id = __sync_fetch_and_add(&nr_files, 1);
	if (id < MAX_FILES && bpf_map_update_elem(&files, &identity, &id, BPF_NOEXIST) == 0)
		return id;
	known = bpf_map_lookup_elem(&files, &identity); /* another CPU was quicker */
	return known ? *known : FILE_NONE;
}

/* Read as a number: to follow a pointer of a trusted structure, the verifier looks its type up by
 * name among all of the kernel's, each time for a millisecond. */
static __always_inline __u64 mm_of_current(void)
{
	return (__u64)BPF_CORE_READ(bpf_get_current_task_btf(), mm);
}

static __always_inline struct code_space *code_space_of(__u64 mm)
{
	return bpf_map_lookup_elem(&code_spaces, &mm);
}

/* An empty table for an address space that has just been made. */
static __always_inline void code_space_begin(__u64 mm)
{
	__u32 zero = 0;
	struct code_space *empty = bpf_map_lookup_elem(&empty_code_spaces, &zero);

	if (empty && bpf_map_update_elem(&code_spaces, &mm, empty, BPF_ANY))
		ring_lose(EVENT_MAPPING, LOST_NO_MEMORY);
}

static long code_lock_try(__u32 index, struct code_space **space)
{
	return __sync_lock_test_and_set(&(*space)->lock, 1) == 0;
}

/* The holder runs on another CPU, for microseconds; or it is a virtual one that stands still for a
 * while. */
static __always_inline bool code_lock(struct code_space *space)
{
	if (__sync_lock_test_and_set(&space->lock, 1) == 0)
		return true;
	return bpf_loop(MAX_LOCK_SPINS, code_lock_try, &space, 0) < MAX_LOCK_SPINS;
}

static __always_inline void code_unlock(struct code_space *space)
{
	__sync_lock_test_and_set(&space->lock, 0);
}

/* A child's address space starts as a copy of its parent's. */
static __always_inline void code_space_copy(__u64 from, __u64 to)
{
	struct code_space *parent = code_space_of(from), *child;
	bool locked;

	if (!parent)
		return;
	locked = code_lock(parent);
	if (bpf_map_update_elem(&code_spaces, &to, parent, BPF_ANY))
		ring_lose(EVENT_MAPPING, LOST_NO_MEMORY);
	if (locked)
		code_unlock(parent);
	child = code_space_of(to);
	if (child) {
		child->lock = 0;
		child->version = 0;
	}
}

/* ---- Changes, under the lock ---- */

struct code_edit {
	struct code_space *space;
	__u64 start, end; /* the range to clear */
	struct code_mapping new;
	__u32 nr, kept;
	__u32 has_tail;
	struct code_mapping tail; /* of a mapping that the range cuts in two */
};

#define code_mapping_at(space, index) (&(space)->mappings[(index) & (MAX_CODE_MAPPINGS - 1)])

/* What lies behind the range of a mapping that begins before or in it. */
static __always_inline void code_cut_head(struct code_mapping *mapping, __u64 end)
{
	mapping->file_page += (end - mapping->start) >> UNWIND_PAGE_SHIFT;
	mapping->start = end;
}

static long code_clear_step(__u32 index, struct code_edit *edit)
{
	struct code_mapping mapping = *code_mapping_at(edit->space, index);

	if (mapping.start < edit->end && mapping.end > edit->start) {
		if (mapping.start < edit->start && mapping.end > edit->end) {
			edit->tail = mapping;
			edit->has_tail = 1;
			code_cut_head(&edit->tail, edit->end);
		}
		if (mapping.start < edit->start)
			mapping.end = edit->start;
		else if (mapping.end > edit->end)
			code_cut_head(&mapping, edit->end);
		else
			return 0;
	}
	*code_mapping_at(edit->space, edit->kept) = mapping;
	edit->kept++;
	return 0;
}

/* Moves mappings up from the end until the new one's place is found. */
static long code_insert_step(__u32 index, struct code_edit *edit)
{
	__u32 at = edit->nr - index;

	if (at > 0 && code_mapping_at(edit->space, at - 1)->start > edit->new.start) {
		*code_mapping_at(edit->space, at) = *code_mapping_at(edit->space, at - 1);
		return 0;
	}
	*code_mapping_at(edit->space, at) = edit->new;
	return 1;
}

static __always_inline void code_insert(struct code_edit *edit)
{
	struct code_space *space = edit->space;

	edit->nr = space->nr_mappings;
	if (edit->nr >= MAX_CODE_MAPPINGS) {
		space->nr_refused++;
		return;
	}
	bpf_loop(edit->nr + 1, code_insert_step, edit, 0);
	space->nr_mappings = edit->nr + 1;
}

/* Puts `new` in place of whatever lies in its range; nothing when `new` has no end. */
static __always_inline void code_replace(struct code_edit *edit)
{
	struct code_space *space = edit->space;

	edit->kept = edit->has_tail = 0;
	__sync_fetch_and_add(&space->version, 1);
	bpf_loop(space->nr_mappings & (2 * MAX_CODE_MAPPINGS - 1), code_clear_step, edit, 0);
	space->nr_mappings = edit->kept;
	if (edit->new.end)
		code_insert(edit);
	if (edit->has_tail) {
		edit->new = edit->tail;
		code_insert(edit);
	}
	__sync_fetch_and_add(&space->version, 1);
}

/* ---- Look-up, without the lock ---- */

/* The index of the last mapping that starts at or before `address`; `at`, the first, when none
 * does. Halving steps instead of halving intervals, from a place that the verifier does not know:
 * so each round looks alike to it. */
__weak __noinline __u32 code_search(struct code_space *space, __u64 address, __u32 at)
{
	if (!space)
		return 0;
	for (__u32 step = MAX_CODE_MAPPINGS / 2; step; step /= 2) {
		__u32 probe = (at + step) & (MAX_CODE_MAPPINGS - 1);

		if (probe < space->nr_mappings && space->mappings[probe].start <= address)
			at = probe;
	}
	return at;
}

struct code_query {
	struct code_space *space;
	__u64 address, from;
	struct code_mapping found;
	__u32 is_found, is_stable;
};

static __always_inline long code_query_try(__u32 index, struct code_query *query)
{
	struct code_space *space = query->space;
	__u64 version = *(volatile __u64 *)&space->version;

	if (version & 1)
		return 0;
	query->found = *code_mapping_at(space, code_search(space, query->address, 0));
	query->is_found = space->nr_mappings && query->found.start <= query->address &&
			  query->found.end > query->from;
	query->is_stable = *(volatile __u64 *)&space->version == version;
	return query->is_stable;
}

static long code_query_again(__u32 index, struct code_query *query)
{
	return code_query_try(index, query);
}

static __always_inline bool code_query(struct code_query *query)
{
	if (!code_query_try(0, query))
		bpf_loop(MAX_READ_TRIES, code_query_again, query, 0);
	return query->is_stable && query->is_found;
}

/* Is there any code in the range? */
static __always_inline bool code_in_range(struct code_space *space, __u64 start, __u64 end)
{
	struct code_query query = {.space = space, .address = end - 1, .from = start};

	return code_query(&query);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The tables that a walk goes by: made by user space from the files' call-frame information, and
 * stored by it right into these arrays (unwind.h says how they lie there).
 */
#ifndef PROF_UNWIND_TABLES_BPF_H
#define PROF_UNWIND_TABLES_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "unwind.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* set by the recorder */
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct unwind_row);
} unwind_rows SEC(".maps") __weak;

/* Those for which the first array has no room. */
struct unwind_chunk {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UNWIND_CHUNK_ROWS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct unwind_row);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, MAX_UNWIND_CHUNKS);
	__type(key, __u32);
	__array(values, struct unwind_chunk);
} unwind_chunks SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* set by the recorder */
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} unwind_pages SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_UNWIND_RULES);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct unwind_rule);
} unwind_rules SEC(".maps") __weak;

/* By file id. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_FILES);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct unwind_file);
} unwind_files SEC(".maps") __weak;

struct walk; /* walk.h, whose hooks these are */

static __always_inline const __u64 *walk_page(struct walk *walk, __u32 index)
{
	return bpf_map_lookup_elem(&unwind_pages, &index);
}

static __always_inline const struct unwind_row *walk_row(struct walk *walk, __u32 index)
{
	__u32 beyond, chunk;
	void *rows;

	/* A number of its own to the verifier: what is asked of it below says nothing of the one
	 * that a search goes on with, so all of its rounds look alike. */
	asm volatile("%0 &= 0x7fffffff" : "+r"(index));
	beyond = index - cfg_unwind_rows;
	chunk = beyond / UNWIND_CHUNK_ROWS;
	if (index < cfg_unwind_rows)
		return bpf_map_lookup_elem(&unwind_rows, &index);
	rows = bpf_map_lookup_elem(&unwind_chunks, &chunk);
	beyond %= UNWIND_CHUNK_ROWS;
	return rows ? bpf_map_lookup_elem(rows, &beyond) : NULL;
}

static __always_inline const struct unwind_rule *walk_rule(struct walk *walk, __u32 index)
{
	return bpf_map_lookup_elem(&unwind_rules, &index);
}

#endif

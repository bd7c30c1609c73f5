/* SPDX-License-Identifier: MIT */
/*
 * Snippets of a program that has just been executed.
 *
 * The memory that its execve was called with is gone, with what was to be read again. But the new
 * stack has the strings, one behind the other: arguments, environment, and the path. The pointers
 * to them are made up as the call had them, into the new stack.
 */
#ifndef PROF_SNIPPET_IMAGE_BPF_H
#define PROF_SNIPPET_IMAGE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "snippet_series.bpf.h"

struct image {
	__u64 strings; /* addresses: of the next one, and where they end */
	__u64 end;
	int at;
};

static long image_pointer_step(__u32 index, struct image *image)
{
	__u64 *pointer = written_at(image->at, 8);
	char text[256];
	long bytes = 0;

	if (!pointer)
		return 1;
	*pointer = image->strings < image->end ? image->strings : 0;
	image->at += 8;
	if (!*pointer)
		return 1;
	for (int i = 0; i < 16; i++) { /* long ones by parts */
		bytes = bpf_probe_read_user_str(text, sizeof text, (void *)image->strings);
		if (bytes < 0)
			return 1;
		image->strings += bytes;
		if (bytes < (long)sizeof text || is_zero(image->strings - 1))
			return 0;
		image->strings--;
	}
	return 1;
}

/* An array of pointers such as the old program had, but into the new one's stack. */
__weak __noinline int image_put(__u32 at, __u64 address, __u64 strings, __u64 end, __u32 how)
{
	struct image image = {
		.strings = strings, .end = end, .at = at + sizeof(struct wire_snippet)};
	struct wire_snippet *snippet;
	int next;

	snippet = snippet_at(at, 8 * MAX_POINTERS, &next);
	if (!snippet)
		return next;
	bpf_loop(MAX_POINTERS, image_pointer_step, &image, 0);
	if (image.strings < end)
		how |= SNIPPET_CUT;
	return snippet_end(snippet, at, address, image.at - at - sizeof *snippet, how);
}

static __always_inline int image_strings_put(__u32 at, __u64 address, bool arguments,
					     bool with_text, __u32 how)
{
	struct mm_struct *mm = BPF_CORE_READ(bpf_get_current_task_btf(), mm);
	__u64 start = arguments ? BPF_CORE_READ(mm, arg_start) : BPF_CORE_READ(mm, env_start);
	__u64 end = arguments ? BPF_CORE_READ(mm, arg_end) : BPF_CORE_READ(mm, env_end);
	struct series series = {.from = at + sizeof(struct wire_snippet), .how = how};

	series.at = image_put(at, address, start, end, how);
	if (with_text && series.at > (int)at)
		bpf_loop(wanted_count(MAX_STRINGS), string_step, &series, 0);
	return series.at;
}

/* The path has an address of its own there; what asks for it knows the old one. */
static __always_inline int image_path_put(__u32 at, __u64 address, __u64 size, __u32 how)
{
	struct mm_struct *mm = BPF_CORE_READ(bpf_get_current_task_btf(), mm);
	int next = string_put(at, BPF_CORE_READ(mm, env_end), size, how);
	struct wire_snippet *snippet = written_at(at, sizeof *snippet);

	if (next > (int)at && snippet)
		snippet->address = address;
	return next;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Snippets: pieces of a program's memory, written into the event that is open in the CPU's ring.
 *
 * They lie one behind the other; `at` is where the next one goes, from the event's start, and what
 * the writing functions return is where it goes on, or an error. Programs cannot wait for a page: a
 * snippet that meets one that is not there is refused before a call, so that it can be tried again
 * after it, when the call itself has brought the page in; after a call it has as much as there is.
 *
 * Each function stands for itself, with nothing but numbers for arguments, so that the verifier
 * looks at it once: numbers that come back are anything, and are checked where they are used.
 */
#ifndef PROF_SNIPPET_BPF_H
#define PROF_SNIPPET_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "event.h"
#include "ring.bpf.h"

#define EFAULT 14
#define ENOSPC 28

#define MAX_SNIPPET_BYTES 32768
#define SMALL_WORDS       18 /* a struct stat */
#define LAST_SNIPPET_AT   (MAX_EVENT_BYTES - sizeof(struct wire_snippet) - MAX_SNIPPET_BYTES - 8)

static __always_inline struct capture_event *event_of_cpu(void)
{
	struct ring_head *ring = ring_of_cpu();

	return ring ? ring_at_head(ring) : NULL;
}

/* What has been written at `at` of the event: `bytes` of it lie within its bounds. */
static __always_inline void *written_at(__u32 at, __u32 bytes)
{
	char *event = (char *)event_of_cpu();

	barrier_var(at);
	if (!event || at >= MAX_EVENT_BYTES - bytes)
		return NULL;
	barrier_var(at); /* or it is added before it is checked */
	return event + at;
}

/*
 * Where the next snippet goes. NULL, and in *out what the caller returns: where the event goes on
 * when it is full itself, which it then says, or an error when the ring is.
 */
static __always_inline struct wire_snippet *snippet_at(__u32 at, __u64 size, int *out)
{
	struct ring_head *ring = ring_of_cpu();
	__u64 bytes = at + sizeof(struct wire_snippet) + size + 8;
	struct event *event;

	*out = -ENOSPC;
	if (!ring || ring->head + bytes - *(volatile __u64 *)&ring->tail > ring_limit(EVENT_ENTER))
		return NULL;
	event = ring_at_head(ring);
	barrier_var(at);
	if (at > LAST_SNIPPET_AT) {
		event->flags |= WIRE_CUT;
		*out = at;
		return NULL;
	}
	barrier_var(at); /* as above */
	return (void *)event + at;
}

/* Behind the snippet, once its bytes are there. */
static __always_inline int snippet_end(struct wire_snippet *snippet, __u32 at, __u64 address,
				       __u32 size, __u32 how)
{
	snippet->address = address;
	snippet->size_bytes = size;
	*(__u32 *)&snippet->flags = how; /* the argument's number in its upper half */
	return at + sizeof *snippet + ((size + 7) & ~7U);
}

/*
 * A kernel that checks where copies from user memory go (CONFIG_HARDENED_USERCOPY) takes as long to
 * find the ring among its areas of memory as the copy takes, and no time to see its own stack: so
 * what is small is read there first, and goes from there word by word.
 */
static __always_inline void words_put(struct wire_snippet *snippet, const __u64 *words, __u64 size)
{
	__u64 *out = (__u64 *)snippet->bytes;

#pragma GCC unroll 32
	for (__u32 i = 0; i < SMALL_WORDS; i++) {
		if (8 * i >= size)
			break;
		out[i] = words[i];
	}
}

static __always_inline long user_read(struct wire_snippet *snippet, __u64 size, __u64 address)
{
	__u64 words[SMALL_WORDS] = {0};
	long err;

	if (size > sizeof words)
		return bpf_probe_read_user(snippet->bytes, size, (void *)address);
	err = bpf_probe_read_user(words, size, (void *)address);
	if (!err)
		words_put(snippet, words, size);
	return err;
}

/* The length with the NUL, which is there in any case. */
static __always_inline long user_read_string(struct wire_snippet *snippet, __u64 size,
					     __u64 address)
{
	__u64 words[SMALL_WORDS];
	long bytes = bpf_probe_read_user_str(words, sizeof words, (void *)address);

	if (bytes <= 0 || bytes >= (long)sizeof words || bytes > (long)size)
		return bpf_probe_read_user_str(snippet->bytes, size, (void *)address);
	words_put(snippet, words, bytes);
	return bytes;
}

/* Reads page by page as far as that goes; returns how many bytes. */
__weak __noinline int part_read(__u32 at, __u64 address, __u64 size)
{
	struct wire_snippet *snippet;
	__u32 done = 0;
	int unused;

	snippet = snippet_at(at, size, &unused);
	if (!snippet)
		return 0;
	for (int i = 0; i <= MAX_SNIPPET_BYTES / 4096; i++) {
		__u64 bytes = 4096 - ((address + done) & 4095);

		if (bytes > size - done)
			bytes = size - done;
		if (!bytes || bytes > 4096 || done > MAX_SNIPPET_BYTES - 4096 ||
		    bpf_probe_read_user(snippet->bytes + done, bytes, (void *)(address + done)))
			break;
		done += bytes;
	}
	return done;
}

/* Puts what lies at `address` into the event; returns where that goes on, or a negative error:
 * -EFAULT only before a call, after it the snippet says so. */
__weak __noinline int bytes_put(__u32 at, __u64 address, __u64 size, __u32 how)
{
	struct wire_snippet *snippet;
	int next;

	if (!address || !size)
		return at;
	if (size > MAX_SNIPPET_BYTES) {
		size = MAX_SNIPPET_BYTES;
		how |= SNIPPET_CUT;
	}
	snippet = snippet_at(at, size, &next);
	if (!snippet)
		return next;
	if (user_read(snippet, size, address)) {
		if (!(how & SNIPPET_EXIT))
			return -EFAULT;
		how = (how & ~SNIPPET_CUT) | SNIPPET_UNREADABLE;
		size = part_read(at, address, size);
	}
	return snippet_end(snippet, at, address, size, how);
}

static __always_inline bool is_zero(__u64 address)
{
	char byte = 1;

	bpf_probe_read_user(&byte, 1, (void *)address);
	return byte == 0;
}

/* The same of what ends with a NUL, or after `size` bytes. */
__weak __noinline int string_put(__u32 at, __u64 address, __u64 size, __u32 how)
{
	struct wire_snippet *snippet;
	__s64 bytes;
	int next;

	if (!address || !size)
		return at;
	if (size > MAX_SNIPPET_BYTES - 1)
		size = MAX_SNIPPET_BYTES - 1;
	size++; /* the helper puts a NUL in place of the last byte, whatever that is */
	how |= SNIPPET_STRING;
	snippet = snippet_at(at, size, &next);
	if (!snippet)
		return next;
	bytes = user_read_string(snippet, size, address);
	if (bytes < 0) {
		if (!(how & SNIPPET_EXIT))
			return -EFAULT;
		how |= SNIPPET_UNREADABLE;
		bytes = part_read(at, address, size - 1);
	} else if (bytes == (__s64)size && !is_zero(address + size - 1)) {
		how |= SNIPPET_CUT;
		bytes--;
	}
	return snippet_end(snippet, at, address, bytes, how);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Snippets of several things in a row, and of what each of them points to: the strings of an
 * argument list, the buffers of an I/O vector, the parts of messages.
 *
 * The row itself is put into the event first, and the pointers are taken from there: it has been
 * read once, so that what a reader is shown fits together even if the program changes it meanwhile.
 */
#ifndef PROF_SNIPPET_SERIES_BPF_H
#define PROF_SNIPPET_SERIES_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "snippet.bpf.h"

#define MAX_POINTERS      512
#define MAX_STRINGS       128
#define MAX_IOVECS        128
#define MAX_MESSAGES      32
#define MAX_NAME_BYTES    128
#define MAX_CONTROL_BYTES 1024
#define MAX_NETLINK_BYTES 8192

/* The arguments as the kernel's own struct has them. */
struct message {
	__u64 name;
	__u32 name_bytes, unused;
	__u64 iovecs, nr_iovecs;
	__u64 control, control_bytes;
	__u64 flags;
};

struct counted_message { /* struct mmsghdr */
	struct message message;
	__u64 bytes;
};

/* As many as the user wants to see, and one more to know whether there are more. */
static __always_inline __u64 wanted(__u64 most)
{
	__u64 shown = cfg_string_bytes + 1ULL;

	return shown < most ? shown : most;
}

/* The same of elements, which may be wanted all. */
static __always_inline __u64 wanted_count(__u64 most)
{
	return cfg_whole_arrays ? most : wanted(most);
}

/* What several things in a row have in common while they are put into the event. */
struct series {
	__u64 from;      /* address, or place in the event, of the first one */
	__u64 remaining; /* bytes that the call has written */
	__u32 how;
	int at;
};

static long pointer_step(__u32 index, struct series *series)
{
	__u64 *pointer = written_at(series->at, 8);

	if (!pointer)
		return 1;
	if (bpf_probe_read_user(pointer, 8, (void *)(series->from + 8 * index))) {
		series->how |= SNIPPET_UNREADABLE;
		return 1;
	}
	series->at += 8;
	return !*pointer;
}

/* Pointers up to a NULL, which is among them. */
__weak __noinline int pointers_put(__u32 at, __u64 address, __u32 how)
{
	struct series series = {.from = address, .how = how};
	struct wire_snippet *snippet;
	__u32 size;
	__u64 *last;
	int next;

	if (!address)
		return at;
	snippet = snippet_at(at, 8 * MAX_POINTERS, &next);
	if (!snippet)
		return next;
	series.at = at + sizeof *snippet;
	bpf_loop(MAX_POINTERS, pointer_step, &series, 0);
	size = series.at - at - sizeof *snippet;
	if (series.how & SNIPPET_UNREADABLE && !(how & SNIPPET_EXIT))
		return -EFAULT;
	last = written_at(series.at - 8, 8);
	if (!(series.how & SNIPPET_UNREADABLE) && last && *last)
		series.how |= SNIPPET_CUT;
	return snippet_end(snippet, at, address, size, series.how);
}

static long string_step(__u32 index, struct series *series)
{
	__u64 *pointer = written_at(series->from + 8 * index, 8);

	if (!pointer || !*pointer)
		return 1;
	series->at = string_put(series->at, *pointer, wanted(MAX_SNIPPET_BYTES), series->how);
	return series->at < 0;
}

/* Those pointers, and the strings behind them. */
__weak __noinline int strings_put(__u32 at, __u64 address, __u32 how)
{
	struct series series = {.from = at + sizeof(struct wire_snippet), .how = how};
	struct wire_snippet *pointers;

	series.at = pointers_put(at, address, how);
	pointers = written_at(at, sizeof *pointers);
	if (series.at <= (int)at || !pointers) /* nothing there, or no room */
		return series.at;
	bpf_loop(wanted_count(MAX_STRINGS) < pointers->size_bytes / 8 ? wanted_count(MAX_STRINGS)
								      : pointers->size_bytes / 8,
		 string_step, &series, 0);
	return series.at;
}

/*
 * Whether this is a netlink message, of which the decoder makes something only if it is there: its
 * length, type and flags are what such a header's could be. Other data that looks the same is read
 * further than it needs to be, which harms nobody.
 */
static __always_inline bool begins_as_netlink(__u64 address, __u64 size)
{
	struct {
		__u32 bytes;
		__u16 type, flags;
	} head = {};

	return !bpf_probe_read_user(&head, sizeof head, (void *)address) && head.bytes >= 16 &&
	       head.bytes <= size && head.type && head.type < 0x1000 && head.flags < 0x2000;
}

static long iovec_step(__u32 index, struct series *series)
{
	__u64 *iovec = written_at(series->from + 16 * index, 16);
	__u64 bytes, size;

	if (!iovec)
		return 1;
	bytes = iovec[1] < series->remaining ? iovec[1] : series->remaining;
	if (series->remaining != ~0ULL) /* there is no end of them */
		series->remaining -= bytes;
	size = wanted(bytes);
	if (size < bytes && begins_as_netlink(iovec[0], bytes))
		size = bytes < MAX_NETLINK_BYTES ? bytes : MAX_NETLINK_BYTES;
	series->at = bytes_put(series->at, iovec[0], size,
			       series->how | (size < bytes ? SNIPPET_CUT : 0));
	return series->at < 0;
}

/* An array of struct iovec, and the first `remaining` bytes of what they point to. */
__weak __noinline int iovecs_put(__u32 at, __u64 address, __u64 count, __u64 remaining, __u32 how)
{
	struct series series = {
		.from = at + sizeof(struct wire_snippet), .remaining = remaining, .how = how};
	__u64 shown = count < wanted_count(MAX_IOVECS) ? count : wanted_count(MAX_IOVECS);
	struct wire_snippet *array;

	if (how & SNIPPET_EXIT) /* calls do not write it: it is what it was before */
		how |= SNIPPET_RETRIED;
	series.at = bytes_put(at, address, 16 * shown, how | (shown < count ? SNIPPET_CUT : 0));
	array = written_at(at, sizeof *array);
	if (series.at > (int)at && array && remaining)
		bpf_loop(array->size_bytes / 16 & (2 * MAX_IOVECS - 1), iovec_step, &series, 0);
	return series.at;
}

/* What a struct msghdr points to that has been put at `from`. */
__weak __noinline int message_put(__u32 at, __u32 from, __u64 remaining, __u32 how)
{
	struct message *message = written_at(from, sizeof *message);
	__u64 size;
	int next;

	if (!message)
		return at;
	size = message->name_bytes < MAX_NAME_BYTES ? message->name_bytes : MAX_NAME_BYTES;
	next = bytes_put(at, message->name, size, how);
	if (next < 0)
		return next;
	next = iovecs_put(next, message->iovecs, message->nr_iovecs, remaining, how);
	if (next < 0)
		return next;
	size = message->control_bytes;
	if (size > MAX_CONTROL_BYTES) {
		size = MAX_CONTROL_BYTES;
		how |= SNIPPET_CUT;
	}
	return bytes_put(next, message->control, size, how);
}

static long message_step(__u32 index, struct series *series)
{
	__u32 from = series->from + sizeof(struct counted_message) * index;
	struct counted_message *counted = written_at(from, sizeof *counted);

	if (!counted)
		return 1;
	series->at = message_put(series->at, from,
				 series->how & SNIPPET_EXIT && !(series->how & SNIPPET_RETRIED)
					 ? (__u32)counted->bytes
					 : ~0ULL,
				 series->how);
	return series->at < 0;
}

/* An array of struct mmsghdr. */
static __always_inline int messages_put(__u32 at, __u64 address, __u64 count, __u32 how)
{
	struct series series = {.from = at + sizeof(struct wire_snippet), .how = how};
	__u64 shown = count < wanted_count(MAX_MESSAGES) ? count : wanted_count(MAX_MESSAGES);
	__u64 size = sizeof(struct counted_message) * shown;
	struct wire_snippet *array;

	series.at = bytes_put(at, address, size, how | (shown < count ? SNIPPET_CUT : 0));
	array = written_at(at, sizeof *array);
	if (series.at > (int)at && array)
		bpf_loop(array->size_bytes / sizeof(struct counted_message) &
				 (2 * MAX_MESSAGES - 1),
			 message_step, &series, 0);
	return series.at;
}

#endif

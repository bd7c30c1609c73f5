// SPDX-License-Identifier: MIT
/*
 * The program that carries out the plans of system calls (capture_plan.h), and goes on for the one
 * that called it (capture.bpf.h).
 *
 * It writes snippets right into the event in the CPU's ring, one behind the other; `at` is where
 * the next one goes, from the event's start. Programs cannot wait for a page: an operation that
 * meets one that is not there leaves nothing behind before the call, and is run again after it,
 * when the call itself has brought the page in. A program's own execve is read from what the kernel
 * has put on the new stack.
 *
 * Each function stands for itself, with nothing but numbers for arguments, so that the verifier
 * looks at it once: numbers that come back are anything, and are checked where they are used.
 *
 * Licence: the object is "Dual MIT/GPL" (task.bpf.c). Reads pt_regs, task_struct, mm_struct.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "arch.bpf.h"
#include "call_end.bpf.h"
#include "capture.bpf.h"
#include "descriptor.bpf.h"
#include "ring.bpf.h"
#include "state.bpf.h"

#define EFAULT 14
#define ENOSPC 28

#define MAX_SNIPPET_BYTES 32768
#define SMALL_WORDS       18 /* a struct stat */
#define LAST_SNIPPET_AT   (MAX_EVENT_BYTES - sizeof(struct wire_snippet) - MAX_SNIPPET_BYTES - 8)
#define MAX_POINTERS      512
#define MAX_STRINGS       128
#define MAX_IOVECS        128
#define MAX_MESSAGES      32
#define MAX_NAME_BYTES    128
#define MAX_CONTROL_BYTES 1024

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

static long iovec_step(__u32 index, struct series *series)
{
	__u64 *iovec = written_at(series->from + 16 * index, 16);
	__u64 bytes, size;

	if (!iovec)
		return 1;
	bytes = iovec[1] < series->remaining ? iovec[1] : series->remaining;
	series->remaining -= bytes;
	size = wanted(bytes);
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

/*
 * A program has been executed: its old memory is gone, with what was to be read again. But the new
 * stack has the strings, one behind the other: arguments, environment, and the path.
 */
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

static __always_inline const struct capture_op *op_of(const struct capture_event *event,
						      __u32 index)
{
	return &capture_plans[event->nr % NR_CAPTURE_PLANS].ops[index % MAX_CAPTURE_OPS];
}

/* `interpreted`: what the new stack has is not what was asked for. */
__weak __noinline int exec_op_run(__u32 index, __u32 at, __u32 how, bool interpreted)
{
	struct capture_event *event = event_of_cpu();
	const struct capture_op *op;
	__u64 address;

	if (!event)
		return -ENOSPC;
	op = op_of(event, index);
	if (op->arg >= 6)
		return at;
	address = event->args[op->arg];
	how |= (__u32)op->arg << 16;
	if (!address)
		return at;
	if (op->kind == CAPTURE_STRING && event->nr == cfg_nr_execve)
		return image_path_put(at, address, MAX_PATH_BYTES, how);
	if (op->kind != CAPTURE_STRINGS && op->kind != CAPTURE_POINTERS)
		return at;
	if (interpreted && op->arg == (event->nr == cfg_nr_execve ? 1 : 2))
		return at;
	return image_strings_put(at, address, op->arg == (event->nr == cfg_nr_execve ? 1 : 2),
				 op->kind == CAPTURE_STRINGS, how);
}

/* How many elements an operation is to read. */
static __always_inline __u64 length_of(const struct capture_op *op,
				       const struct capture_event *event, __s64 result)
{
	__u64 arg = event->args[op->length_arg < 6 ? op->length_arg : 0], length = 0;
	__u32 length32 = 0;

	switch (op->length) {
	case LENGTH_ONE:
		return 1;
	case LENGTH_ARG:
		return arg;
	case LENGTH_AT_ARG:
		bpf_probe_read_user(&length32, sizeof length32, (void *)arg);
		return length32;
	case LENGTH_AT_ARG64:
		bpf_probe_read_user(&length, sizeof length, (void *)arg);
		return length;
	case LENGTH_RESULT:
		return result > 0 ? result : 0;
	case LENGTH_IOCTL:
		return event->args[1] >> 16 & 0x3fff;
	}
	return 0;
}

/* Runs the operation of that index of the call's plan. `how`: EXIT, RETRIED. */
__weak __noinline int op_run(__u32 index, __u32 at, __u32 how, __s64 result)
{
	struct capture_event *event = event_of_cpu();
	const struct capture_op *op;
	__u64 address, length, size, cap, written;
	bool is_exit = how & SNIPPET_EXIT && !(how & SNIPPET_RETRIED), has_contents;

	if (!event)
		return -ENOSPC;
	op = op_of(event, index);
	if (op->arg >= 6)
		return at;
	address = event->args[op->arg];
	how |= (__u32)op->arg << 16;
	cap = op->cap_bytes ? op->cap_bytes : cfg_string_bytes + 1;
	if (op->kind == CAPTURE_STRING)
		return string_put(at, address, cap, how);
	if (op->kind == CAPTURE_STRINGS)
		return strings_put(at, address, how);
	if (op->kind == CAPTURE_POINTERS)
		return pointers_put(at, address, how);
	length = length_of(op, event, result);
	if (length > 1ULL << 32)
		length = 1ULL << 32;
	/* What a call is yet to fill has nothing to show before. */
	has_contents = is_exit || !(op->when & CAPTURE_EXIT);
	written = !has_contents ? 0 : is_exit && result >= 0 ? result : ~0ULL;
	if (op->kind == CAPTURE_IOVEC)
		return iovecs_put(at, address, length, written, how);
	if (op->kind == CAPTURE_MMSGHDR && has_contents)
		return messages_put(at, address, length < written ? length : written, how);
	size = op->kind == CAPTURE_MSGHDR    ? sizeof(struct message)
	       : op->kind == CAPTURE_MMSGHDR ? length * sizeof(struct counted_message)
					     : length * op->element_bytes;
	if (op->kind == CAPTURE_BYTES && size > cap) {
		size = cap;
		how |= SNIPPET_CUT;
	}
	if (op->kind == CAPTURE_MSGHDR && has_contents) {
		int next = bytes_put(at, address, size, how);

		return next <= (int)at
			       ? next
			       : message_put(next, at + sizeof(struct wire_snippet), written, how);
	}
	return bytes_put(at, address, size, how);
}

/* An event for the call, open for snippets. */
static __always_inline struct capture_event *event_begin(struct task_state *state,
							 struct pt_regs *regs, __u32 type)
{
	struct ring_head *ring = ring_of_cpu();
	struct capture_event *event = ring_reserve(ring, type, sizeof *event);

	if (!event)
		return NULL;
	event_head(&event->head, type, state->compat ? WIRE_COMPAT : 0, 0, state->task, 0);
	event->nr = state->nr;
	if (returns_elsewhere(state->nr))
		__builtin_memcpy(event->args, state->args, sizeof event->args);
	else
		regs_args(regs, state->compat, event->args);
	return event;
}

static __always_inline void event_end(__u32 type, __u32 flags, __u32 size_bytes, __u64 time_ns)
{
	struct ring_head *ring = ring_of_cpu();
	struct capture_event *event;

	if (!ring)
		return;
	event = ring_at_head(ring);
	event->head.flags |= flags;
	event->head.size_bytes = size_bytes;
	event->head.time_ns = time_ns;
	event->snippets_bytes = size_bytes - sizeof *event;
	ring_commit(ring, type, size_bytes);
}

/* There was nothing to tell, or no room for it. */
static __always_inline void event_drop(__u32 type, bool is_lost)
{
	struct ring_head *ring = ring_of_cpu();

	if (!ring)
		return;
	ring->lost[type][LOST_RING_FULL] += is_lost;
	*(volatile __u64 *)&ring->busy = 0;
}

/* Of what the call has been given. The clock is read last. */
static __always_inline void enter_send(struct task_state *state, struct pt_regs *regs)
{
	__u32 ops = state->brief.enter_ops;
	int at = sizeof(struct capture_event);

	if (!event_begin(state, regs, EVENT_ENTER)) {
		state->brief.captured = CAPTURED_LOST;
		state->enter_ns = bpf_ktime_get_ns();
		return;
	}
	for (__u32 i = 0; i < MAX_CAPTURE_OPS && ops >> i && at > 0; i++) {
		int next = ops >> i & 1 ? op_run(i, at, 0, 0) : at;

		if (next == -EFAULT)
			state->brief.retry_ops |= 1U << i;
		else
			at = next;
	}
	state->enter_ns = bpf_ktime_get_ns();
	if (at < 0 || (at == sizeof(struct capture_event) && !cfg_enter_events)) {
		state->brief.captured = at < 0 ? CAPTURED_LOST : 0;
		event_drop(EVENT_ENTER, at < 0);
	} else {
		state->brief.captured = CAPTURED_ENTER;
		event_end(EVENT_ENTER, state->brief.retry_ops ? WIRE_RETRY : 0, at,
			  state->enter_ns);
	}
}

/* Of what it has given back, and of what could not be read before. */
static __always_inline void return_send(struct task_state *state, struct pt_regs *regs)
{
	bool is_new_program = is_exec(state->nr) && state->result == 0;
	__u32 ops = exit_ops_of(state);
	int at = sizeof(struct capture_event);

	if (!event_begin(state, regs, EVENT_RETURN)) {
		state->brief.captured |= CAPTURED_LOST;
		return;
	}
	for (__u32 i = 0; i < MAX_CAPTURE_OPS && ops >> i && at > 0; i++) {
		__u32 how = state->brief.retry_ops >> i & 1 ? SNIPPET_EXIT | SNIPPET_RETRIED
							    : SNIPPET_EXIT;

		if (!(ops >> i & 1))
			continue;
		at = is_new_program ? exec_op_run(i, at, how, state->interpreted)
				    : op_run(i, at, how, state->result);
	}
	if (at < 0)
		state->brief.captured |= CAPTURED_LOST;
	if (at < 0 || at == sizeof(struct capture_event))
		event_drop(EVENT_RETURN, at < 0);
	else
		event_end(EVENT_RETURN, 0, at, state->enter_ns);
}

SEC("raw_tp")
int on_capture(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct task_state *state = state_of(task);

	if (!state)
		return 0;
	if (state->capture_for == CAPTURE_FOR_ENTER) {
		enter_send(state, regs);
		return 0;
	}
	if (exit_ops_of(state))
		return_send(state, regs);
	if (cfg_descriptors)
		descriptors_send(state, regs, descriptors_made(state));
	call_end(ctx, task, state, regs);
	return 0;
}

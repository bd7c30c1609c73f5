/* SPDX-License-Identifier: MIT */
/* The forms in which single events are printed: one file each, and one row here. */
#ifndef PROF_OUTPUT_EVENT_OUTPUT_H
#define PROF_OUTPUT_EVENT_OUTPUT_H

#include <stdio.h>

#include "base/bytes.h"
#include "decode/decode.h"
#include "output/json_stream.h"
#include "profile/event_call.h"
#include "profile/timeline.h"

/* No recorder walks stacks this deep; a forged file must not make output quadratic in its size. */
#define STACK_MAX_FRAMES 2048

/* How the arguments of calls stand in JSON where there is a choice. */
enum args_form {
	ARGS_TYPED,      /* ["AT_FDCWD", "/etc/passwd", 0] */
	ARGS_PAIRS,      /* [["dirfd", "AT_FDCWD"], ["pathname", "/etc/passwd"]] */
	ARGS_POSITIONAL, /* ["AT_FDCWD", "/etc/passwd", "0"] */
};

/* What printing one event after the other needs to know, and keeps. */
struct event_writer {
	FILE *out;
	const struct recording *r;
	uint64_t start_ns; /* what times are relative to */
	bool stacks;       /* print them, too */
	enum args_form args;
	struct decode_options decode;
	struct event_call call; /* the one being printed */
	struct bytes text;      /* and its arguments */
	struct json_stream json;
	struct event_sums {
		uint64_t calls, duration_ns;
		VEC(uint64_t) by_nr;
	} sums; /* of what was printed, for a summary at the end */
	/* The label of the place named last: runs of events are of one place. */
	uint32_t label_module;
	uint64_t label_offset;
	char *label;
	/* The stack that event_perf wrote last, and of which event's it is. */
	uint32_t stack_frame;
	uint64_t stack_leaf;
	struct bytes stack_text;
};

struct event_output {
	const char *name;
	void (*write)(struct event_writer *w, const struct event *event);
	void (*begin)(struct event_writer *w); /* before the first one; may be NULL */
	void (*end)(struct event_writer *w);   /* after the last one; may be NULL */
	bool of_syscalls;                      /* it has no others */
};

extern const struct event_output event_text, event_json, event_perf, event_csv, event_renacer;

void event_writer_init(struct event_writer *w, FILE *out, const struct recording *r, bool stacks);
void event_writer_fini(struct event_writer *w);

/* ---- What the forms share ---- */

int64_t event_time_ns(const struct event_writer *w, const struct event *event); /* relative */
/* The innermost function where a fault was taken. Valid until the next call. */
const char *event_fault_label(struct event_writer *w, const struct event *event);
const char *event_fault_access(const struct event *event); /* "read", "write", "fetch" */
const char *event_fault_kind(const struct event *event);
/* Nanoseconds of one fault: its own, or of a run the mean; false when it has none. */
bool event_fault_service(const struct event *event, uint64_t *out_ns);
/* Only the first and the last fault of a run have a time of their own. */
bool event_is_interpolated(const struct event *event);
const char *event_type(const struct event *event); /* "syscall", "page-fault", "fork", ... */
/* The name of the call; `buffer` is for unknown ones. */
const char *event_syscall_name(const struct event *event, char buffer[32]);
unsigned int event_syscall_arity(const struct event *event);
/* Its name and decoded arguments, openat(AT_FDCWD, "/etc/passwd", O_RDONLY). Valid until the next
 * call. */
const char *event_call_text(struct event_writer *w, const struct event *event);
/* The same arguments as an object by their names: a new reference. */
json_t *event_call_json(struct event_writer *w, const struct event *event);
/* A value of that object as a text: flags are joined, structs stay JSON. The caller frees it. */
char *event_argument_text(const json_t *value);
bool event_argument_is_flags(const json_t *value); /* an array of names of constants */
/* Where in the source the program made the call: the innermost line outside of the C library and
 * the loader; NULL when it is not known. */
const struct function_line *event_source(const struct event_writer *w, const struct event *event);
/*
 * The error that a call returned, NULL for none. rt_sigreturn returns what the interrupted call
 * did, so that its EINTR shows there, as in strace.
 */
const char *event_syscall_error(const struct event *event);
/* The innermost frame of an event's stack, 0 when it has none. */
uint32_t event_frame(const struct recording *r, const struct event *event);
/* How whole that stack is, as reports have it: "complete", or why not; NULL where none was due. */
const char *event_stack_state(const struct recording *r, const struct event *event);

#endif

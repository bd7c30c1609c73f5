/* SPDX-License-Identifier: MIT */
/*
 * A system call as a line of text, as strace writes it, or as JSON.
 *
 *     openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3
 *     {"dirfd":"AT_FDCWD","pathname":"/etc/passwd","flags":["O_RDONLY","O_CLOEXEC"],"mode":null}
 *
 * What the memory held is told where it is known (call.h), and where not, its address. A line that
 * is printed in two pieces, because other threads' calls come in between, is the same line: what is
 * known when the call is entered, and the rest.
 */
#ifndef PROF_DECODE_DECODE_H
#define PROF_DECODE_DECODE_H

#include "decode/call.h"
#include "decode/emit.h"

struct call_format;

struct decode_options {
	uint32_t max_string_bytes; /* -s */
	enum emit_hex hex_strings; /* -x, -xx */
	bool verbose;              /* -v: structs and environments whole */
	/*
	 * -y: appends what a descriptor of process `pid` is, </etc/passwd>, and says whether it is
	 * known; of AT_FDCWD, its working directory. `returned`: as of after the call. May be NULL.
	 */
	bool (*fd_text)(void *context, uint32_t pid, int fd, bool returned, struct bytes *out);
	/* The protocol of a netlink socket, NETLINK_ROUTE or the like; -1 of anything else, -2 of
	 * one that is not bound. May be NULL. */
	int (*netlink_protocol)(void *context, int fd);
	/* The name of a network interface; NULL, or empty: only its number is known. */
	void (*interface_name)(void *context, uint32_t index, char out[16]);
	/* What is known of a system call that this build does not know: call_format.h. NULL for
	 * nothing; may itself be NULL. */
	const struct call_format *(*format_of)(void *context, uint32_t nr);
	void *context;
};

/*
 * Appends the name and the arguments, without the bracket that closes them. A call that has not
 * returned gives the entered part alone, ready for `<unfinished ...>`: up to the first argument
 * that the call fills in. `out_entered`, if not NULL, is told how much of what was appended that
 * part is, also when the call has returned: the rest is what stands after `resumed>`.
 */
void decode_call(struct call *call, const struct decode_options *options, struct bytes *out,
		 size_t *out_entered);

/* Appends what stands behind the equals sign; `?` for a call that has not returned. */
void decode_result(struct call *call, const struct decode_options *options, struct bytes *out);

/* Asks for all memory that decoding may want to know, so that call->fetch keeps it. Before the call
 * is carried on, that is what is known then; after it, the rest. */
void decode_gather(struct call *call, const struct decode_options *options);

/* The arguments as an object, in which what is not yet known is null. */
void decode_call_json(struct call *call, const struct decode_options *options, struct bytes *out);

/* {"value":3}, {"value":-1,"errno":"ENOENT"}, or null for a call that has not returned. */
void decode_result_json(struct call *call, const struct decode_options *options, struct bytes *out);

#endif

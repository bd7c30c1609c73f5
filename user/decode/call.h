/* SPDX-License-Identifier: MIT */
/*
 * A system call as a decoder sees it: registers, and pieces of the memory behind them.
 *
 * The decoder knows no ptrace and no BPF. It asks for memory by address, and is answered from the
 * snippets that were captured; or, where the process still stands there (deep decoding, ptrace),
 * by `fetch`, whose answers are kept as snippets like any others. So a decoder that runs once over
 * a stopped call has told what is to be recorded of it, and runs again years later on that.
 */
#ifndef PROF_DECODE_CALL_H
#define PROF_DECODE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "capture_plan.h"

struct snippet {
	uint64_t address;
	uint32_t size_bytes;
	uint32_t flags; /* enum snippet_flag */
	const uint8_t *bytes;
};

enum call_flag {
	CALL_RETURNED = 1, /* `result` holds; else the call is in progress, or never returned */
	CALL_COMPAT = 2,   /* a 32-bit entry: the number is of another table */
};

struct call {
	uint32_t nr;
	uint32_t flags; /* enum call_flag */
	uint64_t args[6];
	int64_t result; /* -errno; -512 to -516 for ERESTART* */
	const struct snippet *snippets;
	uint32_t nr_snippets;
	uint32_t pid; /* of the caller: whose descriptors the numbers are */
	/*
	 * Reads memory that no snippet has, appends what it found to the snippets of the call, and
	 * says whether it did. `flags` are those that the new snippet is to have: SNIPPET_EXIT, of
	 * memory after the call; SNIPPET_STRING, up to a NUL. A caller that cannot read the time
	 * that is asked for says false. NULL when there are only snippets.
	 */
	bool (*fetch)(struct call *call, uint64_t address, uint32_t size_bytes, uint32_t flags);
	void *fetch_context;
};

/*
 * Copies memory of the process to `out`, as it was before the call or (CAPTURE_EXIT) after it, and
 * returns how many bytes from `address` on are known. Pieces of several snippets are joined.
 */
size_t call_read(struct call *call, uint64_t address, void *out, size_t size_bytes,
		 enum capture_when when);

/* Whether it is known that no memory could be read at `address`; else it was just not captured. */
bool call_is_unreadable(const struct call *call, uint64_t address);

/* How a string that was read ends. */
enum string_end {
	STRING_WHOLE,      /* at its NUL, which is not among the bytes */
	STRING_CUT,        /* more is there, that was not wanted or not captured */
	STRING_UNREADABLE, /* there is no memory to read where it goes on */
};

/* Appends a string to `out`, without its NUL and at most so many bytes. */
enum string_end call_read_string(struct call *call, uint64_t address, size_t max_bytes,
				 enum capture_when when, struct bytes *out);

#endif

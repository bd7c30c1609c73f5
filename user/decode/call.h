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
};

#endif

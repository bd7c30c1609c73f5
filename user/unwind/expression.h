/* SPDX-License-Identifier: MIT */
/*
 * DWARF expressions, as call-frame information may contain them: a small stack machine over the
 * registers of a frame and the memory behind them (DWARF 5, section 2.5, less what section 6.4.2
 * forbids).
 *
 * They come from files, so steps and stack are bounded, and memory is what the caller lets be read.
 */
#ifndef PROF_UNWIND_EXPRESSION_H
#define PROF_UNWIND_EXPRESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "unwind/frame_state.h"

/* By DWARF's numbers. */
struct frame_registers {
	uint64_t values[NR_DWARF_REGISTERS];
	uint32_t known; /* bit by bit */
};

/* Reads up to eight bytes. */
typedef bool memory_read(void *arg, uint64_t address, void *out, uint32_t size);

struct expression_frame {
	const struct frame_registers *registers;
	uint64_t bias; /* of addresses in memory over those in the file */
	memory_read *read;
	void *arg;
};

/* `first`: what is on the stack when it begins, or NULL. False for what makes no sense, what needs
 * something unknown, and what takes too long. */
bool expression_evaluate(const struct expression_frame *frame, struct cursor code,
			 const uint64_t *first, uint64_t *out);

#endif

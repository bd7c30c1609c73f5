/* SPDX-License-Identifier: MIT */
/*
 * One step of unwinding with all that call-frame information can say, for the few places where no
 * rule of the tables will do: any register may be anywhere, as an expression says.
 */
#ifndef PROF_UNWIND_EXACT_FRAME_H
#define PROF_UNWIND_EXACT_FRAME_H

#include "unwind/expression.h"
#include "unwind/pointer.h"

/* What holds at one place of the code. */
struct exact_frame {
	struct frame_state state;
	const struct loaded_bytes *section; /* that its expressions lie in */
	uint64_t address;                   /* of the place, in the file's own terms */
	bool is_signal;                     /* the caller was interrupted, and did not call */
};

enum exact_step {
	EXACT_FAILED, /* the caller cannot be found */
	EXACT_CALLER,
	EXACT_OUTERMOST, /* there is none */
};

/* From the registers of a frame to those of its caller. `address`: where the place of the code is
 * in memory. */
enum exact_step exact_frame_step(const struct exact_frame *frame, uint64_t address,
				 memory_read *read, void *arg, struct frame_registers *registers);

#endif

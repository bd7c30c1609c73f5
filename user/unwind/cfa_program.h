/* SPDX-License-Identifier: MIT */
/*
 * Runs the instructions of an FDE, one row of its table at a time:
 *
 *     cfa_program_begin(&program, cie, instructions, address, end);
 *     while (cfa_program_next(&program))
 *             ... program.state holds in [program.row, program.location) ...
 *
 * Each row takes at least one byte of instructions and covers at least one byte of code, so a
 * hostile program ends, and has no more rows than bytes. What it says after something senseless (an
 * unknown instruction, a missing operand, a way back) is one last row whose state is marked as
 * broken.
 */
#ifndef PROF_UNWIND_CFA_PROGRAM_H
#define PROF_UNWIND_CFA_PROGRAM_H

#include "unwind/frame_state.h"
#include "unwind/pointer.h"

/* Compilers nest two or three; the rest is room for what people write by hand. */
#define MAX_REMEMBERED_STATES 16

/* What the FDEs of one compilation have in common. */
struct cie {
	uint64_t offset; /* in its section */
	const struct loaded_bytes *section;
	uint64_t code_alignment;
	int64_t data_alignment;
	uint8_t pointer_encoding;
	bool is_signal, has_augmentation_size;
	bool unknown; /* not even the addresses in its FDEs can be read: not kept */
	struct frame_state initial;
};

struct cfa_program {
	const struct cie *cie;
	struct cursor code;
	uint64_t row, location, end; /* addresses */
	unsigned int nr_remembered;
	struct frame_state state;
	struct frame_state remembered[MAX_REMEMBERED_STATES];
};

void cfa_program_begin(struct cfa_program *program, const struct cie *cie,
		       struct cursor instructions, uint64_t address, uint64_t end);
bool cfa_program_next(struct cfa_program *program);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What the instructions of call-frame information describe at one place of the code: where the CFA
 * is, and where the caller's registers are. A rule (bpf/unwind.h) is the part of it that the
 * walkers follow.
 */
#ifndef PROF_UNWIND_FRAME_STATE_H
#define PROF_UNWIND_FRAME_STATE_H

#include <stdbool.h>

#include "base/bytes.h"
#include "unwind.h"

/* DWARF's numbers of the registers that mean something here (psABI x86-64, figure 3.36). */
enum { DWARF_RBX = 3, DWARF_RBP = 6, DWARF_RSP = 7, DWARF_RIP = 16, NR_DWARF_REGISTERS };

/* Columns beyond those of `enum unwind_register`. No rule tells of the others, but expressions may
 * ask for what is in them. */
enum {
	COLUMN_RSP = NR_UNWIND_REGISTERS,
	COLUMN_RA,
	COLUMN_RAX,
	COLUMN_RDX,
	COLUMN_RCX,
	COLUMN_RSI,
	COLUMN_RDI,
	COLUMN_R8,
	COLUMN_R9,
	COLUMN_R11,
	NR_COLUMNS,
	COLUMN_IGNORED = NR_COLUMNS
};

enum saved_kind {
	SAVED_NOT,         /* the caller's value is still in the register */
	SAVED_AT_CFA,      /* in memory, CFA + where */
	SAVED_AT_RBP,      /* in memory, rbp + where */
	SAVED_IN_REGISTER, /* in the register `where` */
	SAVED_IS_CFA,      /* the value is CFA + where */
	SAVED_UNDEFINED,   /* lost */
	SAVED_ELSEWHERE,   /* out of all reach */
	SAVED_IN_PARENT,   /* the return address, at CFA - 8, of who called clone; none of its child
			    */
	/* Neither is in any rule: exact_frame.h. `where` is where the expression lies in its
	 * section, from its size on. */
	SAVED_AT_EXPRESSION, /* in memory, where the expression says */
	SAVED_IS_EXPRESSION, /* the value is what the expression says */
};

struct saved {
	uint32_t kind; /* enum saved_kind */
	int32_t where;
};

struct frame_state {
	uint8_t cfa_kind, cfa_reg; /* as in struct unwind_rule */
	int8_t deref_offset;
	bool broken;        /* the instructions made no sense */
	int64_t cfa_offset; /* of UNWIND_CFA_UNSUPPORTED: where the expression lies, as above */
	struct saved columns[NR_COLUMNS + 1]; /* the last one takes what is ignored */
};

unsigned int column_of(uint64_t dwarf_register);

/* Both recognise the expressions that compilers and linkers write; others are left as unsupported.
 * `where` they lie: as above. */
void frame_state_set_cfa_expression(struct frame_state *state, struct cursor expression,
				    int64_t where);
struct saved saved_by_expression(struct cursor expression, int64_t where);

/* `signal`: of a CIE that says its functions were called by a signal. */
struct unwind_rule frame_state_rule(const struct frame_state *state, bool signal);

#endif

// SPDX-License-Identifier: MIT
#include "unwind/frame_state.h"

#include <dwarf.h>
#include <string.h>

#include "unwind/pointer.h"

/* The caller's rsp in the frame that the kernel pushes for a signal: uc_mcontext.gregs[REG_RSP]. */
#define SIGNAL_RSP_OFFSET 160

static const uint8_t columns[NR_DWARF_REGISTERS] = {
	COLUMN_RAX, COLUMN_RDX, COLUMN_RCX, UNWIND_RBX, COLUMN_RSI, COLUMN_RDI,
	UNWIND_RBP, COLUMN_RSP, COLUMN_R8,  COLUMN_R9,  UNWIND_R10, COLUMN_R11,
	UNWIND_R12, UNWIND_R13, UNWIND_R14, UNWIND_R15, COLUMN_RA,
};

/* A lazy PLT: rsp + 8 + ((rip & 15) >= threshold) * 8, since its entries push one word half-way. */
static bool is_plt(struct cursor expression, int32_t *threshold)
{
	static const uint8_t head[] = {DW_OP_breg7, 8, DW_OP_breg16, 0, DW_OP_lit15, DW_OP_and};
	static const uint8_t tail[] = {DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus};
	const uint8_t *at = expression.at;

	if (cursor_left(&expression) != sizeof head + 1 + sizeof tail ||
	    memcmp(at, head, sizeof head) || memcmp(at + sizeof head + 1, tail, sizeof tail))
		return false;
	*threshold = at[sizeof head] - DW_OP_lit0;
	return *threshold >= 0 && *threshold <= 15;
}

/* One of the 16 registers plus a constant, at the head of the expression. */
static bool take_register(struct cursor *c, uint8_t *reg, int64_t *offset)
{
	uint8_t operation = cursor_u8(c);

	if (operation < DW_OP_breg0 || operation >= DW_OP_breg0 + DWARF_RIP)
		return false;
	*reg = operation - DW_OP_breg0;
	*offset = read_sleb(c);
	return !c->failed;
}

static uint8_t rule_slot(const struct saved *saved)
{
	int64_t slot = (saved->kind == SAVED_AT_RBP ? UNWIND_RBP_ZERO : 0) - saved->where / 8;

	if (saved->kind == SAVED_NOT)
		return UNWIND_UNCHANGED;
	if ((saved->kind != SAVED_AT_CFA && saved->kind != SAVED_AT_RBP) || saved->where % 8 ||
	    slot <= UNWIND_UNCHANGED || slot >= UNWIND_UNKNOWN)
		return UNWIND_UNKNOWN;
	return slot;
}

static void rule_set_saved(struct unwind_rule *rule, const struct frame_state *state)
{
	for (unsigned int i = 0; i < NR_UNWIND_REGISTERS; i++) {
		rule->saved[i] = rule_slot(&state->columns[i]);
		if (state->columns[i].kind == SAVED_AT_RBP && rule->saved[i] != UNWIND_UNKNOWN)
			rule->flags |= UNWIND_FROM_RBP << i;
	}
}

static void rule_set_ra(struct unwind_rule *rule, const struct saved *ra)
{
	if (ra->kind == SAVED_AT_CFA && ra->where == -8) {
		rule->ra_kind = UNWIND_RA_CFA;
	} else if (ra->kind == SAVED_IN_PARENT) {
		rule->ra_kind = UNWIND_RA_FORKED;
	} else if (ra->kind == SAVED_UNDEFINED) {
		rule->ra_kind = UNWIND_RA_UNDEFINED;
	} else if (ra->kind == SAVED_IN_REGISTER && ra->where < DWARF_RIP) {
		rule->ra_kind = UNWIND_RA_REGISTER;
		rule->saved[UNWIND_R10] = ra->where;
	} else {
		rule->ra_kind = UNWIND_RA_UNSUPPORTED;
	}
}

/* That the caller's rsp is the CFA goes without saying; anything else is beyond the walkers. */
static bool rsp_is_cfa(const struct saved *rsp)
{
	return rsp->kind == SAVED_NOT || rsp->kind == SAVED_UNDEFINED ||
	       (rsp->kind == SAVED_IS_CFA && rsp->where == 0);
}

/* Is there a register that callers may go by, whose place no slot can tell? */
static bool has_lost_register(const struct unwind_rule *rule, const struct frame_state *state)
{
	for (unsigned int i = 0; i < NR_UNWIND_REGISTERS; i++)
		if (i != UNWIND_R10 && rule->saved[i] == UNWIND_UNKNOWN &&
		    state->columns[i].kind != SAVED_UNDEFINED)
			return true;
	return false;
}

static bool is_kernel_signal_frame(const struct frame_state *state)
{
	return state->cfa_kind == UNWIND_CFA_DEREF && state->cfa_reg == DWARF_RSP &&
	       state->cfa_offset == SIGNAL_RSP_OFFSET && state->deref_offset == 0;
}

unsigned int column_of(uint64_t dwarf_register)
{
	return dwarf_register < NR_DWARF_REGISTERS ? columns[dwarf_register] : COLUMN_IGNORED;
}

void frame_state_set_cfa_expression(struct frame_state *state, struct cursor expression,
				    int64_t where)
{
	uint64_t added = 0;
	int32_t threshold;
	int64_t offset;
	uint8_t reg;

	state->cfa_kind = UNWIND_CFA_UNSUPPORTED;
	state->cfa_offset = where;
	state->deref_offset = 0;
	if (is_plt(expression, &threshold)) {
		state->cfa_kind = UNWIND_CFA_PLT;
		state->cfa_reg = DWARF_RSP;
		state->cfa_offset = threshold;
		return;
	}
	if (!take_register(&expression, &reg, &offset) || cursor_u8(&expression) != DW_OP_deref)
		return;
	if (cursor_left(&expression) && cursor_u8(&expression) == DW_OP_plus_uconst)
		added = cursor_varint(&expression);
	if (!cursor_done(&expression) || added > INT8_MAX)
		return;
	state->cfa_kind = UNWIND_CFA_DEREF;
	state->cfa_reg = reg;
	state->cfa_offset = offset;
	state->deref_offset = added;
}

struct saved saved_by_expression(struct cursor expression, int64_t where)
{
	int64_t offset;
	uint8_t reg;

	if (!take_register(&expression, &reg, &offset) || !cursor_done(&expression) ||
	    reg != DWARF_RBP || offset != (int32_t)offset)
		return (struct saved){SAVED_AT_EXPRESSION, (int32_t)where};
	return (struct saved){SAVED_AT_RBP, offset};
}

struct unwind_rule frame_state_rule(const struct frame_state *state, bool signal)
{
	struct unwind_rule rule = {
		.cfa_kind = state->cfa_kind,
		.cfa_reg = state->cfa_reg,
		.cfa_offset = state->cfa_offset,
		.deref_offset = state->deref_offset,
	};

	if (signal && !state->broken && is_kernel_signal_frame(state)) {
		rule.flags = UNWIND_SIGNAL_FRAME;
		return rule;
	}
	rule_set_saved(&rule, state);
	rule_set_ra(&rule, &state->columns[COLUMN_RA]);
	if (state->broken || state->cfa_kind == UNWIND_CFA_UNSUPPORTED ||
	    state->cfa_kind == UNWIND_CFA_NONE || state->cfa_reg >= DWARF_RIP ||
	    state->cfa_offset != (int32_t)state->cfa_offset ||
	    rule.ra_kind == UNWIND_RA_UNSUPPORTED || has_lost_register(&rule, state) ||
	    !rsp_is_cfa(&state->columns[COLUMN_RSP]))
		return (struct unwind_rule){.cfa_kind = UNWIND_CFA_UNSUPPORTED,
					    .ra_kind = UNWIND_RA_UNSUPPORTED};
	return rule;
}

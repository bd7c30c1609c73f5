// SPDX-License-Identifier: MIT
#include "unwind/exact_frame.h"

#include <dwarf.h>

/* Those that a called function leaves as they were, unless told otherwise: rbx, rbp, r12-r15; and
 * r10, as the walk has it (bpf/walk.h). */
#define KEPT_REGISTERS 0xf448U

struct step {
	const struct exact_frame *frame;
	struct expression_frame memory; /* with the registers of the frame */
	uint64_t cfa;
};

static bool read_word(const struct step *s, uint64_t address, uint64_t *out)
{
	return s->memory.read(s->memory.arg, address, out, sizeof *out);
}

static bool register_value(const struct step *s, uint64_t number, uint64_t *out)
{
	const struct frame_registers *registers = s->memory.registers;

	if (number >= NR_DWARF_REGISTERS || !(registers->known >> number & 1))
		return false;
	*out = registers->values[number];
	return true;
}

/* An expression is noted by where it lies, with its size in front. */
static bool expression_value(const struct step *s, int64_t where, const uint64_t *first,
			     uint64_t *out)
{
	const struct loaded_bytes *section = s->frame->section;
	const uint8_t *data;
	struct cursor c;
	uint64_t size;

	if (!section || where < 0 || (uint64_t)where >= section->size)
		return false;
	c = cursor_over(section->data + where, section->size - (uint64_t)where);
	size = cursor_varint(&c);
	data = cursor_take(&c, size);
	return data && expression_evaluate(&s->memory, cursor_over(data, size), first, out);
}

static bool plt_cfa(const struct step *s, uint64_t *out)
{
	uint64_t rsp, rip;

	if (!register_value(s, DWARF_RSP, &rsp) || !register_value(s, DWARF_RIP, &rip))
		return false;
	*out = rsp + 8 + ((rip & 15) >= (uint64_t)s->frame->state.cfa_offset ? 8 : 0);
	return true;
}

static bool cfa_value(const struct step *s, uint64_t *out)
{
	const struct frame_state *state = &s->frame->state;
	uint64_t base;

	switch (state->cfa_kind) {
	case UNWIND_CFA_UNSUPPORTED:
		return expression_value(s, state->cfa_offset, NULL, out);
	case UNWIND_CFA_PLT:
		return plt_cfa(s, out);
	case UNWIND_CFA_REG:
	case UNWIND_CFA_DEREF:
		if (!register_value(s, state->cfa_reg, &base))
			return false;
		*out = base + (uint64_t)state->cfa_offset;
		if (state->cfa_kind == UNWIND_CFA_REG)
			return true;
		base = *out;
		if (!read_word(s, base, out))
			return false;
		*out += (uint64_t)(int64_t)state->deref_offset;
		return true;
	default:
		return false;
	}
}

/* What a register was in the caller. */
static bool caller_value(const struct step *s, unsigned int number, uint64_t *out)
{
	const struct saved *saved = &s->frame->state.columns[column_of(number)];
	uint64_t base;

	switch (saved->kind) {
	case SAVED_NOT:
		return KEPT_REGISTERS >> number & 1 && register_value(s, number, out);
	case SAVED_AT_CFA:
	case SAVED_IN_PARENT:
		return read_word(s, s->cfa + (uint64_t)(int64_t)saved->where, out);
	case SAVED_AT_RBP:
		return register_value(s, DWARF_RBP, &base) &&
		       read_word(s, base + (uint64_t)(int64_t)saved->where, out);
	case SAVED_IN_REGISTER:
		return register_value(s, (uint64_t)saved->where, out);
	case SAVED_IS_CFA:
		*out = s->cfa + (uint64_t)(int64_t)saved->where;
		return true;
	case SAVED_AT_EXPRESSION:
		return expression_value(s, saved->where, &s->cfa, &base) && read_word(s, base, out);
	case SAVED_IS_EXPRESSION:
		return expression_value(s, saved->where, &s->cfa, out);
	default:
		return false;
	}
}

/* The stack pointer needs no rule: it is where the frame began. */
static bool caller_stack_pointer(const struct step *s, uint64_t *out)
{
	uint32_t kind = s->frame->state.columns[COLUMN_RSP].kind;

	if (kind != SAVED_NOT && kind != SAVED_UNDEFINED)
		return caller_value(s, DWARF_RSP, out);
	*out = s->cfa;
	return true;
}

static bool is_outermost(const struct step *s)
{
	const struct saved *ra = &s->frame->state.columns[COLUMN_RA];
	uint64_t result;

	return ra->kind == SAVED_UNDEFINED ||
	       (ra->kind == SAVED_IN_PARENT && register_value(s, 0, &result) && !result);
}

enum exact_step exact_frame_step(const struct exact_frame *frame, uint64_t address,
				 memory_read *read, void *arg, struct frame_registers *registers)
{
	struct frame_registers caller = {0};
	struct step s = {.frame = frame,
			 .memory = {.registers = registers,
				    .bias = address - frame->address,
				    .read = read,
				    .arg = arg}};

	if (frame->state.broken)
		return EXACT_FAILED;
	if (is_outermost(&s))
		return EXACT_OUTERMOST;
	if (!cfa_value(&s, &s.cfa) || !caller_stack_pointer(&s, &caller.values[DWARF_RSP]) ||
	    !caller_value(&s, DWARF_RIP, &caller.values[DWARF_RIP]))
		return EXACT_FAILED;
	caller.known = 1U << DWARF_RSP | 1U << DWARF_RIP;
	for (unsigned int i = 0; i < DWARF_RIP; i++)
		if (i != DWARF_RSP && caller_value(&s, i, &caller.values[i]))
			caller.known |= 1U << i;
	*registers = caller;
	return caller.values[DWARF_RIP] ? EXACT_CALLER : EXACT_OUTERMOST;
}

// SPDX-License-Identifier: MIT
#include "unwind/cfa_program.h"

#include <dwarf.h>

/* Whoever goes beyond the end, or round the address space, stays at the end. */
static void advance(struct cfa_program *p, uint64_t units)
{
	uint64_t left = p->end - p->location, distance;

	if (__builtin_mul_overflow(units, p->cie->code_alignment, &distance) || distance > left)
		distance = left;
	p->location += distance;
}

static void go_to(struct cfa_program *p, uint64_t address)
{
	if (p->code.failed || address < p->location || address > p->end)
		p->state.broken = true;
	else
		p->location = address;
}

static void run_location(struct cfa_program *p, uint8_t instruction)
{
	switch (instruction) {
	case DW_CFA_set_loc:
		go_to(p, read_pointer(&p->code, p->cie->pointer_encoding, p->cie->section));
		break;
	case DW_CFA_advance_loc1:
		advance(p, cursor_u8(&p->code));
		break;
	case DW_CFA_advance_loc2:
		advance(p, cursor_u16(&p->code));
		break;
	case DW_CFA_advance_loc4:
		advance(p, cursor_u32(&p->code));
		break;
	}
}

/* In units of the data alignment; what does not fit is as good as out of reach. */
static int64_t factored(const struct cfa_program *p, int64_t units)
{
	int64_t offset;

	return __builtin_mul_overflow(units, p->cie->data_alignment, &offset) ? INT64_MAX : offset;
}

static int64_t unsigned_offset(struct cfa_program *p)
{
	uint64_t offset = cursor_varint(&p->code);

	return offset > INT64_MAX ? INT64_MAX : (int64_t)offset;
}

static void save(struct cfa_program *p, uint64_t reg, enum saved_kind kind, int64_t where)
{
	struct saved *saved = &p->state.columns[column_of(reg)];

	if (where == (int32_t)where)
		*saved = (struct saved){kind, where};
	else
		*saved = (struct saved){.kind = SAVED_ELSEWHERE};
}

/* Also tells where in the section it lies, from its size on; -1: in none. */
static struct cursor take_expression(struct cfa_program *p, int64_t *where)
{
	const struct loaded_bytes *section = p->cie->section;
	uint64_t at = section ? (uint64_t)(p->code.at - section->data) : UINT64_MAX;
	uint64_t size = cursor_varint(&p->code);
	const uint8_t *data = cursor_take(&p->code, size);

	*where = section && at < section->size ? (int64_t)at : -1;

	return cursor_over(data, data ? size : 0);
}

static void set_cfa(struct cfa_program *p, uint64_t reg, int64_t offset)
{
	p->state.cfa_kind = UNWIND_CFA_REG;
	p->state.cfa_reg = reg < UINT8_MAX ? reg : UINT8_MAX;
	p->state.cfa_offset = offset;
	p->state.deref_offset = 0;
}

/* Register or offset alone can only be changed where there are both. */
static void change_cfa(struct cfa_program *p, uint64_t reg, int64_t offset)
{
	if (p->state.cfa_kind == UNWIND_CFA_REG)
		set_cfa(p, reg, offset);
	else
		p->state.broken = true;
}

static void run_cfa(struct cfa_program *p, uint8_t instruction)
{
	struct cursor expression;
	uint64_t reg;
	int64_t where;

	switch (instruction) {
	case DW_CFA_def_cfa:
		reg = cursor_varint(&p->code);
		set_cfa(p, reg, unsigned_offset(p));
		break;
	case DW_CFA_def_cfa_sf:
		reg = cursor_varint(&p->code);
		set_cfa(p, reg, factored(p, read_sleb(&p->code)));
		break;
	case DW_CFA_def_cfa_register:
		change_cfa(p, cursor_varint(&p->code), p->state.cfa_offset);
		break;
	case DW_CFA_def_cfa_offset:
		change_cfa(p, p->state.cfa_reg, unsigned_offset(p));
		break;
	case DW_CFA_def_cfa_offset_sf:
		change_cfa(p, p->state.cfa_reg, factored(p, read_sleb(&p->code)));
		break;
	case DW_CFA_def_cfa_expression:
		expression = take_expression(p, &where);
		frame_state_set_cfa_expression(&p->state, expression, where);
		break;
	}
}

static void restore(struct cfa_program *p, uint64_t reg)
{
	unsigned int column = column_of(reg);

	p->state.columns[column] = p->cie->initial.columns[column];
}

static void run_offset(struct cfa_program *p, uint8_t instruction)
{
	uint64_t reg = cursor_varint(&p->code);

	switch (instruction) {
	case DW_CFA_offset_extended:
		save(p, reg, SAVED_AT_CFA, factored(p, unsigned_offset(p)));
		break;
	case DW_CFA_offset_extended_sf:
		save(p, reg, SAVED_AT_CFA, factored(p, read_sleb(&p->code)));
		break;
	case DW_CFA_GNU_negative_offset_extended:
		save(p, reg, SAVED_AT_CFA, factored(p, -unsigned_offset(p)));
		break;
	case DW_CFA_val_offset:
		save(p, reg, SAVED_IS_CFA, factored(p, unsigned_offset(p)));
		break;
	case DW_CFA_val_offset_sf:
		save(p, reg, SAVED_IS_CFA, factored(p, read_sleb(&p->code)));
		break;
	}
}

static void run_register(struct cfa_program *p, uint8_t instruction)
{
	uint64_t reg = cursor_varint(&p->code);
	struct cursor expression;
	int64_t where;

	switch (instruction) {
	case DW_CFA_restore_extended:
		restore(p, reg);
		break;
	case DW_CFA_undefined:
		save(p, reg, SAVED_UNDEFINED, 0);
		break;
	case DW_CFA_same_value:
		/* Of rsp it would say that the caller's is not the CFA. */
		save(p, reg, reg == DWARF_RSP ? SAVED_IN_REGISTER : SAVED_NOT,
		     reg == DWARF_RSP ? DWARF_RSP : 0);
		break;
	case DW_CFA_register:
		save(p, reg, SAVED_IN_REGISTER, unsigned_offset(p));
		break;
	case DW_CFA_expression:
		expression = take_expression(p, &where);
		p->state.columns[column_of(reg)] = saved_by_expression(expression, where);
		break;
	case DW_CFA_val_expression:
		take_expression(p, &where);
		save(p, reg, SAVED_IS_EXPRESSION, where);
		break;
	}
}

static void run_state(struct cfa_program *p, uint8_t instruction)
{
	if (instruction == DW_CFA_remember_state && p->nr_remembered < MAX_REMEMBERED_STATES)
		p->remembered[p->nr_remembered++] = p->state;
	else if (instruction == DW_CFA_restore_state && p->nr_remembered)
		p->state = p->remembered[--p->nr_remembered];
	else
		p->state.broken = true;
}

static void run_extended(struct cfa_program *p, uint8_t instruction)
{
	switch (instruction) {
	case DW_CFA_nop:
		break;
	case DW_CFA_set_loc ... DW_CFA_advance_loc4:
		run_location(p, instruction);
		break;
	case DW_CFA_remember_state:
	case DW_CFA_restore_state:
		run_state(p, instruction);
		break;
	case DW_CFA_def_cfa ... DW_CFA_def_cfa_expression:
	case DW_CFA_def_cfa_sf:
	case DW_CFA_def_cfa_offset_sf:
		run_cfa(p, instruction);
		break;
	case DW_CFA_offset_extended:
	case DW_CFA_offset_extended_sf:
	case DW_CFA_val_offset:
	case DW_CFA_val_offset_sf:
	case DW_CFA_GNU_negative_offset_extended:
		run_offset(p, instruction);
		break;
	case DW_CFA_restore_extended ... DW_CFA_register:
	case DW_CFA_expression:
	case DW_CFA_val_expression:
		run_register(p, instruction);
		break;
	case DW_CFA_GNU_args_size: /* of interest to those who land, not to those who look */
		cursor_varint(&p->code);
		break;
	default:
		p->state.broken = true;
	}
}

static void run_instruction(struct cfa_program *p)
{
	uint8_t instruction = cursor_u8(&p->code), operand = instruction & 0x3f;

	switch (instruction & 0xc0) {
	case DW_CFA_advance_loc:
		advance(p, operand);
		break;
	case DW_CFA_offset:
		save(p, operand, SAVED_AT_CFA, factored(p, unsigned_offset(p)));
		break;
	case DW_CFA_restore:
		restore(p, operand);
		break;
	default:
		run_extended(p, instruction);
	}
	p->state.broken |= p->code.failed;
}

void cfa_program_begin(struct cfa_program *program, const struct cie *cie,
		       struct cursor instructions, uint64_t address, uint64_t end)
{
	program->cie = cie;
	program->code = instructions;
	program->row = program->location = address;
	program->end = end;
	program->nr_remembered = 0;
	program->state = cie->initial;
}

bool cfa_program_next(struct cfa_program *program)
{
	program->row = program->location;
	if (program->row >= program->end)
		return false;
	while (program->location == program->row && cursor_left(&program->code) &&
	       !program->state.broken)
		run_instruction(program);
	if (program->location == program->row || program->state.broken)
		program->location = program->end;
	return true;
}

// SPDX-License-Identifier: MIT
#include "unwind/expression.h"

#include <dwarf.h>

#include "unwind/pointer.h"

#define MAX_STACK 64
#define MAX_STEPS 4096 /* there are jumps back */

struct machine {
	const struct expression_frame *frame;
	const uint8_t *start;
	struct cursor code;
	uint64_t stack[MAX_STACK];
	uint32_t depth;
	bool failed;
};

static void push(struct machine *m, uint64_t value)
{
	if (m->depth < MAX_STACK)
		m->stack[m->depth++] = value;
	else
		m->failed = true;
}

static uint64_t pop(struct machine *m)
{
	if (m->depth)
		return m->stack[--m->depth];
	m->failed = true;
	return 0;
}

/* The entry so far below the top. */
static uint64_t peek(struct machine *m, uint64_t below)
{
	if (below < m->depth)
		return m->stack[m->depth - 1 - below];
	m->failed = true;
	return 0;
}

static void push_register(struct machine *m, uint64_t number, int64_t offset)
{
	const struct frame_registers *registers = m->frame->registers;

	if (number < NR_DWARF_REGISTERS && registers->known >> number & 1)
		push(m, registers->values[number] + (uint64_t)offset);
	else
		m->failed = true;
}

static void push_memory(struct machine *m, uint64_t address, uint32_t size)
{
	uint64_t value = 0;

	if (!size || size > sizeof value || !m->frame->read(m->frame->arg, address, &value, size))
		m->failed = true;
	else
		push(m, value);
}

static void jump(struct machine *m, int16_t distance)
{
	if (distance < m->start - m->code.at || distance > m->code.end - m->code.at)
		m->failed = true;
	else
		m->code.at += distance;
}

static void run_constant(struct machine *m, uint8_t operation)
{
	switch (operation) {
	case DW_OP_addr:
		return push(m, cursor_u64(&m->code) + m->frame->bias);
	case DW_OP_const1u:
		return push(m, cursor_u8(&m->code));
	case DW_OP_const1s:
		return push(m, (uint64_t)(int8_t)cursor_u8(&m->code));
	case DW_OP_const2u:
		return push(m, cursor_u16(&m->code));
	case DW_OP_const2s:
		return push(m, (uint64_t)(int16_t)cursor_u16(&m->code));
	case DW_OP_const4u:
		return push(m, cursor_u32(&m->code));
	case DW_OP_const4s:
		return push(m, (uint64_t)(int32_t)cursor_u32(&m->code));
	case DW_OP_const8u:
	case DW_OP_const8s:
		return push(m, cursor_u64(&m->code));
	case DW_OP_constu:
		return push(m, cursor_varint(&m->code));
	case DW_OP_consts:
		return push(m, (uint64_t)read_sleb(&m->code));
	}
}

static void run_stack(struct machine *m, uint8_t operation)
{
	uint64_t a, b, c;

	switch (operation) {
	case DW_OP_dup:
		return push(m, peek(m, 0));
	case DW_OP_drop:
		pop(m);
		return;
	case DW_OP_over:
		return push(m, peek(m, 1));
	case DW_OP_pick:
		return push(m, peek(m, cursor_u8(&m->code)));
	case DW_OP_swap:
		a = pop(m), b = pop(m);
		push(m, a), push(m, b);
		return;
	case DW_OP_rot: /* the top goes below the next two */
		a = pop(m), b = pop(m), c = pop(m);
		push(m, a), push(m, c), push(m, b);
		return;
	}
}

static void run_unary(struct machine *m, uint8_t operation)
{
	uint64_t value = pop(m);

	switch (operation) {
	case DW_OP_abs:
		return push(m, (int64_t)value < 0 ? -value : value);
	case DW_OP_neg:
		return push(m, -value);
	case DW_OP_not:
		return push(m, ~value);
	case DW_OP_plus_uconst:
		return push(m, value + cursor_varint(&m->code));
	case DW_OP_deref:
		return push_memory(m, value, sizeof value);
	case DW_OP_deref_size:
		return push_memory(m, value, cursor_u8(&m->code));
	}
}

/* A quotient of signed, a remainder of unsigned numbers. */
static uint64_t divided(struct machine *m, uint8_t operation, uint64_t a, uint64_t b)
{
	m->failed |= b == 0;
	if (b == 0)
		return 0;
	if (operation == DW_OP_mod)
		return a % b;
	return b == UINT64_MAX ? -a : (uint64_t)((int64_t)a / (int64_t)b);
}

static uint64_t shifted(uint8_t operation, uint64_t a, uint64_t by)
{
	bool is_arithmetic = operation == DW_OP_shra && (int64_t)a < 0;

	if (by > 63)
		return is_arithmetic ? UINT64_MAX : 0;
	if (operation == DW_OP_shl)
		return a << by;
	return a >> by | (is_arithmetic && by ? ~(UINT64_MAX >> by) : 0);
}

static void run_binary(struct machine *m, uint8_t operation)
{
	uint64_t b = pop(m), a = pop(m);

	switch (operation) {
	case DW_OP_and:
		return push(m, a & b);
	case DW_OP_or:
		return push(m, a | b);
	case DW_OP_xor:
		return push(m, a ^ b);
	case DW_OP_plus:
		return push(m, a + b);
	case DW_OP_minus:
		return push(m, a - b);
	case DW_OP_mul:
		return push(m, a * b);
	case DW_OP_div:
	case DW_OP_mod:
		return push(m, divided(m, operation, a, b));
	case DW_OP_shl:
	case DW_OP_shr:
	case DW_OP_shra:
		return push(m, shifted(operation, a, b));
	case DW_OP_eq:
		return push(m, a == b);
	case DW_OP_ne:
		return push(m, a != b);
	case DW_OP_ge:
		return push(m, (int64_t)a >= (int64_t)b);
	case DW_OP_gt:
		return push(m, (int64_t)a > (int64_t)b);
	case DW_OP_le:
		return push(m, (int64_t)a <= (int64_t)b);
	case DW_OP_lt:
		return push(m, (int64_t)a < (int64_t)b);
	}
}

static void run_register(struct machine *m, uint8_t operation)
{
	uint64_t number;

	switch (operation) {
	case DW_OP_breg0 ... DW_OP_breg31:
		return push_register(m, operation - DW_OP_breg0, read_sleb(&m->code));
	case DW_OP_bregx:
		number = cursor_varint(&m->code);
		return push_register(m, number, read_sleb(&m->code));
	case DW_OP_regx:
		return push_register(m, cursor_varint(&m->code), 0);
	default: /* DW_OP_reg0 ...: a place elsewhere, here its value */
		return push_register(m, operation - DW_OP_reg0, 0);
	}
}

static void run_jump(struct machine *m, uint8_t operation)
{
	int16_t distance = (int16_t)cursor_u16(&m->code);

	if (operation == DW_OP_skip || pop(m))
		jump(m, distance);
}

static void run_operation(struct machine *m)
{
	uint8_t operation = cursor_u8(&m->code);

	switch (operation) {
	case DW_OP_nop:
		return;
	case DW_OP_lit0 ... DW_OP_lit31:
		return push(m, operation - DW_OP_lit0);
	case DW_OP_addr:
	case DW_OP_const1u ... DW_OP_consts:
		return run_constant(m, operation);
	case DW_OP_dup ... DW_OP_rot: /* 0x12 to 0x17 */
		return run_stack(m, operation);
	case DW_OP_abs:
	case DW_OP_neg:
	case DW_OP_not:
	case DW_OP_plus_uconst:
	case DW_OP_deref:
	case DW_OP_deref_size:
		return run_unary(m, operation);
	case DW_OP_and:
	case DW_OP_div ... DW_OP_mul:
	case DW_OP_or ... DW_OP_plus:
	case DW_OP_shl ... DW_OP_xor:
	case DW_OP_eq ... DW_OP_ne:
		return run_binary(m, operation);
	case DW_OP_reg0 ... DW_OP_reg31:
	case DW_OP_breg0 ... DW_OP_breg31:
	case DW_OP_regx:
	case DW_OP_bregx:
		return run_register(m, operation);
	case DW_OP_bra:
	case DW_OP_skip:
		return run_jump(m, operation);
	default:
		m->failed = true;
	}
}

bool expression_evaluate(const struct expression_frame *frame, struct cursor code,
			 const uint64_t *first, uint64_t *out)
{
	struct machine m = {.frame = frame, .start = code.at, .code = code};
	uint32_t steps = 0;

	if (first)
		push(&m, *first);
	while (cursor_left(&m.code) && !m.failed && !m.code.failed && steps++ < MAX_STEPS)
		run_operation(&m);
	if (cursor_left(&m.code))
		return false;
	*out = pop(&m);
	return !m.failed && !m.code.failed;
}

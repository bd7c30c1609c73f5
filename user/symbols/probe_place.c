// SPDX-License-Identifier: MIT
#include "symbols/probe_place.h"

#include <stdbool.h>

#ifdef __x86_64__

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11 };
#define NO_REGISTER 16

/* An instruction as far as it matters: its length, 0 when it is none of those known, and what it
 * changes beside flags. */
struct step {
	size_t size;
	unsigned int changed;
};

struct code {
	const uint8_t *bytes;
	size_t size;
	unsigned int reg_high, rm_high; /* 8 where the prefix says so */
};

static uint8_t byte_at(const struct code *code, size_t at)
{
	return at < code->size ? code->bytes[at] : 0;
}

/* Takes a REX prefix off. */
static struct code without_prefix(const uint8_t *bytes, size_t size, size_t *skipped)
{
	struct code code = {.bytes = bytes, .size = size};
	uint8_t rex;

	*skipped = 0;
	if (size && bytes[0] == 0x64) /* a thread's own memory: where does not matter */
		*skipped = 1;
	rex = byte_at(&code, *skipped);
	if (rex >> 4 == 4) {
		code.reg_high = (rex >> 2 & 1) * 8;
		code.rm_high = (rex & 1) * 8;
		++*skipped;
	}
	code.bytes += *skipped;
	code.size -= *skipped;
	return code;
}

/* Of ModRM at `at` and what belongs to it. */
static size_t operand_size(const struct code *code, size_t at)
{
	uint8_t modrm = byte_at(code, at), mod = modrm >> 6, rm = modrm & 7;
	size_t size = 1;

	if (mod == 3)
		return size;
	if (rm == 4) {
		size++;
		if (mod == 0 && (byte_at(code, at + 1) & 7) == 5)
			size += 4;
	}
	if (mod == 0 && rm == 5)
		size += 4;
	return size + (mod == 1 ? 1 : mod == 2 ? 4 : 0);
}

static unsigned int reg_of(const struct code *code, size_t at)
{
	return (byte_at(code, at) >> 3 & 7) + code->reg_high;
}

/* The register that ModRM's other half is; memory must not be written to. */
static bool rm_of(const struct code *code, size_t at, unsigned int *out)
{
	*out = (byte_at(code, at) & 7) + code->rm_high;
	return byte_at(code, at) >> 6 == 3;
}

static struct step with_immediate(const struct code *code, size_t bytes, bool only_compares)
{
	struct step step = {.size = 1 + operand_size(code, 1) + bytes, .changed = NO_REGISTER};

	if (!only_compares && !rm_of(code, 1, &step.changed))
		step.size = 0;
	return step;
}

static struct step step_of_two_bytes(const struct code *code)
{
	struct step step = {.size = 2 + operand_size(code, 2), .changed = reg_of(code, 2)};

	if (byte_at(code, 1) != 0xb6 && byte_at(code, 1) != 0xb7) /* movzx */
		step.size = 0;
	return step;
}

static struct step step_of(const struct code *code)
{
	const struct step unknown = {0};
	struct step step = {.size = 1 + operand_size(code, 1), .changed = NO_REGISTER};
	bool compares = (byte_at(code, 1) >> 3 & 7) == 7;

	switch (byte_at(code, 0)) {
	case 0x38: /* cmp, test */
	case 0x39:
	case 0x3a:
	case 0x3b:
	case 0x84:
	case 0x85:
		return step;
	case 0x8b: /* mov, lea, add, or, and, sub, xor to a register */
	case 0x8d:
	case 0x03:
	case 0x0b:
	case 0x23:
	case 0x2b:
	case 0x33:
		step.changed = reg_of(code, 1);
		return step;
	case 0x89: /* the same from a register */
	case 0x01:
	case 0x09:
	case 0x21:
	case 0x29:
	case 0x31:
		return rm_of(code, 1, &step.changed) ? step : unknown;
	case 0x80:
	case 0x83:
		return with_immediate(code, 1, compares);
	case 0x81:
		return with_immediate(code, 4, compares);
	case 0xc1: /* shifts */
		return with_immediate(code, 1, false);
	case 0xd1:
		return with_immediate(code, 0, false);
	case 0x0f:
		return step_of_two_bytes(code);
	default:
		return unknown;
	}
}

static bool is_endbr(const uint8_t *code, size_t size)
{
	return size >= 4 && code[0] == 0xf3 && code[1] == 0x0f && code[2] == 0x1e &&
	       code[3] == 0xfa;
}

/* push, jumps, call, nop */
static bool is_emulated(const uint8_t *code, size_t size)
{
	size_t at = size > 1 && code[0] == 0x41 && code[1] >> 3 == 0x50 >> 3 ? 1 : 0;
	uint8_t byte = at < size ? code[at] : 0;

	return byte >> 3 == 0x50 >> 3 || byte >> 4 == 7 || byte == 0xe8 || byte == 0xe9 ||
	       byte == 0xeb || byte == 0x90 ||
	       (byte == 0x0f && at + 1 < size && code[at + 1] >> 4 == 8);
}

/* Neither an argument, nor the stack, nor what belongs to the caller. */
static bool is_free_to_change(unsigned int changed, unsigned int nr_args)
{
	switch (changed) {
	case RAX:
	case RCX:
	case R8:
	case R9:
	case R10:
	case R11:
	case NO_REGISTER:
		return true;
	case RDX:
		return nr_args < 3;
	case RSI:
		return nr_args < 2;
	default:
		return false;
	}
}

size_t probe_place(const uint8_t *code, size_t size, unsigned int nr_args)
{
	size_t at = 0;

	while (at < size && !is_emulated(code + at, size - at)) {
		size_t skipped = 0;
		struct code bare = without_prefix(code + at, size - at, &skipped);
		struct step step = step_of(&bare);

		if (is_endbr(code + at, size - at)) {
			at += 4;
			continue;
		}
		if (!step.size || step.size > bare.size ||
		    !is_free_to_change(step.changed, nr_args))
			return 0;
		at += skipped + step.size;
	}
	return at < size ? at : 0;
}

#else

size_t probe_place(const uint8_t *code, size_t size, unsigned int nr_args)
{
	(void)code;
	(void)size;
	(void)nr_args;
	return 0;
}

#endif

// SPDX-License-Identifier: MIT
/*
 * DWARF expressions: what each operation gives, by hand, and that none that makes no sense gives
 * anything.
 */
#include "unwind/expression.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define MEMORY 0x7000ULL
#define CFA    0x7fe0ULL

/* Memory is eight words, of which the first holds its own address, and so on. */
static bool read_memory(void *arg, uint64_t address, void *out, uint32_t size)
{
	uint64_t words[8];

	(void)arg;
	for (uint64_t i = 0; i < 8; i++)
		words[i] = MEMORY + 8 * i;
	words[7] = 0x8899aabbccddeeffULL;
	if (address < MEMORY || address - MEMORY > sizeof words - size)
		return false;
	memcpy(out, (char *)words + (address - MEMORY), size);
	return true;
}

/* rax to rip are 0x1000, 0x1001 ...; rdx (1) and r9 are not known. */
static bool evaluate(const uint8_t *code, size_t size, const uint64_t *first, uint64_t *out)
{
	struct frame_registers registers = {.known = 0x1ffff & ~(1U << 1 | 1U << 9)};
	const struct expression_frame frame = {
		.registers = &registers, .bias = 0x550000000000, .read = read_memory};

	for (uint64_t i = 0; i < NR_DWARF_REGISTERS; i++)
		registers.values[i] = 0x1000 + i;
	return expression_evaluate(&frame, cursor_over(code, size), first, out);
}

#define CODE(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static void each_operation(void **state)
{
	static const uint64_t cfa = CFA;
	const struct {
		const char *what;
		const uint8_t *code;
		size_t size;
		uint64_t value;
	} cases[] = {
		{"nothing but the CFA", (const uint8_t *)"", 0, CFA},
		{"addr", CODE(0x03, 8, 7, 6, 5, 4, 3, 2, 1), 0x0102030405060708 + 0x550000000000},
		{"const1u", CODE(0x08, 0xff), 0xff},
		{"const1s", CODE(0x09, 0xff), -1ULL},
		{"const2u", CODE(0x0a, 0xfe, 0xff), 0xfffe},
		{"const2s", CODE(0x0b, 0xfe, 0xff), -2ULL},
		{"const4u", CODE(0x0c, 0xfd, 0xff, 0xff, 0xff), 0xfffffffd},
		{"const4s", CODE(0x0d, 0xfd, 0xff, 0xff, 0xff), -3ULL},
		{"const8u", CODE(0x0e, 1, 2, 3, 4, 5, 6, 7, 8), 0x0807060504030201},
		{"const8s", CODE(0x0f, 1, 2, 3, 4, 5, 6, 7, 0x88), 0x8807060504030201},
		{"constu", CODE(0x10, 0x80, 1), 128},
		{"consts", CODE(0x11, 0x80, 0x7f), -128ULL},
		{"lit31", CODE(0x4f), 31},
		{"deref", CODE(0x0a, 0x08, 0x70, 0x06), MEMORY + 8},
		{"deref_size 1", CODE(0x0a, 0x38, 0x70, 0x94, 1), 0xff},
		{"deref_size 2", CODE(0x0a, 0x38, 0x70, 0x94, 2), 0xeeff},
		{"dup", CODE(0x12, 0x1c), 0},
		{"drop", CODE(0x31, 0x13), CFA},
		{"over", CODE(0x31, 0x14), CFA},
		{"pick 0", CODE(0x35, 0x36, 0x15, 0), 6},
		{"pick 2", CODE(0x35, 0x36, 0x15, 2), CFA},
		{"swap", CODE(0x35, 0x36, 0x16, 0x1c), 1},
		{"rot brings the second up", CODE(0x35, 0x36, 0x37, 0x17), 6},
		{"rot puts the top third", CODE(0x35, 0x36, 0x37, 0x17, 0x13, 0x13), 7},
		{"abs", CODE(0x09, 0x85, 0x19), 123},
		{"and", CODE(0x3c, 0x3a, 0x1a), 8},
		{"div is signed", CODE(0x09, 0xf8, 0x33, 0x1b), -2ULL},
		{"div of the least by -1", CODE(0x31, 0x08, 63, 0x24, 0x09, 0xff, 0x1b),
		 1ULL << 63},
		{"minus", CODE(0x35, 0x37, 0x1c), -2ULL},
		{"mod is unsigned", CODE(0x09, 0xff, 0x3a, 0x1d), UINT64_MAX % 10},
		{"mul", CODE(0x35, 0x36, 0x1e), 30},
		{"neg", CODE(0x35, 0x1f), -5ULL},
		{"not", CODE(0x35, 0x20), ~5ULL},
		{"or", CODE(0x35, 0x3a, 0x21), 15},
		{"plus", CODE(0x38, 0x22), CFA + 8},
		{"plus_uconst", CODE(0x23, 0x80, 1), CFA + 128},
		{"shl", CODE(0x31, 0x08, 63, 0x24), 1ULL << 63},
		{"shl out", CODE(0x31, 0x08, 64, 0x24), 0},
		{"shr", CODE(0x09, 0x80, 0x08, 60, 0x25), 15},
		{"shra", CODE(0x09, 0x80, 0x34, 0x26), -8ULL},
		{"shra of nothing", CODE(0x09, 0x80, 0x30, 0x26), -128ULL},
		{"shra out", CODE(0x09, 0x80, 0x08, 200, 0x26), -1ULL},
		{"xor", CODE(0x35, 0x33, 0x27), 6},
		{"skip", CODE(0x35, 0x2f, 1, 0, 0x36, 0x37), 7},
		{"bra taken", CODE(0x35, 0x31, 0x28, 1, 0, 0x36), 5},
		{"bra not taken", CODE(0x35, 0x30, 0x28, 1, 0, 0x36), 6},
		{"skip to the end", CODE(0x35, 0x2f, 1, 0, 0x36), 5},
		{"a loop",
		 CODE(0x31, 0x34, 0x16, 0x12, 0x22, 0x16, 0x31, 0x1c, 0x12, 0x28, 0xf6, 0xff, 0x13),
		 16},
		{"eq", CODE(0x35, 0x35, 0x29), 1},
		{"ge is signed", CODE(0x09, 0xff, 0x30, 0x2a), 0},
		{"gt", CODE(0x36, 0x35, 0x2b), 1},
		{"le", CODE(0x35, 0x35, 0x2c), 1},
		{"lt is signed", CODE(0x09, 0xff, 0x30, 0x2d), 1},
		{"ne", CODE(0x35, 0x35, 0x2e), 0},
		{"breg7", CODE(0x77, 0x78), 0x1007 - 8},
		{"breg16", CODE(0x80, 0), 0x1010},
		{"bregx", CODE(0x92, 12, 4), 0x100c + 4},
		{"reg3", CODE(0x53), 0x1003},
		{"regx", CODE(0x90, 5), 0x1005},
		{"nop", CODE(0x96), CFA},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t value = 0xdead;

		print_message("%s\n", cases[i].what);
		assert_true(evaluate(cases[i].code, cases[i].size, &cfa, &value));
		assert_int_equal(value, cases[i].value);
	}
}

static void what_makes_no_sense(void **state)
{
	const struct {
		const char *what;
		const uint8_t *code;
		size_t size;
	} cases[] = {
		{"nothing", (const uint8_t *)"", 0},
		{"an empty stack", CODE(0x22)},
		{"one operand of two", CODE(0x31, 0x22)},
		{"all dropped", CODE(0x31, 0x13)},
		{"a missing operand", CODE(0x0c, 1, 2)},
		{"pick too deep", CODE(0x31, 0x15, 1)},
		{"divided by nothing", CODE(0x31, 0x30, 0x1b)},
		{"remainder of nothing", CODE(0x31, 0x30, 0x1d)},
		{"a register that is not known", CODE(0x71, 0)},
		{"one that there is not", CODE(0x81, 0)},
		{"one far away", CODE(0x92, 0xff, 0xff, 3, 0)},
		{"memory that there is not", CODE(0x0a, 0x40, 0x70, 0x06)},
		{"half a word of it", CODE(0x0a, 0x3c, 0x70, 0x06)},
		{"nine bytes", CODE(0x0a, 0x00, 0x70, 0x94, 9)},
		{"no bytes", CODE(0x0a, 0x00, 0x70, 0x94, 0)},
		{"a jump back too far", CODE(0x31, 0x2f, 0xfb, 0xff)},
		{"a jump beyond the end", CODE(0x31, 0x2f, 1, 0)},
		{"for ever", CODE(0x31, 0x2f, 0xfd, 0xff)},
		{"ever deeper", CODE(0x31, 0x2f, 0xfc, 0xff)},
		{"an object that there is not", CODE(0x97)},
		{"another frame", CODE(0x9c)},
		{"of the vendors", CODE(0xff)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t value;

		print_message("%s\n", cases[i].what);
		assert_false(evaluate(cases[i].code, cases[i].size, NULL, &value));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_operation),
		cmocka_unit_test(what_makes_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

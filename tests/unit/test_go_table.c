// SPDX-License-Identifier: MIT
/* The table of Go's run-time, made by hand: three functions, as Go 1.18 and 1.20 lay them out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/go_table.h"

#define TEXT      0x401000
#define NAMES     72
#define STACKS    104
#define FUNCTIONS 128
#define HEAD      (FUNCTIONS + 4 * 8)

static void pad(struct bytes *b, size_t size)
{
	while (b->size < size)
		bytes_u8(b, 0);
}

static void add_function(struct bytes *b, bool new_form, uint32_t start, uint32_t name,
			 uint32_t stack, uint8_t flags)
{
	size_t from = b->size;

	bytes_u32(b, start);
	bytes_u32(b, name);
	bytes_u64(b, 0);
	bytes_u32(b, stack);
	pad(b, from + (new_form ? 41 : 37));
	bytes_u8(b, flags);
	pad(b, from + 48);
}

static void add_header(struct bytes *b, bool new_form)
{
	bytes_u32(b, new_form ? 0xfffffff1 : 0xfffffff0);
	bytes_u32(b, 0x08010000);
	bytes_u64(b, 3);
	bytes_u64(b, 0);
	bytes_u64(b, TEXT);
	bytes_u64(b, NAMES);
	bytes_u64(b, 0);
	bytes_u64(b, 0);
	bytes_u64(b, STACKS);
	bytes_u64(b, FUNCTIONS);
}

/* first() has 0 bytes of stack for 4 bytes of code, 24 for 10, 0 for 2; outermost() and last() have
 * no such table. */
static struct bytes make_table(bool new_form)
{
	struct bytes b = {0};

	add_header(&b, new_form);
	bytes_append(&b, "first\0outermost\0last", 21);
	pad(&b, STACKS);
	bytes_append(&b, "\0\x02\x04\x30\x0a\x2f\x02\0", 8);
	pad(&b, FUNCTIONS);
	for (uint32_t i = 0; i < 3; i++) {
		bytes_u32(&b, 16 * i);
		bytes_u32(&b, HEAD - FUNCTIONS + 48 * i);
	}
	bytes_u32(&b, 48);
	pad(&b, HEAD);
	add_function(&b, new_form, 0, 0, 1, 0);
	add_function(&b, new_form, 16, 6, 0, GO_OUTERMOST);
	add_function(&b, new_form, 32, 16, 0, GO_MOVES_STACK);
	return b;
}

static void assert_function(const struct go_table *table, uint32_t index, const char *name,
			    uint8_t flags)
{
	struct go_function function;

	assert_true(go_table_function(table, index, &function));
	assert_string_equal(function.name, name);
	assert_int_equal(function.address, TEXT + 16 * index);
	assert_int_equal(function.size, 16);
	assert_int_equal(function.flags, flags);
}

static void assert_stack(struct go_function *function, struct go_stack *stack, int64_t used,
			 uint64_t size)
{
	assert_true(go_stack_next(function, stack));
	assert_int_equal(stack->used, used);
	assert_int_equal(stack->size, size);
}

static void functions_and_their_stacks(void **state)
{
	(void)state;
	for (int new_form = 0; new_form < 2; new_form++) {
		struct bytes bytes = make_table(new_form);
		struct go_stack stack = {0};
		struct go_function function;
		struct go_table table;

		assert_true(go_table_open(bytes.data, bytes.size, &table));
		assert_int_equal(table.nr_functions, 3);
		assert_function(&table, 0, "first", 0);
		assert_function(&table, 1, "outermost", GO_OUTERMOST);
		assert_function(&table, 2, "last", GO_MOVES_STACK);
		assert_false(go_table_function(&table, 3, &function));
		assert_true(go_table_function(&table, 0, &function));
		assert_stack(&function, &stack, 0, 4);
		assert_stack(&function, &stack, 24, 10);
		assert_stack(&function, &stack, 0, 2);
		assert_false(go_stack_next(&function, &stack));
		assert_true(go_table_function(&table, 1, &function));
		stack = (struct go_stack){0};
		assert_false(go_stack_next(&function, &stack));
		bytes_fini(&bytes);
	}
}

static void table_among_other_data(void **state)
{
	struct bytes bytes = {0}, table_bytes = make_table(true);
	struct go_table table;

	(void)state;
	bytes_u32(&bytes, 0xfffffff1); /* no more than that of a table */
	pad(&bytes, 24);
	bytes_append(&bytes, table_bytes.data, table_bytes.size);
	assert_false(go_table_open(bytes.data, bytes.size, &table));
	assert_true(go_table_search(bytes.data, bytes.size, &table));
	assert_function(&table, 1, "outermost", GO_OUTERMOST);
	assert_false(go_table_search(bytes.data, 24, &table));
	bytes_fini(&bytes);
	bytes_fini(&table_bytes);
}

static void tables_of_other_versions(void **state)
{
	struct bytes bytes = make_table(true);
	struct go_table table;

	(void)state;
	bytes.data[0] = 0xfb; /* Go 1.2 */
	assert_false(go_table_open(bytes.data, bytes.size, &table));
	bytes.data[0] = 0xf1;
	bytes.data[7] = 4; /* addresses of 32 bits */
	assert_false(go_table_open(bytes.data, bytes.size, &table));
	bytes_fini(&bytes);
}

/* Goes through all that a table says. */
static void read_all(const uint8_t *data, size_t size)
{
	struct go_function function;
	struct go_table table;
	size_t sum = 0;

	if (!go_table_open(data, size, &table))
		return;
	for (uint32_t i = 0; i < table.nr_functions; i++) {
		struct go_stack stack = {0};

		if (!go_table_function(&table, i, &function))
			continue;
		sum += strlen(function.name);
		while (go_stack_next(&function, &stack))
			sum++;
	}
	assert_true(sum < 100 * size);
}

static void cut_and_damaged_tables(void **state)
{
	struct bytes whole = make_table(true);

	(void)state;
	for (size_t size = 0; size <= whole.size; size++) {
		scoped_free uint8_t *cut = xcalloc(size + 1, 1);

		memcpy(cut, whole.data, size);
		read_all(cut, size);
	}
	for (size_t at = 8; at < whole.size; at++) {
		uint8_t saved = whole.data[at];

		whole.data[at] = 0xff;
		read_all(whole.data, whole.size);
		whole.data[at] = saved;
	}
	bytes_fini(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_and_their_stacks),
		cmocka_unit_test(table_among_other_data),
		cmocka_unit_test(tables_of_other_versions),
		cmocka_unit_test(cut_and_damaged_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

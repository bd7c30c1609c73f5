// SPDX-License-Identifier: MIT
#include "base/go_table.h"

#include <string.h>

#define MAGIC_1_18 0xfffffff0
#define MAGIC_1_20 0xfffffff1

/* Of a hostile table, each function may ask for the same ones again. */
#define MAX_NAME_BYTES 4096

/* Two zeros, units of one byte, addresses of eight. */
#define FORM 0x08010000

/* Of a function: its beginning, name, size of arguments, deferred return, and table of the stack.
 */
#define FUNCTION_HEAD_BYTES 20
#define MIN_FUNCTION_BYTES  44 /* all of it, and its place */

static struct cursor cursor_at(const struct go_table *table, uint64_t offset)
{
	struct cursor c = cursor_over(table->data, table->size);

	cursor_take(&c, offset);
	return c;
}

static const char *name_at(const struct go_table *table, uint64_t offset)
{
	struct cursor c = cursor_at(table, table->names_at + offset);

	size_t size = cursor_left(&c);

	if (size > MAX_NAME_BYTES)
		size = MAX_NAME_BYTES;
	return memchr(c.at, '\0', size) ? (const char *)c.at : "";
}

bool go_table_open(const void *data, size_t size, struct go_table *out)
{
	struct cursor c = cursor_over(data, size);
	uint32_t magic = cursor_u32(&c);
	uint64_t nr_functions;

	*out = (struct go_table){.data = data, .size = size};
	if (magic != MAGIC_1_18 && magic != MAGIC_1_20)
		return false;
	out->flags_at = magic == MAGIC_1_18 ? 37 : 41;
	if (cursor_u32(&c) != FORM)
		return false;
	nr_functions = cursor_u64(&c);
	cursor_u64(&c); /* files */
	out->text_address = cursor_u64(&c);
	out->names_at = cursor_u64(&c);
	cursor_u64(&c); /* units of compilation */
	cursor_u64(&c); /* names of files */
	out->stacks_at = cursor_u64(&c);
	out->functions_at = cursor_u64(&c);
	out->nr_functions = (uint32_t)nr_functions;
	return !c.failed && out->text_address && nr_functions < size / 8 && out->names_at < size &&
	       out->stacks_at < size && out->functions_at < size;
}

bool go_table_search(const void *data, size_t size, struct go_table *out)
{
	for (size_t at = 0; at < size; at += 8)
		if (go_table_open((const uint8_t *)data + at, size - at, out))
			return true;
	return false;
}

bool go_table_function(const struct go_table *table, uint32_t index, struct go_function *out)
{
	struct cursor places = cursor_at(table, table->functions_at + 8 * (uint64_t)index), c;
	uint32_t start = cursor_u32(&places), at = cursor_u32(&places), end = cursor_u32(&places);
	uint32_t name, stack;

	c = cursor_at(table, table->functions_at + at);
	cursor_u32(&c); /* where it begins, again */
	name = cursor_u32(&c);
	cursor_u64(&c);
	stack = cursor_u32(&c);
	cursor_take(&c, table->flags_at - FUNCTION_HEAD_BYTES);
	*out = (struct go_function){.address = table->text_address + start,
				    .size = end - start,
				    .flags = cursor_u8(&c)};
	if (c.failed || places.failed || index >= table->nr_functions || start >= end)
		return false;
	out->name = name_at(table, name);
	out->stack = cursor_at(table, stack ? table->stacks_at + stack : table->size);
	return true;
}

bool go_stack_next(struct go_function *function, struct go_stack *stack)
{
	uint64_t change = cursor_varint(&function->stack);

	stack->size = cursor_varint(&function->stack);
	if (function->stack.failed || (!change && stack->begun))
		return false;
	stack->used += unzigzag(change) - !stack->begun; /* it starts at -1 */
	stack->begun = true;
	return true;
}

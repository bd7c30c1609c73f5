// SPDX-License-Identifier: MIT
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

/* Writes a code point in `size` bytes, however many it needs. */
static void encode(uint32_t c, size_t size, uint8_t *out)
{
	static const uint8_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = size - 1; i > 0; i--, c >>= 6)
		out[i] = 0x80 | (c & 0x3f);
	out[0] = (uint8_t)(marks[size] | c);
}

static size_t needed(uint32_t c)
{
	return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/* All that the bits of one to four bytes can say. The copy on the heap ends where the character
 * does, so that a sanitizer sees what is read beyond it. */
static void every_code_point(void **state)
{
	static const uint32_t ends[] = {0, 0x80, 0x800, 0x10000, 0x200000};

	(void)state;
	for (size_t size = 1; size <= 4; size++) {
		uint8_t *bytes = malloc(size);

		for (uint32_t c = 0; c < ends[size]; c++) {
			bool is_character =
				needed(c) == size && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);

			encode(c, size, bytes);
			assert_int_equal(utf8_size(bytes, size), is_character ? size : 0);
		}
		free(bytes);
	}
}

static void cut_characters(void **state)
{
	(void)state;
	assert_int_equal(utf8_size("", 0), 0);
	assert_int_equal(utf8_size("\xc3\xa9", 2), 2);
	assert_int_equal(utf8_size("\xc3\xa9", 1), 0);
	assert_int_equal(utf8_size("\xe2\x82\xac", 2), 0);
	assert_int_equal(utf8_size("\xf0\x9f\x98\x80", 3), 0);
	assert_int_equal(utf8_size("\xf0\x9f\x98\x80", 4), 4);
	assert_int_equal(utf8_size("\xf0\x9f\x98\x80 and more", 13), 4);
}

static void what_begins_no_character(void **state)
{
	(void)state;
	assert_int_equal(utf8_size("\x80\x80\x80\x80", 4), 0); /* goes on with one */
	assert_int_equal(utf8_size("\xbf\x80\x80\x80", 4), 0);
	assert_int_equal(utf8_size("\xf5\x80\x80\x80", 4), 0);
	assert_int_equal(utf8_size("\xff\x80\x80\x80", 4), 0);
	assert_int_equal(utf8_size("\xc3(", 2), 0); /* another one begins too early */
	assert_int_equal(utf8_size("\xe2\x82(", 3), 0);
	assert_int_equal(utf8_size("\xf0\x9f\x98(", 4), 0);
	assert_int_equal(utf8_size("\xf0\x9f\xc3\xa9", 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(cut_characters),
		cmocka_unit_test(what_begins_no_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

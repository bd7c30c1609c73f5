// SPDX-License-Identifier: MIT
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void integers_are_little_endian(void **state)
{
	struct bytes b = {0};

	(void)state;
	bytes_u8(&b, 0x01);
	bytes_u16(&b, 0x0302);
	bytes_u32(&b, 0x07060504);
	bytes_u64(&b, 0x0f0e0d0c0b0a0908);
	assert_int_equal(b.size, 15);
	for (uint8_t i = 0; i < 15; i++)
		assert_int_equal(b.data[i], i + 1);
	bytes_fini(&b);
	assert_null(b.data);
}

static void what_is_appended_is_read_back(void **state)
{
	static const uint64_t varints[] = {0, 1, 127, 128, 16383, 16384, 1ULL << 63, UINT64_MAX};
	struct bytes b = {0};
	struct cursor c;
	char *text;

	(void)state;
	bytes_u8(&b, 200);
	bytes_u16(&b, 60000);
	bytes_u32(&b, 4000000000);
	bytes_u64(&b, UINT64_MAX);
	for (size_t i = 0; i < sizeof varints / sizeof *varints; i++)
		bytes_varint(&b, varints[i]);
	bytes_string(&b, "fault", 5);
	c = cursor_over(b.data, b.size);
	assert_int_equal(cursor_u8(&c), 200);
	assert_int_equal(cursor_u16(&c), 60000);
	assert_int_equal(cursor_u32(&c), 4000000000);
	assert_true(cursor_u64(&c) == UINT64_MAX);
	for (size_t i = 0; i < sizeof varints / sizeof *varints; i++)
		assert_true(cursor_varint(&c) == varints[i]);
	assert_false(cursor_done(&c));
	text = cursor_string(&c);
	assert_string_equal(text, "fault");
	assert_true(cursor_done(&c));
	free(text);
	bytes_fini(&b);
}

static void varints_take_as_many_bytes_as_needed(void **state)
{
	static const struct {
		uint64_t value;
		size_t size;
	} cases[] = {{0, 1}, {127, 1}, {128, 2}, {16383, 2}, {16384, 3}, {UINT64_MAX, 10}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes b = {0};

		bytes_varint(&b, cases[i].value);
		assert_int_equal(b.size, cases[i].size);
		bytes_fini(&b);
	}
}

static void a_short_read_fails_the_cursor_for_good(void **state)
{
	const uint8_t data[] = {1, 2, 3};
	struct cursor c = cursor_over(data, sizeof data);
	char *text;

	(void)state;
	assert_int_equal(cursor_u32(&c), 0);
	assert_true(c.failed);
	assert_int_equal(cursor_left(&c), 0);
	assert_int_equal(cursor_u8(&c), 0);
	assert_null(cursor_take(&c, 0));
	text = cursor_string(&c);
	assert_string_equal(text, "");
	assert_false(cursor_done(&c));
	free(text);
}

static void sizes_beyond_the_end_take_nothing(void **state)
{
	struct bytes b = {0};
	struct cursor c;

	(void)state;
	bytes_varint(&b, UINT64_MAX);
	bytes_append(&b, "abc", 3);
	c = cursor_over(b.data, b.size);
	free(cursor_string(&c));
	assert_true(c.failed);
	bytes_fini(&b);
}

static void varints_of_too_many_bytes_fail(void **state)
{
	const uint8_t endless[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
				   0x80, 0x80, 0x80, 0x80, 0x01};
	const uint8_t cut[] = {0xff, 0xff};
	const uint8_t over_64_bits[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
	struct cursor c = cursor_over(endless, sizeof endless);

	(void)state;
	assert_true(cursor_varint(&c) == 0);
	assert_true(c.failed);
	c = cursor_over(cut, sizeof cut);
	assert_true(cursor_varint(&c) == 0);
	assert_true(c.failed);
	c = cursor_over(over_64_bits, sizeof over_64_bits);
	assert_true(cursor_varint(&c) == 0);
	assert_true(c.failed);
}

static void extending_keeps_what_is_there(void **state)
{
	struct bytes b = {0};

	(void)state;
	bytes_append(&b, "", 0);
	assert_int_equal(b.size, 0);
	for (uint32_t i = 0; i < 100000; i++)
		bytes_u32(&b, i);
	for (uint32_t i = 0; i < 100000; i++) {
		struct cursor c = cursor_over(b.data + 4 * (size_t)i, 4);

		assert_int_equal(cursor_u32(&c), i);
	}
	bytes_reset(&b);
	assert_int_equal(b.size, 0);
	assert_true(b.capacity >= 400000);
	bytes_fini(&b);
}

static void zigzag_makes_small_numbers_of_both_signs_small(void **state)
{
	static const int64_t values[] = {0, -1, 1, -2, 2};

	(void)state;
	for (uint64_t i = 0; i < 5; i++)
		assert_true(zigzag(values[i]) == i);
	assert_true(zigzag(INT64_MAX) == UINT64_MAX - 1);
	assert_true(zigzag(INT64_MIN) == UINT64_MAX);
	assert_true(unzigzag(UINT64_MAX) == INT64_MIN);
	assert_true(unzigzag(zigzag(-123456789)) == -123456789);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_little_endian),
		cmocka_unit_test(what_is_appended_is_read_back),
		cmocka_unit_test(varints_take_as_many_bytes_as_needed),
		cmocka_unit_test(a_short_read_fails_the_cursor_for_good),
		cmocka_unit_test(sizes_beyond_the_end_take_nothing),
		cmocka_unit_test(varints_of_too_many_bytes_fail),
		cmocka_unit_test(extending_keeps_what_is_there),
		cmocka_unit_test(zigzag_makes_small_numbers_of_both_signs_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

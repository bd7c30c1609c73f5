// SPDX-License-Identifier: MIT
/* Widths and cuts of names, in a UTF-8 locale and in none, with bytes that are no text at all. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/text.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

static int use_c(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C") ? 0 : -1;
}

static int use_utf8(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

static void check_cut(const char *text, unsigned int columns, const char *wanted)
{
	scoped_free char *cut = text_cut(text, columns);

	assert_string_equal(cut, wanted);
	assert_true(text_columns(cut) <= columns);
}

static void test_plain_locale(void **state)
{
	(void)state;
	assert_false(locale_is_utf8());
	assert_int_equal(text_columns(""), 0);
	assert_int_equal(text_columns("abc"), 3);
	assert_int_equal(text_columns("\xc3\xa9"), 2); /* bytes, for all we know */
	check_cut("abcdefghij", 10, "abcdefghij");
	check_cut("abcdefghij", 9, "abc...hij");
	check_cut("abcdefghij", 8, "ab...hij");
	check_cut("abcdefghij", 3, "abc");
	check_cut("abcdefghij", 0, "");
	check_cut("", 0, "");
}

static void test_utf8_locale(void **state)
{
	(void)state;
	assert_true(locale_is_utf8());
	assert_int_equal(text_columns("é"), 1);
	assert_int_equal(text_columns("日本"), 4);
	check_cut("abcdefghij", 9, "abcd…ghij");
	check_cut("abcdefghij", 1, "a");
	check_cut("äöüäöüäöü", 9, "äöüäöüäöü");
	check_cut("äöüäöüäöü", 6, "äö…äöü");
	check_cut("日本語日本語", 12, "日本語日本語");
	check_cut("日本語日本語", 8, "日…本語"); /* half a character does not fit */
}

static void test_bytes_that_are_no_text(void **state)
{
	(void)state;
	assert_int_equal(text_columns("a\xff\xfe"
				      "b"),
			 4);
	assert_int_equal(text_columns("\xe6\x97"), 2); /* cut off in a character */
	assert_int_equal(text_columns("\x01\x02"), 2);
	check_cut("\xff\xff\xff\xff\xff\xff", 3, "\xff…\xff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_plain_locale, use_c),
		cmocka_unit_test_setup(test_utf8_locale, use_utf8),
		cmocka_unit_test_setup(test_bytes_that_are_no_text, use_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

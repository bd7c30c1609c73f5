// SPDX-License-Identifier: MIT
/* Words that somebody mistyped. */
#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/kept_messages.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

static void the_nearest_word(void **state)
{
	static const char *const words[] = {"record", "report", "script", "info", "doctor", NULL};

	(void)state;
	assert_string_equal(nearest_word("recrod", words), "record"); /* swapped */
	assert_string_equal(nearest_word("reocrd", words), "record");
	assert_string_equal(nearest_word("ecord", words), "record");   /* missing */
	assert_string_equal(nearest_word("reportt", words), "report"); /* too many */
	assert_string_equal(nearest_word("scrapt", words), "script");  /* wrong */
	assert_string_equal(nearest_word("inf", words), "info");
	assert_string_equal(nearest_word("doctor", words), "doctor");
	assert_null(nearest_word("zzz", words));
	assert_null(nearest_word("ino4u", words));
	assert_null(nearest_word("", words));
	assert_null(nearest_word("record", (const char *const[]){NULL}));
	assert_null(nearest_word("abc", (const char *const[]){"x", NULL}));

	char endless[200];
	memset(endless, 'r', sizeof endless);
	endless[sizeof endless - 1] = '\0';
	assert_null(nearest_word(endless, words));
	assert_null(nearest_word("r", (const char *const[]){endless, NULL}));
}

static void hints_at_it_or_at_all(void **state)
{
	static const char *const words[] = {"time", "calls", NULL};

	(void)state;
	hint_nearest("tiem", words, "choose time or calls");
	assert_string_equal(messages, "hint: did you mean 'time'?\n");
	messages_forget();
	hint_nearest("%s", words, "choose time or calls, 100% yours");
	assert_string_equal(messages, "hint: choose time or calls, 100% yours\n");
	messages_forget();
	hint_nearest("xyzzy", words, NULL);
	assert_string_equal(messages, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_word),
		cmocka_unit_test_setup_teardown(hints_at_it_or_at_all, messages_setup,
						messages_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* Numbers as they are printed and read, at the edges where rounding or overflow would show. */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/number.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define check_text(call, wanted)                                                                   \
	do {                                                                                       \
		char buffer[NUMBER_SIZE];                                                          \
		assert_string_equal(call, wanted);                                                 \
	} while (0)

static void test_durations(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{0, "0 ns"},
		{1, "1 ns"},
		{812, "812 ns"},
		{999, "999 ns"},
		{1000, "1.00 us"},
		{1234, "1.23 us"},
		{9994, "9.99 us"},
		{9995, "10.0 us"},
		{99949, "99.9 us"},
		{99951, "100 us"},
		{999499, "999 us"},
		{999500, "1.00 ms"},
		{4560000, "4.56 ms"},
		{7890000000, "7.89 s"},
		{999600000, "1.00 s"},
		{3600000000000, "3600 s"},
		{UINT64_MAX, "18446744074 s"},
	};

	(void)state;
	setlocale(LC_CTYPE, "C");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_text(duration_format(cases[i].ns, buffer), cases[i].text);
	if (setlocale(LC_CTYPE, "C.UTF-8"))
		check_text(duration_format(1234, buffer), "1.23 µs");
	setlocale(LC_CTYPE, "C");
}

static void test_counts(void **state)
{
	(void)state;
	check_text(count_format(0, buffer), "0");
	check_text(count_format(999, buffer), "999");
	check_text(count_format(1000, buffer), "1,000");
	check_text(count_format(1032881, buffer), "1,032,881");
	check_text(count_format(UINT64_MAX, buffer), "18,446,744,073,709,551,615");
	check_text(change_format(0, buffer), "0");
	check_text(change_format(1032, buffer), "+1,032");
	check_text(change_format(-7, buffer), "-7");
	check_text(change_format(INT64_MIN, buffer), "-9,223,372,036,854,775,808");
}

static void test_sizes(void **state)
{
	(void)state;
	check_text(size_format(0, buffer), "0 B");
	check_text(size_format(1023, buffer), "1023 B");
	check_text(size_format(1024, buffer), "1.00 KiB");
	check_text(size_format(12897485, buffer), "12.3 MiB");
	check_text(size_format((1ULL << 20) - 1, buffer), "1.00 MiB");
	check_text(size_format(1ULL << 40, buffer), "1.00 TiB");
	check_text(size_format(UINT64_MAX, buffer), "16384 PiB");
}

static void test_percents(void **state)
{
	(void)state;
	check_text(percent_format(0, 0, buffer), "-");
	check_text(percent_format(0, 7, buffer), "0.0%");
	check_text(percent_format(1, 100000, buffer), "<0.1%");
	check_text(percent_format(1, 8, buffer), "12.5%");
	check_text(percent_format(7, 7, buffer), "100.0%");
}

static char last_message[256];

static void keep_first_message(const char *line)
{
	if (!*last_message)
		snprintf(last_message, sizeof last_message, "%s", line);
}

static int capture(void **state)
{
	(void)state;
	message_sink_set(keep_first_message);
	return 0;
}

static int release(void **state)
{
	(void)state;
	message_sink_set(NULL);
	return 0;
}

static void check_parsed(int (*parse)(const char *, uint64_t *), const char *text, uint64_t wanted)
{
	uint64_t value = 0;

	if (parse(text, &value))
		fail_msg("'%s' was refused", text);
	assert_int_equal(value, wanted);
}

static void check_refused(int (*parse)(const char *, uint64_t *), const char *text)
{
	uint64_t value = 42;

	last_message[0] = '\0';
	if (parse(text, &value) != -EINVAL)
		fail_msg("'%s' was taken for %lu", text, (unsigned long)value);
	assert_int_equal(value, 42);
	assert_non_null(strstr(last_message, text));
}

static void test_reading_durations(void **state)
{
	static const char *const wrong[] = {"",
					    "s",
					    "-1s",
					    "+1s",
					    " 1s",
					    "1 s",
					    "1e3",
					    "0x1s",
					    "1.s",
					    ".5s",
					    "1.5.2s",
					    "10x",
					    "inf",
					    "nan",
					    "1,5s",
					    "10S",
					    "99999999999999999999s",
					    "18446744074s"};

	(void)state;
	check_parsed(duration_parse, "10s", 10000000000);
	check_parsed(duration_parse, "10", 10000000000);
	check_parsed(duration_parse, "1.5m", 90000000000);
	check_parsed(duration_parse, "200ms", 200000000);
	check_parsed(duration_parse, "3us", 3000);
	check_parsed(duration_parse, "3µs", 3000);
	check_parsed(duration_parse, "7ns", 7);
	check_parsed(duration_parse, "2h", 7200000000000);
	check_parsed(duration_parse, "0.1s", 100000000); /* exactly, not by way of a double */
	check_parsed(duration_parse, "0.123456789999s", 123456789);
	check_parsed(duration_parse, "0s", 0);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		check_refused(duration_parse, wrong[i]);
}

static void test_reading_sizes_and_counts(void **state)
{
	(void)state;
	check_parsed(size_parse, "4096", 4096);
	check_parsed(size_parse, "64M", 64 << 20);
	check_parsed(size_parse, "64MiB", 64 << 20);
	check_parsed(size_parse, "1.5G", 3ULL << 29);
	check_parsed(size_parse, "1k", 1024);
	check_parsed(size_parse, "18446744073709551615", UINT64_MAX);
	check_refused(size_parse, "18446744073709551616");
	check_refused(size_parse, "16777216T");
	check_refused(size_parse, "64MM");
	check_refused(size_parse, "M");
	check_refused(size_parse, "-1");

	check_parsed(count_parse, "12000", 12000);
	check_parsed(count_parse, "12k", 12000);
	check_parsed(count_parse, "1.5M", 1500000);
	check_refused(count_parse, "12kk");
	check_refused(count_parse, "many");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_percents),
		cmocka_unit_test_setup_teardown(test_reading_durations, capture, release),
		cmocka_unit_test_setup_teardown(test_reading_sizes_and_counts, capture, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* The table of strace -c: its columns, their order, and what cannot be asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "trace/summary.h"
#include "tests/unit/kept_messages.h"

#include <cmocka.h>

static void add(struct summary *s, uint32_t nr, uint64_t calls, uint64_t errors, uint64_t total_us)
{
	summary_add(s, &(struct summary_row){.nr = nr,
					     .calls = calls,
					     .errors = errors,
					     .total_ns = total_us * 1000,
					     .least_ns = 1000,
					     .most_ns = total_us * 1000});
}

static struct summary three_calls(void)
{
	struct summary s = {0};

	add(&s, SYS_read, 4, 0, 1000);
	add(&s, SYS_close, 100, 1, 3000);
	add(&s, SYS_openat, 4, 4, 4000);
	return s;
}

static void assert_table(const struct summary_options *options, const char *wanted)
{
	struct summary s = three_calls();
	struct bytes out = {0};

	summary_write(&s, options, &out);
	bytes_u8(&out, 0);
	assert_string_equal((const char *)out.data, wanted);
	bytes_fini(&out);
	summary_fini(&s);
}

static void the_table_is_straces(void **state)
{
	(void)state;
	assert_table(&(struct summary_options){0},
		     "% time     seconds  usecs/call     calls    errors syscall\n"
		     "------ ----------- ----------- --------- --------- ----------------\n"
		     " 50.00    0.004000        1000         4         4 openat\n"
		     " 37.50    0.003000          30       100         1 close\n"
		     " 12.50    0.001000         250         4           read\n"
		     "------ ----------- ----------- --------- --------- ----------------\n"
		     "100.00    0.008000          74       108         5 total\n");
}

static void columns_are_chosen(void **state)
{
	struct summary_options options = {0};

	(void)state;
	assert_int_equal(summary_columns_parse("name,calls,min-time,longest", &options), 0);
	assert_int_equal(summary_sort_parse("name", &options), 0);
	assert_table(&options, "syscall              calls shortest  longest\n"
			       "---------------- --------- -------- --------\n"
			       "close                  100 0.000001 0.003000\n"
			       "openat                   4 0.000001 0.004000\n"
			       "read                     4 0.000001 0.001000\n"
			       "---------------- --------- -------- --------\n"
			       "total                  108 0.000001 0.004000\n");
}

static void assert_order(const char *sorted_by, const char *wanted)
{
	struct summary_options options = {.is_short = true};

	assert_int_equal(summary_sort_parse(sorted_by, &options), 0);
	assert_table(&options, wanted);
}

static void rows_are_sorted(void **state)
{
	(void)state;
	assert_order("calls", "close: 100 calls\nread: 4 calls\nopenat: 4 calls\n");
	assert_order("errors", "openat: 4 calls\nclose: 100 calls\nread: 4 calls\n");
	assert_order("avg-time", "openat: 4 calls\nread: 4 calls\nclose: 100 calls\n");
	assert_order("nothing", "read: 4 calls\nclose: 100 calls\nopenat: 4 calls\n");
}

static void overhead_is_taken_away(void **state)
{
	struct summary s = three_calls();
	struct bytes out = {0};

	(void)state;
	summary_write(&s, &(struct summary_options){.overhead_ns = 300000}, &out);
	assert_int_equal(s.rows.items[0].total_ns, 2800000);
	assert_int_equal(s.rows.items[1].total_ns, 0); /* not less than nothing */
	bytes_fini(&out);
	summary_fini(&s);
}

static void nothing_is_no_table(void **state)
{
	struct summary s = {0};
	struct bytes out = {0};

	(void)state;
	summary_write(&s, &(struct summary_options){0}, &out);
	assert_int_equal(out.size, 0);
	summary_fini(&s);
}

static void fail_with(struct summary *s, uint32_t nr, int64_t result, uint8_t flags)
{
	struct syscall_set set = {{1ULL << SYS_read | 1ULL << SYS_close}};
	struct syscall_event event = {.head.flags = flags, .nr = nr, .result = result};

	summary_take_error(s, &set, &event);
}

static void errors_are_counted_by_name(void **state)
{
	struct summary s = {0};
	struct bytes out = {0};

	(void)state;
	fail_with(&s, SYS_close, -EBADF, 0);
	fail_with(&s, SYS_read, -EINTR, 0);
	fail_with(&s, SYS_read, -EBADF, 0);
	fail_with(&s, SYS_read, -EBADF, 0);
	fail_with(&s, SYS_read, -4000, 0);
	fail_with(&s, SYS_read, 5, 0);
	fail_with(&s, SYS_read, -4096, 0);
	fail_with(&s, SYS_read, -EBADF, WIRE_UNFINISHED);
	fail_with(&s, SYS_write, -EBADF, 0); /* not chosen */
	summary_write_errors(&s, &out);
	bytes_u8(&out, 0);
	assert_string_equal((const char *)out.data,
			    "read: EBADF 2, EINTR 1, errno 4000 1\nclose: EBADF 1\n");
	bytes_fini(&out);
	summary_fini(&s);
}

static void wrong_columns_are_refused(void **state)
{
	struct summary_options options = {0};

	(void)state;
	messages_keep();
	assert_int_equal(summary_sort_parse("erors", &options), -EINVAL);
	assert_int_equal(summary_columns_parse("calls,xyzzy", &options), -EINVAL);
	assert_int_equal(summary_columns_parse("calls,count", &options), -EINVAL);
	assert_int_equal(summary_columns_parse("calls,", &options), -EINVAL);
	messages_release();
	assert_string_equal(messages,
			    "prof: the table has no column 'erors'\n"
			    "hint: did you mean 'errors'?\n"
			    "prof: the table has no column 'xyzzy'\n"
			    "hint: its columns are time-percent, total-time, min-time, max-time, "
			    "avg-time, calls, errors and name\n"
			    "prof: no column twice, and not 'count'\n"
			    "prof: the table has no column ''\n"
			    "hint: its columns are time-percent, total-time, min-time, max-time, "
			    "avg-time, calls, errors and name\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_straces),
		cmocka_unit_test(columns_are_chosen),
		cmocka_unit_test(rows_are_sorted),
		cmocka_unit_test(overhead_is_taken_away),
		cmocka_unit_test(nothing_is_no_table),
		cmocka_unit_test(errors_are_counted_by_name),
		cmocka_unit_test(wrong_columns_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/*
 * System calls as the kernel describes them: those of the running one must have the names and
 * numbers of arguments that the table has; those that this build does not know are printed by them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/call_format.h"
#include "made_call.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

static const char newer[] =
	"name: sys_enter_frobnicate\nID: 999\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\n"
	"\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;\n"
	"\tfield:const char * filename;\toffset:24;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned int flags;\toffset:32;\tsize:8;\tsigned:0;\n"
	"\tfield:struct thing * thing;\toffset:40;\tsize:8;\tsigned:0;\n"
	"\tfield:long count;\toffset:48;\tsize:8;\tsigned:0;\n"
	"\tfield:__data_loc char[] __filename_val;\toffset:56;\tsize:4;\tsigned:0;\n"
	"\n"
	"print fmt: \"dfd: 0x%08lx\", ((unsigned long)(REC->dfd))\n";

static const struct call_format *format_of(void *context, uint32_t nr)
{
	return nr == 500 ? context : NULL;
}

static void test_a_newer_call_is_printed(void **state)
{
	struct call_format format;
	struct made_call made = {
		.call.args = {(uint64_t)-100, 0x1000, 5, 0, (uint64_t)-3},
		.options = {.format_of = format_of, .context = &format},
	};

	(void)state;
	assert_true(call_format_parse(newer, sizeof newer - 1, &format));
	assert_int_equal(format.signature.nr_args, 5);
	made_call_named(&made, "read");
	made.call.nr = 500;
	made_call_string(&made, 0x1000, "/x");
	made_call_return(&made, 7);
	assert_line(&made, "frobnicate(AT_FDCWD, \"/x\", 0x5, NULL, -3) = 7");
	assert_json(&made, "{\"dfd\":\"AT_FDCWD\",\"filename\":\"/x\",\"flags\":5,\"thing\":null,"
			   "\"count\":-3} {\"value\":7}");
	made.call.nr = 501;
	made_call_return(&made, -ENOSYS);
	assert_line(&made, "syscall_0x1f5(0xffffffffffffff9c, 0x1000, 0x5, 0, 0xfffffffffffffffd, "
			   "0) = -1 ENOSYS (Function not implemented)");
}

/* Every beginning of it is read or refused, and none is read beyond its end. */
static void test_what_is_cut_is_no_harm(void **state)
{
	struct call_format format;
	size_t known = 0;

	(void)state;
	for (size_t size = 0; size < sizeof newer; size++) {
		char *cut = malloc(size + 1);

		memcpy(cut, newer, size);
		if (call_format_parse(cut, size, &format)) {
			assert_true(format.signature.nr_args >= known);
			known = format.signature.nr_args;
		}
		free(cut);
	}
	assert_int_equal(known, 5);
	assert_false(call_format_parse("name: sys_exit_read\n", 20, &format));
}

static size_t format_read(const char *name, char *out, size_t size)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "/sys/kernel/tracing/events/syscalls/sys_enter_%s/format",
		 name);
	file = fopen(path, "r");
	if (!file)
		return 0;
	size = fread(out, 1, size, file);
	fclose(file);
	return size;
}

static void test_the_running_kernel_agrees_on_arguments(void **state)
{
	static char text[16384];
	struct call_format format;
	unsigned int known = 0;

	(void)state;
	for (uint32_t nr = 0; nr < NR_SYSCALLS; nr++) {
		const char *name = syscall_name(nr);
		size_t size = name ? format_read(name, text, sizeof text) : 0;

		if (!size || !strcmp(name, "uretprobe") || !strcmp(name, "uprobe"))
			continue;
		assert_true(call_format_parse(text, size, &format));
		assert_string_equal(format.name, name);
		assert_int_equal(format.signature.nr_args, syscall_arity(nr));
		known++;
	}
	if (!known) {
		print_message("this kernel describes none of its system calls\n");
		skip();
	}
	assert_true(known > 250);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_newer_call_is_printed),
		cmocka_unit_test(test_what_is_cut_is_no_harm),
		cmocka_unit_test(test_the_running_kernel_agrees_on_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

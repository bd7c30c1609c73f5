// SPDX-License-Identifier: MIT
/*
 * The decoder's core: what is known of memory at which time, the two pieces of a line, text and
 * JSON, and that every system call has its signature and its plan.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "decode/plan.h"
#include "decode/types.h"
#include "made_call.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

/* ---- Signatures and plans ---- */

static void test_every_call_has_a_signature(void **state)
{
	(void)state;
	for (uint32_t nr = 0; nr < NR_SYSCALLS; nr++) {
		const struct signature *signature = signature_of(nr);

		if (!syscall_name(nr)) {
			assert_null(signature);
			continue;
		}
		assert_non_null(signature);
		assert_int_equal(signature->nr_args,
				 syscall_arity(nr) + (nr == SYS_rt_sigreturn)); /* its frame */
		for (unsigned int i = 0; i < signature->nr_args; i++) {
			assert_non_null(signature->args[i].name);
			assert_non_null(signature->args[i].type->print);
			assert_true(signature->args[i].of < signature->nr_args);
		}
	}
}

static void test_a_plan_comes_from_types(void **state)
{
	struct capture_plan plan;

	(void)state;
	capture_plan_of((uint32_t)syscall_number("read"), 32, &plan);
	assert_int_equal(plan.nr_ops, 1);
	assert_int_equal(plan.ops[0].arg, 1);
	assert_int_equal(plan.ops[0].kind, CAPTURE_BYTES);
	assert_int_equal(plan.ops[0].when, CAPTURE_EXIT);
	assert_int_equal(plan.ops[0].length, LENGTH_RESULT);
	assert_int_equal(plan.ops[0].cap_bytes, 33);
	assert_int_equal(plan.flags, 0);

	capture_plan_of((uint32_t)syscall_number("write"), 32, &plan);
	assert_int_equal(plan.ops[0].when, CAPTURE_ENTER);
	assert_int_equal(plan.ops[0].length, LENGTH_ARG);
	assert_int_equal(plan.ops[0].length_arg, 2);

	capture_plan_of((uint32_t)syscall_number("openat"), 32, &plan);
	assert_int_equal(plan.nr_ops, 1);
	assert_int_equal(plan.ops[0].kind, CAPTURE_STRING);
	assert_int_equal(plan.ops[0].arg, 1);
	assert_int_equal(plan.flags, PLAN_MAKES_FD);

	/* Others wait until somebody writes to a FIFO. */
	capture_plan_of((uint32_t)syscall_number("newfstatat"), 32, &plan);
	assert_int_equal(plan.flags, PLAN_AT_ONCE);

	capture_plan_of((uint32_t)syscall_number("socketpair"), 32, &plan);
	assert_int_equal(plan.flags, PLAN_MAKES_FDS | 3 << 8);

	capture_plan_of(NR_SYSCALLS - 1, 32, &plan);
	assert_int_equal(plan.nr_ops, 0);
}

/* The number that a descriptor gets at least, or a register that nobody has set, is no address. */
static void test_a_plan_knows_commands_without_memory(void **state)
{
	struct capture_plan plan;
	uint64_t commands;

	(void)state;
	capture_plan_of((uint32_t)syscall_number("fcntl"), 32, &plan);
	commands = plan.ops[0].commands;
	assert_true(command_is_in(commands, F_SETLKW));
	assert_true(command_is_in(commands, F_OFD_GETLK));
	assert_true(command_is_in(commands, F_GETOWN_EX));
	assert_false(command_is_in(commands, F_SETFD));
	assert_false(command_is_in(commands, F_DUPFD));
	assert_false(command_is_in(commands, F_DUPFD_CLOEXEC)); /* 1024 + F_SETLK */

	capture_plan_of((uint32_t)syscall_number("futex"), 32, &plan);
	commands = plan.ops[0].commands;
	assert_true(command_is_in(commands, FUTEX_WAIT_PRIVATE));
	assert_true(command_is_in(commands, FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME));
	assert_false(command_is_in(commands, FUTEX_WAKE_PRIVATE));
	assert_false(command_is_in(commands, FUTEX_CMP_REQUEUE));
}

/* ---- Memory ---- */

static void test_memory_has_its_time(void **state)
{
	struct made_call made = {0};
	char read[5] = "";

	(void)state;
	made_call_named(&made, "read");
	made_call_snippet(&made, 0x1000, "old", 3, 0);
	made_call_snippet(&made, 0x1000, "new!", 4, SNIPPET_EXIT);
	assert_int_equal(call_read(&made.call, 0x1000, read, 4, CAPTURE_ENTER), 3);
	assert_memory_equal(read, "old", 3);
	assert_int_equal(call_read(&made.call, 0x1001, read, 4, CAPTURE_EXIT), 3);
	assert_memory_equal(read, "ew!", 3);
	assert_int_equal(call_read(&made.call, 0x1004, read, 1, CAPTURE_EXIT), 0);
	assert_int_equal(call_read(&made.call, 0xfff, read, 1, CAPTURE_EXIT), 0);

	made_call_snippet(&made, 0x1003, "er", 2, SNIPPET_EXIT | SNIPPET_RETRIED);
	assert_int_equal(call_read(&made.call, 0x1000, read, 5, CAPTURE_ENTER), 5);
	assert_memory_equal(read, "older", 5);
}

static void test_strings_end_where_they_are_known_to(void **state)
{
	struct made_call made = {0};
	struct bytes text = {0};

	(void)state;
	made_call_named(&made, "open");
	made_call_string(&made, 0x1000, "whole");
	made_call_snippet(&made, 0x2000, "cut", 3, SNIPPET_STRING | SNIPPET_CUT);
	made_call_snippet(&made, 0x3000, "gone", 4, SNIPPET_STRING | SNIPPET_UNREADABLE);
	assert_int_equal(call_read_string(&made.call, 0x1000, 64, CAPTURE_ENTER, &text),
			 STRING_WHOLE);
	assert_int_equal(text.size, 5);
	assert_int_equal(call_read_string(&made.call, 0x1000, 3, CAPTURE_ENTER, &text), STRING_CUT);
	assert_int_equal(text.size, 8);
	assert_int_equal(call_read_string(&made.call, 0x2000, 64, CAPTURE_ENTER, &text),
			 STRING_CUT);
	assert_int_equal(call_read_string(&made.call, 0x3000, 64, CAPTURE_ENTER, &text),
			 STRING_UNREADABLE);
	assert_int_equal(call_read_string(&made.call, 0x4000, 64, CAPTURE_ENTER, &text),
			 STRING_UNREADABLE);
	bytes_fini(&text);
}

/* ---- Lines ---- */

static void test_open(void **state)
{
	struct made_call made = {.call.args = {(uint64_t)AT_FDCWD, 0x1000, O_CLOEXEC, 0755}};

	(void)state;
	made_call_named(&made, "openat");
	made_call_string(&made, 0x1000, "/etc/pass\"wd\n");
	made_call_return(&made, 3);
	assert_line(&made, "openat(AT_FDCWD, \"/etc/pass\\\"wd\\n\", O_RDONLY|O_CLOEXEC) = 3");
	assert_json(&made, "{\"dirfd\":\"AT_FDCWD\",\"pathname\":\"/etc/pass\\\"wd\\u000a\","
			   "\"flags\":[\"O_RDONLY\",\"O_CLOEXEC\"]} {\"value\":3}");
	made.call.args[2] = O_WRONLY | O_CREAT | 0x40000000;
	made_call_return(&made, -ENOENT);
	assert_line(&made, "openat(AT_FDCWD, \"/etc/pass\\\"wd\\n\", "
			   "O_WRONLY|O_CREAT|0x40000000, 0755) = "
			   "-1 ENOENT (No such file or directory)");
	made.call.args[1] = 0x2000;
	assert_json(&made, "{\"dirfd\":\"AT_FDCWD\",\"pathname\":\"0x2000\","
			   "\"flags\":[\"O_WRONLY\",\"O_CREAT\",\"0x40000000\"],\"mode\":\"0755\"} "
			   "{\"value\":-1,\"errno\":\"ENOENT\"}");
}

static void test_a_buffer_holds_what_was_returned(void **state)
{
	struct made_call made = {.call.args = {3, 0x1000, 100}};

	(void)state;
	made_call_named(&made, "read");
	made_call_snippet(&made, 0x1000, "\1\0002\xff and so on and so on and so on", 40,
			  SNIPPET_EXIT);
	made_call_return(&made, 4);
	assert_line(&made, "read(3, \"\\1\\0002\\377\", 100) = 4");
	assert_json(&made, "{\"fd\":3,\"buf\":\"\\u0001\\u00002\\u00ff\",\"count\":100} "
			   "{\"value\":4}");
	made.options.hex_strings = HEX_UNPRINTABLE;
	assert_line(&made, "read(3, \"\\x01\\x00\\x32\\xff\", 100) = 4");
	made.options.hex_strings = HEX_NEVER;
	made.options.max_string_bytes = 5;
	made_call_return(&made, 40);
	assert_line(&made, "read(3, \"\\1\\0002\\377 \"..., 100) = 40");
	made_call_return(&made, -EBADF);
	assert_line(&made, "read(3, 0x1000, 100) = -1 EBADF (Bad file descriptor)");
	made_call_return(&made, -512);
	assert_line(&made, "read(3, 0x1000, 100) = "
			   "? ERESTARTSYS (To be restarted if SA_RESTART is set)");
}

/* What was captured with a smaller -s than is asked for now. */
static void test_what_was_not_captured_is_dots(void **state)
{
	struct made_call made = {.call.args = {3, 0x1000, 20}};

	(void)state;
	made_call_named(&made, "write");
	made_call_snippet(&made, 0x1000, "abc", 3, SNIPPET_CUT);
	made_call_return(&made, 20);
	assert_line(&made, "write(3, \"abc\"..., 20) = 20");
	made.snippets[0].flags = SNIPPET_UNREADABLE;
	assert_line(&made, "write(3, 0x1000, 20) = 20");
}

static void test_a_line_in_two_pieces(void **state)
{
	struct made_call made = {.call.args = {3, 0x1000, 100}};
	struct bytes entered = {0}, whole = {0};
	size_t size;

	(void)state;
	made_call_named(&made, "read");
	decode_call(&made.call, &made.options, &entered, &size);
	assert_int_equal(size, entered.size);
	bytes_u8(&entered, 0);
	assert_string_equal((char *)entered.data, "read(3, ");
	made_call_snippet(&made, 0x1000, "x", 1, SNIPPET_EXIT);
	made_call_return(&made, 1);
	decode_call(&made.call, &made.options, &whole, &size);
	bytes_u8(&whole, 0);
	assert_int_equal(size, strlen("read(3, "));
	assert_string_equal((char *)whole.data + size, "\"x\", 100");
	bytes_fini(&entered);
	bytes_fini(&whole);
}

static void test_a_call_that_is_known_at_enter(void **state)
{
	struct made_call made = {.call.args = {7}};

	(void)state;
	made_call_named(&made, "exit_group");
	assert_line(&made, "exit_group(7) = ?");
	assert_json(&made, "{\"status\":7} null");
}

static void test_stat(void **state)
{
	struct stat st = {.st_mode = S_IFREG | 0644, .st_size = 12, .st_dev = 0x803, .st_ino = 5};
	struct made_call made = {.call.args = {3, 0x1000}};

	(void)state;
	made_call_named(&made, "fstat");
	made_call_snippet(&made, 0x1000, &st, sizeof st, SNIPPET_EXIT);
	made_call_return(&made, 0);
	assert_line(&made, "fstat(3, {st_mode=S_IFREG|0644, st_size=12, ...}) = 0");
	assert_json(&made, "{\"fd\":3,\"statbuf\":{\"st_mode\":[\"S_IFREG\",\"0644\"],"
			   "\"st_size\":12}} {\"value\":0}");
	made.options.verbose = true;
	assert_line(&made, "fstat(3, {st_dev=makedev(0x8, 0x3), st_ino=5, st_mode=S_IFREG|0644, "
			   "st_nlink=0, st_uid=0, st_gid=0, st_blksize=0, st_blocks=0, st_size=12, "
			   "st_atime=0, st_atime_nsec=0, st_mtime=0, st_mtime_nsec=0, "
			   "st_ctime=0, st_ctime_nsec=0}) = 0");
}

static bool fd_text(void *context, uint32_t pid, int fd, bool returned, struct bytes *out)
{
	(void)context;
	(void)pid;
	(void)returned;
	if (fd == 3)
		bytes_append(out, "</tmp/x>", 8);
	return fd == 3;
}

static void test_mmap(void **state)
{
	struct made_call made = {.call.args = {0, 4096, 3, 0x22, UINT64_MAX, 0}};

	(void)state;
	made_call_named(&made, "mmap");
	made_call_return(&made, 0x7f0000001000);
	assert_line(&made, "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, "
			   "0) = 0x7f0000001000");
	made.options.fd_text = fd_text;
	made.call.args[3] = 0x2 | 0x200;
	made.call.args[4] = 3;
	made.call.args[5] = 0x1000;
	assert_line(&made, "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|0x200, 3</tmp/x>, "
			   "0x1000) = 0x7f0000001000");
	assert_json(&made, "{\"addr\":null,\"length\":4096,\"prot\":[\"PROT_READ\",\"PROT_WRITE\"],"
			   "\"flags\":[\"MAP_PRIVATE\",\"0x200\"],\"fd\":{\"fd\":3,"
			   "\"path\":\"/tmp/x\"},\"offset\":4096} {\"value\":\"0x7f0000001000\"}");
}

static void test_execve(void **state)
{
	static const uint64_t argv[] = {0x2000, 0x2010, 0}, envp[] = {0x3000, 0};
	struct made_call made = {.call.args = {0x1000, 0x1100, 0x1200}};

	(void)state;
	made_call_named(&made, "execve");
	made_call_string(&made, 0x1000, "/bin/ls");
	made_call_string(&made, 0x2000, "ls");
	made_call_string(&made, 0x2010, "-l");
	made_call_string(&made, 0x3000, "A=B");
	made_call_snippet(&made, 0x1100, argv, sizeof argv, 0);
	made_call_snippet(&made, 0x1200, envp, sizeof envp, 0);
	made_call_return(&made, 0);
	assert_line(&made, "execve(\"/bin/ls\", [\"ls\", \"-l\"], 0x1200 /* 1 var */) = 0");
	made.options.verbose = true;
	assert_line(&made, "execve(\"/bin/ls\", [\"ls\", \"-l\"], [\"A=B\"]) = 0");
}

static void test_an_unknown_call_shows_its_registers(void **state)
{
	struct made_call made = {.call = {.nr = 511, .args = {1, 0, 3, 4, 5, 6}}};

	(void)state;
	made_call_return(&made, -ENOSYS);
	assert_line(&made, "syscall_0x1ff(0x1, 0, 0x3, 0x4, 0x5, 0x6) = "
			   "-1 ENOSYS (Function not implemented)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call_has_a_signature),
		cmocka_unit_test(test_a_plan_comes_from_types),
		cmocka_unit_test(test_a_plan_knows_commands_without_memory),
		cmocka_unit_test(test_memory_has_its_time),
		cmocka_unit_test(test_strings_end_where_they_are_known_to),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_a_buffer_holds_what_was_returned),
		cmocka_unit_test(test_what_was_not_captured_is_dots),
		cmocka_unit_test(test_a_line_in_two_pieces),
		cmocka_unit_test(test_a_call_that_is_known_at_enter),
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_mmap),
		cmocka_unit_test(test_execve),
		cmocka_unit_test(test_an_unknown_call_shows_its_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

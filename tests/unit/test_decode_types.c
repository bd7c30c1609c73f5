// SPDX-License-Identifier: MIT
/*
 * Types of arguments by the lines of calls that have them: what depends on a command, on the
 * result, on the time; what is in, out and both; what fails. The lines are those of strace 6.1.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <time.h>

#include "made_call.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

/* ---- Files ---- */

static void test_fcntl_follows_its_command(void **state)
{
	struct flock lock = {F_RDLCK, SEEK_SET, 5, -1, 42};
	struct made_call made = {.call.args = {3, F_GETFD, 0x1000}};

	(void)state;
	made_call_named(&made, "fcntl");
	made_call_return(&made, 1);
	assert_line(&made, "fcntl(3, F_GETFD) = 0x1 (flags FD_CLOEXEC)");
	made_call_return(&made, 0);
	assert_line(&made, "fcntl(3, F_GETFD) = 0");
	made.call.args[1] = F_GETFL;
	made_call_return(&made, O_RDWR | O_APPEND);
	assert_line(&made, "fcntl(3, F_GETFL) = 0x402 (flags O_RDWR|O_APPEND)");
	assert_json(&made, "{\"fd\":3,\"cmd\":\"F_GETFL\"} "
			   "{\"value\":1026,\"flags\":[\"O_RDWR\",\"O_APPEND\"]}");
	made.call.args[1] = F_GETLK;
	made_call_snippet(&made, 0x1000, &lock, sizeof lock, SNIPPET_EXIT);
	made_call_return(&made, 0);
	assert_line(&made, "fcntl(3, F_GETLK, {l_type=F_RDLCK, l_whence=SEEK_SET, l_start=5, "
			   "l_len=-1, l_pid=42}) = 0");
	made_call_return(&made, -EBADF);
	assert_line(&made, "fcntl(3, F_GETLK, 0x1000) = -1 EBADF (Bad file descriptor)");
	made.call.args[1] = 77;
	assert_line(&made, "fcntl(3, 0x4d /* F_??? */, 0x1000) = -1 EBADF (Bad file descriptor)");
}

static void test_modes_and_devices(void **state)
{
	struct made_call made = {.call.args = {0x1000, 020644, 0x103}};

	(void)state;
	made_call_named(&made, "mknod");
	made_call_string(&made, 0x1000, "n");
	made_call_return(&made, 0);
	assert_line(&made, "mknod(\"n\", S_IFCHR|0644, makedev(0x1, 0x3)) = 0");
	made.call.args[1] = 014755;
	assert_line(&made, "mknod(\"n\", S_IFIFO|S_ISUID|0755) = 0");
	made.call.args[1] = 0174000;
	assert_line(&made, "mknod(\"n\", 0174000) = 0");
}

static void test_a_struct_that_grew(void **state)
{
	uint64_t how[5] = {O_RDONLY, 0, 4, 0, 7};
	struct made_call made = {.call.args = {(uint64_t)AT_FDCWD, 0x1000, 0x2000, 40}};

	(void)state;
	made_call_named(&made, "openat2");
	made_call_string(&made, 0x1000, "f");
	made_call_snippet(&made, 0x2000, how, sizeof how, 0);
	made_call_return(&made, -E2BIG);
	assert_line(&made, "openat2(AT_FDCWD, \"f\", {flags=O_RDONLY, resolve=RESOLVE_NO_SYMLINKS, "
			   "/* bytes 24..39 */ \"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x07\\x00"
			   "\\x00\\x00\\x00\\x00\\x00\\x00\"}, 40) = "
			   "-1 E2BIG (Argument list too long)");
	made.snippets[1].size_bytes = 24;
	assert_line(&made, "openat2(AT_FDCWD, \"f\", {flags=O_RDONLY, resolve=RESOLVE_NO_SYMLINKS, "
			   "???}, 40) = -1 E2BIG (Argument list too long)");
	made.call.args[3] = 23;
	assert_line(&made, "openat2(AT_FDCWD, \"f\", 0x2000, 23) = "
			   "-1 E2BIG (Argument list too long)");
}

/* One buffer after the other is filled, with as much as the call returned. */
static void test_vectors(void **state)
{
	struct iovec iov[] = {{(void *)0x2000, 3}, {(void *)0x3000, 3}};
	struct made_call made = {.call.args = {3, 0x1000, 2}};

	(void)state;
	made_call_named(&made, "readv");
	made_call_snippet(&made, 0x1000, iov, sizeof iov, 0);
	made_call_snippet(&made, 0x2000, "abc", 3, SNIPPET_EXIT);
	made_call_snippet(&made, 0x3000, "def", 3, SNIPPET_EXIT);
	made_call_return(&made, 4);
	assert_line(&made, "readv(3, [{iov_base=\"abc\", iov_len=3}, {iov_base=\"d\", iov_len=3}], "
			   "2) = 4");
	made_call_return(&made, -EIO);
	assert_line(&made, "readv(3, [{iov_base=0x2000, iov_len=3}, {iov_base=0x3000, iov_len=3}], "
			   "2) = -1 EIO (Input/output error)");
	made.snippets[0].size_bytes = 16;
	assert_line(&made, "readv(3, [{iov_base=0x2000, iov_len=3}, ...], 2) = "
			   "-1 EIO (Input/output error)");
	made.snippets[0].flags = SNIPPET_UNREADABLE;
	assert_line(&made, "readv(3, [{iov_base=0x2000, iov_len=3}, ... /* 0x1010 */], 2) = "
			   "-1 EIO (Input/output error)");
}

static void test_an_offset_that_moved(void **state)
{
	int64_t before = 5, after = 15;
	struct made_call made = {.call.args = {4, 3, 0x1000, 10}};
	struct bytes line = {0};
	size_t entered;

	(void)state;
	made_call_named(&made, "sendfile");
	made_call_snippet(&made, 0x1000, &before, 8, 0);
	decode_call(&made.call, &made.options, &line, &entered);
	bytes_u8(&line, 0);
	assert_string_equal((char *)line.data, "sendfile(4, 3, [5]");
	assert_int_equal(entered, line.size - 1);
	bytes_fini(&line);
	made_call_snippet(&made, 0x1000, &after, 8, SNIPPET_EXIT);
	made_call_return(&made, 10);
	assert_line(&made, "sendfile(4, 3, [5] => [15], 10) = 10");
	decode_call(&made.call, &made.options, &line, &entered);
	assert_int_equal(entered, strlen("sendfile(4, 3, [5]"));
	bytes_fini(&line);
}

/* ---- Time and waiting ---- */

static void test_what_is_left_of_a_sleep(void **state)
{
	struct timespec asked = {3, 0}, left = {2, 5};
	struct made_call made = {.call.args = {0x1000, 0x2000}};

	(void)state;
	made_call_named(&made, "nanosleep");
	made_call_snippet(&made, 0x1000, &asked, sizeof asked, 0);
	made_call_snippet(&made, 0x2000, &left, sizeof left, SNIPPET_EXIT);
	made_call_return(&made, 0);
	assert_line(&made, "nanosleep({tv_sec=3, tv_nsec=0}, 0x2000) = 0");
	made_call_return(&made, -516);
	assert_line(&made, "nanosleep({tv_sec=3, tv_nsec=0}, {tv_sec=2, tv_nsec=5}) = "
			   "? ERESTART_RESTARTBLOCK (Interrupted by signal)");
}

static void test_poll_says_what_it_found(void **state)
{
	struct pollfd asked[] = {{3, POLLIN, 0}, {-1, POLLOUT, 0}};
	struct pollfd found[] = {{3, POLLIN, POLLIN | POLLHUP}, {-1, POLLOUT, 0}};
	struct made_call made = {.call.args = {0x1000, 2, 100}};

	(void)state;
	made_call_named(&made, "poll");
	made_call_snippet(&made, 0x1000, asked, sizeof asked, 0);
	made_call_snippet(&made, 0x1000, found, sizeof found, SNIPPET_EXIT);
	made_call_return(&made, 1);
	assert_line(&made, "poll([{fd=3, events=POLLIN}, {fd=-1}], 2, 100) = "
			   "1 ([{fd=3, revents=POLLIN|POLLHUP}])");
	assert_json(&made, "{\"fds\":[{\"fd\":3,\"events\":[\"POLLIN\"]},{\"fd\":-1}],\"nfds\":2,"
			   "\"timeout\":100} {\"value\":1,\"ready\":[{\"fd\":3,"
			   "\"revents\":[\"POLLIN\",\"POLLHUP\"]}]}");
	made_call_return(&made, 0);
	assert_line(&made, "poll([{fd=3, events=POLLIN}, {fd=-1}], 2, 100) = 0 (Timeout)");
}

static void test_select_says_what_it_found(void **state)
{
	uint64_t asked = 1 << 3 | 1 << 5, found = 1 << 5, time[2] = {2, 0}, left[2] = {1, 7};
	struct made_call made = {.call.args = {6, 0x1000, 0, 0, 0x2000}};

	(void)state;
	made_call_named(&made, "select");
	made_call_snippet(&made, 0x1000, &asked, 8, 0);
	made_call_snippet(&made, 0x1000, &found, 8, SNIPPET_EXIT);
	made_call_snippet(&made, 0x2000, time, 16, 0);
	made_call_snippet(&made, 0x2000, left, 16, SNIPPET_EXIT);
	made_call_return(&made, 1);
	assert_line(&made, "select(6, [3 5], NULL, NULL, {tv_sec=2, tv_usec=0}) = "
			   "1 (in [5], left {tv_sec=1, tv_usec=7})");
}

/* What strace reads only when the call is over, it does not read of one that failed. */
static void test_what_stands_behind_a_result(void **state)
{
	uint64_t mask = 1;
	struct epoll_event event = {EPOLLIN, {.u64 = 7}};
	struct made_call made = {.call.args = {4, 0x1000, 9, 0, 0x2000, 8}};

	(void)state;
	made_call_named(&made, "epoll_pwait");
	made_call_snippet(&made, 0x1000, &event, sizeof event, SNIPPET_EXIT);
	made_call_snippet(&made, 0x2000, &mask, 8, 0);
	made_call_return(&made, 1);
	assert_line(&made, "epoll_pwait(4, [{events=EPOLLIN, data={u32=7, u64=7}}], 9, 0, [HUP], 8)"
			   " = 1");
	made_call_return(&made, -EBADF);
	assert_line(&made, "epoll_pwait(4, 0x1000, 9, 0, 0x2000, 8) = "
			   "-1 EBADF (Bad file descriptor)");
}

/* ---- Tasks and memory ---- */

static void test_limits_and_capabilities(void **state)
{
	uint64_t limit[2] = {8192 * 1024, UINT64_MAX};
	uint32_t header[2] = {0x20080522, 0}, data[6] = {1, 0, 2, 0x80, 0, 0};
	struct made_call made = {.call.args = {3, 0x1000}},
			 capset = {.call.args = {0x1000, 0x2000}};

	(void)state;
	made_call_named(&made, "getrlimit");
	made_call_snippet(&made, 0x1000, limit, sizeof limit, SNIPPET_EXIT);
	made_call_return(&made, 0);
	assert_line(&made, "getrlimit(RLIMIT_STACK, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY})"
			   " = 0");
	made_call_named(&capset, "capset");
	made_call_snippet(&capset, 0x1000, header, sizeof header, 0);
	made_call_snippet(&capset, 0x2000, data, sizeof data, 0);
	made_call_return(&capset, 0);
	assert_line(&capset, "capset({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, "
			     "{effective=1<<CAP_CHOWN|1<<CAP_BPF, permitted=0, "
			     "inheritable=1<<CAP_DAC_OVERRIDE}) = 0");
}

static void test_scheduling(void **state)
{
	uint64_t processors = 0x8000000000000005;
	struct made_call made = {.call.args = {0, 8, 0x1000}}, ioprio = {.call.args = {1, 0}};

	(void)state;
	made_call_named(&made, "sched_getaffinity");
	made_call_snippet(&made, 0x1000, &processors, 8, SNIPPET_EXIT);
	made_call_return(&made, 8);
	assert_line(&made, "sched_getaffinity(0, 8, [0 2 63]) = 8");
	made_call_named(&ioprio, "ioprio_get");
	made_call_return(&ioprio, 2 << 13 | 4);
	assert_line(&ioprio, "ioprio_get(IOPRIO_WHO_PROCESS, 0) = "
			     "16388 (IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4))");
}

static void test_where_pages_are(void **state)
{
	int32_t status[] = {0, -EFAULT};
	uint64_t pages[] = {0x5000, 0};
	struct made_call made = {.call.args = {0, 2, 0x1000, 0, 0x2000, 2}};

	(void)state;
	made_call_named(&made, "move_pages");
	made_call_snippet(&made, 0x1000, pages, sizeof pages, 0);
	made_call_snippet(&made, 0x2000, status, sizeof status, SNIPPET_EXIT);
	made_call_return(&made, 0);
	assert_line(&made,
		    "move_pages(0, 2, [0x5000, NULL], NULL, [0, -EFAULT], MPOL_MF_MOVE) = 0");
}

static void test_mount_ignores_what_its_flags_say(void **state)
{
	struct made_call made = {.call.args = {0x1000, 0x1000, 0x1000, 32, 0x1000}};

	(void)state;
	made_call_named(&made, "mount");
	made_call_string(&made, 0x1000, "x");
	made_call_return(&made, 0);
	assert_line(&made, "mount(\"x\", \"x\", 0x1000, MS_REMOUNT, \"x\") = 0");
	made.call.args[3] = 4096;
	assert_line(&made, "mount(\"x\", \"x\", 0x1000, MS_BIND, 0x1000) = 0");
	made.call.args[3] = 0xc0ed0001;
	assert_line(&made, "mount(\"x\", \"x\", \"x\", MS_MGC_VAL|MS_RDONLY, \"x\") = 0");
}

static void test_requests_that_begin_with_their_size(void **state)
{
	uint64_t request[5] = {40, UINT64_MAX, 7, 0, 9}, ids[] = {0x10, 0x20};
	struct made_call made = {.call.args = {0x1000, 0x2000, 2, 0}};

	(void)state;
	made_call_named(&made, "listmount");
	made_call_snippet(&made, 0x1000, request, sizeof request, 0);
	made_call_snippet(&made, 0x2000, ids, sizeof ids, SNIPPET_EXIT);
	made_call_return(&made, 2);
	assert_line(&made, "listmount({size=40, mnt_id=LSMT_ROOT, param=0x7, mnt_ns_id=0, "
			   "/* bytes 32..39 */ \"\\x09\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"}, "
			   "[0x10, 0x20], 2, 0) = 2");
	request[0] = 24;
	assert_line(&made,
		    "listmount({size=24, mnt_id=LSMT_ROOT, param=0x7}, [0x10, 0x20], 2, 0) = 2");
	request[0] = 23;
	assert_line(&made, "listmount({size=23}, [0x10, 0x20], 2, 0) = 2");
	made.snippets[0].size_bytes = 4;
	request[0] = 24;
	assert_line(&made, "listmount({size=24, ???}, [0x10, 0x20], 2, 0) = 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fcntl_follows_its_command),
		cmocka_unit_test(test_modes_and_devices),
		cmocka_unit_test(test_a_struct_that_grew),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_an_offset_that_moved),
		cmocka_unit_test(test_what_is_left_of_a_sleep),
		cmocka_unit_test(test_poll_says_what_it_found),
		cmocka_unit_test(test_select_says_what_it_found),
		cmocka_unit_test(test_what_stands_behind_a_result),
		cmocka_unit_test(test_limits_and_capabilities),
		cmocka_unit_test(test_scheduling),
		cmocka_unit_test(test_where_pages_are),
		cmocka_unit_test(test_requests_that_begin_with_their_size),
		cmocka_unit_test(test_mount_ignores_what_its_flags_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

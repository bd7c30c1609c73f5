// SPDX-License-Identifier: MIT
/* What calls do to descriptors and directories, and which calls are about a path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "trace/call_effects.h"

#include <cmocka.h>

#define FROM 0x1000 /* where the strings of made calls lie */
#define TO   0x2000

struct made {
	struct call call;
	struct snippet snippets[2];
};

static struct made call_of(uint32_t nr, int64_t result, uint64_t a, uint64_t b, uint64_t c,
			   uint64_t d)
{
	return (struct made){
		.call = {.nr = nr, .flags = CALL_RETURNED, .result = result, .args = {a, b, c, d}}};
}

static void say(struct made *m, uint64_t address, const char *text)
{
	m->snippets[m->call.nr_snippets++] =
		(struct snippet){.address = address,
				 .size_bytes = (uint32_t)strlen(text) + 1,
				 .flags = SNIPPET_STRING,
				 .bytes = (const uint8_t *)text};
	m->call.snippets = m->snippets;
}

static void take(struct descriptors *d, struct made m)
{
	m.call.snippets = m.snippets;
	call_effects_take(d, 1, &m.call);
}

static void open_path(struct descriptors *d, int fd, const char *path)
{
	struct {
		struct descriptor_event event;
		char path[64];
	} told = {.event = {.head = {.size_bytes = sizeof told, .task = 1},
			    .fd = fd,
			    .mode = 0100644,
			    .path_bytes = 64}};

	strcpy(told.path, path);
	descriptors_make(d, &told.event);
	descriptors_settle(d, 1);
}

/* The numbers of those that are known, of the first ten. */
static const char *known(const struct descriptors *d, uint32_t task)
{
	static char text[11];
	size_t size = 0;

	for (int fd = 0; fd < 10; fd++)
		if (descriptor_find(d, task, fd, false))
			text[size++] = (char)('0' + fd);
	text[size] = '\0';
	return text;
}

static struct descriptors five(void)
{
	struct descriptors d = {0};

	directory_set(&d, 1, "/tmp");
	for (int fd = 3; fd < 8; fd++) {
		char path[] = "/tmp/3";

		path[5] = (char)('0' + fd);
		open_path(&d, fd, path);
	}
	return d;
}

static void calls_close(void **state)
{
	struct descriptors d = five();

	(void)state;
	take(&d, call_of(SYS_close, 0, 3, 0, 0, 0));
	assert_string_equal(known(&d, 1), "4567");
	take(&d, call_of(SYS_close, -EINTR, 4, 0, 0, 0)); /* has closed nonetheless */
	take(&d, call_of(SYS_close, -EBADF, 5, 0, 0, 0));
	assert_string_equal(known(&d, 1), "567");
	take(&d, call_of(SYS_close_range, -EINVAL, 0, 99, 0, 0));
	take(&d, call_of(SYS_close_range, 0, 6, UINT32_MAX, 0, 0));
	assert_string_equal(known(&d, 1), "5");
	descriptors_fini(&d);
}

static void calls_mark_for_exec(void **state)
{
	struct descriptors d = five();

	(void)state;
	take(&d, call_of(SYS_fcntl, 0, 3, F_SETFD, FD_CLOEXEC, 0));
	take(&d, call_of(SYS_ioctl, 0, 4, FIOCLEX, 0, 0));
	take(&d, call_of(SYS_close_range, 0, 6, 7, CLOSE_RANGE_CLOEXEC, 0));
	take(&d, call_of(SYS_fcntl, 0, 7, F_SETFD, 0, 0));
	take(&d, call_of(SYS_fcntl, 0, 5, F_SETFL, FD_CLOEXEC, 0));
	descriptors_exec(&d, 1);
	assert_string_equal(known(&d, 1), "57");
	descriptors_fini(&d);
}

static void calls_share_or_not(void **state)
{
	struct descriptors d = five();
	uint64_t clone3_flags = CLONE_FILES;
	struct made clone = call_of(SYS_clone, 9, CLONE_FILES | CLONE_FS, 0, 0, 0);
	struct made clone3 = call_of(SYS_clone3, 9, FROM, 0, 0, 0);

	(void)state;
	clone3.snippets[0] = (struct snippet){.address = FROM,
					      .size_bytes = sizeof clone3_flags,
					      .bytes = (const uint8_t *)&clone3_flags};
	clone3.call.snippets = clone3.snippets;
	clone3.call.nr_snippets = 1;
	call_effects_fork(&d, 1, 2, false, &clone.call);
	call_effects_fork(&d, 1, 3, false, NULL);
	call_effects_fork(&d, 1, 4, true, NULL);
	call_effects_fork(&d, 1, 5, false, &clone3.call);
	take(&d, call_of(SYS_close, 0, 3, 0, 0, 0));
	assert_string_equal(known(&d, 2), "4567");
	assert_string_equal(known(&d, 3), "34567");
	assert_string_equal(known(&d, 4), "4567");
	assert_string_equal(known(&d, 5), "4567");
	take(&d, call_of(SYS_unshare, 0, CLONE_FILES, 0, 0, 0));
	take(&d, call_of(SYS_close, 0, 4, 0, 0, 0));
	assert_string_equal(known(&d, 1), "567");
	assert_string_equal(known(&d, 2), "4567");
	descriptors_fini(&d);
}

static void calls_go_elsewhere(void **state)
{
	struct descriptors d = five();
	struct made chdir = call_of(SYS_chdir, 0, FROM, 0, 0, 0);
	struct made failed = call_of(SYS_chdir, -ENOENT, FROM, 0, 0, 0);

	(void)state;
	say(&failed, FROM, "/usr");
	take(&d, failed);
	assert_string_equal(directory_of(&d, 1), "/tmp");
	say(&chdir, FROM, "../proc/self/..");
	take(&d, chdir);
	assert_string_equal(directory_of(&d, 1), "/proc");
	take(&d, call_of(SYS_fchdir, 0, 5, 0, 0, 0));
	assert_string_equal(directory_of(&d, 1), "/tmp/5");
	take(&d, call_of(SYS_chdir, 0, FROM, 0, 0, 0)); /* to where, was not read */
	assert_string_equal(directory_of(&d, 1), "/tmp/5");
	descriptors_fini(&d);
}

static void calls_move_paths(void **state)
{
	struct descriptors d = five();
	struct made unlink = call_of(SYS_unlinkat, 0, (uint64_t)AT_FDCWD, FROM, 0, 0);
	struct made rename =
		call_of(SYS_renameat2, 0, (uint64_t)AT_FDCWD, FROM, (uint64_t)AT_FDCWD, TO);

	(void)state;
	say(&unlink, FROM, "3");
	take(&d, unlink);
	assert_true(descriptor_find(&d, 1, 3, false)->is_deleted);
	assert_false(descriptor_find(&d, 1, 4, false)->is_deleted);
	say(&rename, FROM, "4");
	say(&rename, TO, "/tmp/5");
	take(&d, rename);
	assert_string_equal(descriptor_find(&d, 1, 4, false)->name, "/tmp/5");
	assert_true(descriptor_find(&d, 1, 5, false)->is_deleted);
	descriptors_fini(&d);
}

static void calls_are_about_paths(void **state)
{
	static char wanted[] = "/tmp/4";
	char *const paths[] = {wanted, NULL};
	struct descriptors d = five();
	struct made by_name = call_of(SYS_openat, 0, (uint64_t)AT_FDCWD, FROM, 0, 0);
	struct made other = by_name, by_fd = call_of(SYS_read, 0, 4, FROM, 0, 0);
	struct made other_fd = call_of(SYS_read, 0, 5, 4, 4, 0);
	struct made unread = by_name;

	(void)state;
	say(&by_name, FROM, "/tmp/4");
	say(&other, FROM, "/tmp/44");
	assert_true(call_concerns(&d, 1, &by_name.call, paths));
	assert_false(call_concerns(&d, 1, &other.call, paths));
	assert_false(call_concerns(&d, 1, &unread.call, paths));
	assert_true(call_concerns(&d, 1, &by_fd.call, paths));
	assert_false(call_concerns(&d, 1, &other_fd.call, paths));
	descriptors_fini(&d);
}

static void needed_calls_are_known(void **state)
{
	struct syscall_set set;

	(void)state;
	call_effects_need(&set);
	assert_true(syscall_set_has(&set, SYS_close));
	assert_true(syscall_set_has(&set, SYS_accept4));
	assert_false(syscall_set_has(&set, SYS_read));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_close),
		cmocka_unit_test(calls_mark_for_exec),
		cmocka_unit_test(calls_share_or_not),
		cmocka_unit_test(calls_go_elsewhere),
		cmocka_unit_test(calls_move_paths),
		cmocka_unit_test(calls_are_about_paths),
		cmocka_unit_test(needed_calls_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/*
 * The table of system calls against the two authorities at hand: the C headers (numbers, names) and
 * the running kernel's trace events (arities). And sets of system calls as users write them.
 */
#include <errno.h>
#include <mntent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "decode/byte_flow.h"
#include "decode/syscalls.h"
#include "tests/unit/kept_messages.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

/* ---- The table ---- */

static void test_numbers_and_names_are_the_headers(void **state)
{
	FILE *macros = popen("cc -E -dM -x c -include asm/unistd.h /dev/null 2>/dev/null", "r");
	char line[256], name[128];
	int nr, checked = 0;

	(void)state;
	assert_non_null(macros);
	while (fgets(line, sizeof line, macros)) {
		if (sscanf(line, "#define __NR_%127s %d", name, &nr) != 2)
			continue;
		if (!strcmp(name, "syscalls") || !strcmp(name, "arch_specific_syscall"))
			continue;
		assert_int_equal(syscall_number(name), nr);
		assert_string_equal(syscall_name(nr), name);
		checked++;
	}
	pclose(macros);
	if (!checked) {
		print_message("no C compiler to ask for the numbers\n");
		skip();
	}
	assert_true(checked > 250);
}

/* Where the kernel's function, and so its trace event, has another name than the system call. */
static const char *event_name(const char *name)
{
	static const char *const renamed[][2] = {
		{"stat", "newstat"},   {"lstat", "newlstat"}, {"fstat", "newfstat"},
		{"uname", "newuname"}, {"umount2", "umount"}, {"sendfile", "sendfile64"},
	};

	for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
		if (!strcmp(renamed[i][0], name))
			return renamed[i][1];
	return name;
}

/* Where the trace events are mounted, if anywhere. */
static bool find_tracefs(char out[256])
{
	FILE *mounts = setmntent("/proc/mounts", "r");
	struct mntent *mount;
	bool found = false;

	while (mounts && !found && (mount = getmntent(mounts))) {
		found = !strcmp(mount->mnt_type, "tracefs");
		snprintf(out, 256, "%s", mount->mnt_dir);
	}
	if (mounts)
		endmntent(mounts);
	return found;
}

/* The arguments follow __syscall_nr, one field each; newer kernels append copies of strings. */
static int arity_of_event(const char *tracefs, const char *name)
{
	char path[512], line[256];
	FILE *format;
	int arity = -1;

	snprintf(path, sizeof path, "%s/events/syscalls/sys_enter_%s/format", tracefs,
		 event_name(name));
	format = fopen(path, "r");
	while (format && fgets(line, sizeof line, format)) {
		if (strstr(line, "__syscall_nr"))
			arity = 0;
		else if (arity >= 0 && strstr(line, "field:") && !strstr(line, "__data_loc"))
			arity++;
	}
	if (format)
		fclose(format);
	return arity;
}

static void test_arities_are_the_kernels(void **state)
{
	char tracefs[256];
	int checked = 0;

	(void)state;
	if (!find_tracefs(tracefs)) {
		print_message("no tracefs is mounted to ask for the arities\n");
		skip();
	}
	for (uint64_t nr = 0; nr < NR_SYSCALLS; nr++) {
		const char *name = syscall_name(nr);
		int arity = name ? arity_of_event(tracefs, name) : -1;

		if (arity < 0)
			continue;
		if ((int)syscall_arity(nr) != arity)
			fail_msg("%s has %d arguments, not %u", name, arity, syscall_arity(nr));
		checked++;
	}
	if (!checked) {
		print_message("tracefs cannot be read, or has no events of system calls\n");
		skip();
	}
	assert_true(checked > 250);
}

static void test_every_row_is_sound(void **state)
{
	int known = 0;

	(void)state;
	for (uint64_t nr = 0; nr < NR_SYSCALLS; nr++) {
		if (!syscall_name(nr))
			continue;
		assert_int_equal(syscall_number(syscall_name(nr)), nr);
		assert_true(syscall_arity(nr) <= 6);
		known++;
	}
	assert_true(known > 300);
	assert_string_equal(syscall_name(462), "mseal");
	assert_string_equal(syscall_name(469), "file_setattr");
	assert_int_equal(syscall_arity(SYS_mmap), 6);
	assert_int_equal(syscall_arity(SYS_getpid), 0);
}

static void test_unknown_numbers(void **state)
{
	char buffer[32];

	(void)state;
	assert_null(syscall_name(511));
	assert_null(syscall_name(NR_SYSCALLS));
	assert_null(syscall_name(UINT64_MAX));
	assert_int_equal(syscall_arity(UINT64_MAX), 6);
	assert_int_equal(syscall_classes(UINT64_MAX), 0);
	assert_int_equal(syscall_number("opne"), -1);
	assert_int_equal(syscall_number(""), -1);
	assert_string_equal(syscall_label(SYS_read, buffer), "read");
	assert_string_equal(syscall_label(511, buffer), "syscall_511");
	assert_string_equal(syscall_label(UINT64_MAX, buffer), "syscall_18446744073709551615");
}

static void test_flow_of_bytes(void **state)
{
	unsigned int flows[NR_BYTE_FLOWS] = {0}, moves = 0;

	(void)state;
	assert_int_equal(byte_flow_of(SYS_read), FLOW_READ);
	assert_int_equal(byte_flow_of(SYS_recvmsg), FLOW_READ);
	assert_int_equal(byte_flow_of(SYS_sendto), FLOW_WRITE);
	assert_int_equal(byte_flow_of(SYS_splice), FLOW_WRITE);
	assert_int_equal(byte_flow_of(SYS_getdents64), FLOW_NOTHING);
	assert_true(moves_bytes(SYS_getdents64));
	assert_int_equal(byte_flow_of(SYS_openat), FLOW_NOTHING); /* its result is no size */
	assert_false(moves_bytes(SYS_openat));
	assert_false(moves_bytes((uint64_t)SYS_read | 1U << 31)); /* of another table */
	for (uint64_t nr = 0; nr < NR_SYSCALLS; nr++) {
		flows[byte_flow_of(nr)]++;
		moves += moves_bytes(nr);
	}
	assert_int_equal(flows[FLOW_READ], 7);
	assert_int_equal(flows[FLOW_WRITE], 10);
	assert_int_equal(moves, 7 + 10 + 2);
}

static void test_errno_names(void **state)
{
	(void)state;
	assert_string_equal(errno_name(ENOENT), "ENOENT");
	assert_string_equal(errno_name(EAGAIN), "EAGAIN");
	assert_string_equal(errno_name(512), "ERESTARTSYS");
	assert_string_equal(errno_name(513), "ERESTARTNOINTR");
	assert_string_equal(errno_name(514), "ERESTARTNOHAND");
	assert_string_equal(errno_name(515), "ENOIOCTLCMD");
	assert_string_equal(errno_name(516), "ERESTART_RESTARTBLOCK");
	assert_null(errno_name(0));
	assert_null(errno_name(-2));
	assert_null(errno_name(511));
	assert_null(errno_name(4095));
}

/* ---- Sets ---- */

/* Asserts that `spec` is the set of exactly these names, which are separated by spaces. */
static void check_set(const char *spec, const char *names)
{
	struct syscall_set set;
	char copy[256], *rest = copy;
	int members = 0;

	assert_int_equal(syscall_set_parse(spec, &set), 0);
	snprintf(copy, sizeof copy, "%s", names);
	for (char *name; (name = strsep(&rest, " "));) {
		if (!*name)
			continue;
		assert_true(syscall_number(name) >= 0);
		if (!syscall_set_has(&set, syscall_number(name)))
			fail_msg("'%s' lacks %s", spec, name);
		members++;
	}
	for (uint64_t nr = 0; nr < NR_SYSCALLS; nr++)
		members -= syscall_set_has(&set, nr);
	if (members)
		fail_msg("'%s' has %d members more than '%s'", spec, -members, names);
	assert_string_equal(messages, "");
}

static void test_sets_of_names(void **state)
{
	(void)state;
	check_set("read", "read");
	check_set("openat,close", "openat close");
	check_set("close,openat,close", "openat close");
	check_set("none", "");
	check_set("none,read", "read");
	check_set("!all", "");
	check_set("all,!all", "");
}

static void test_sets_by_class(void **state)
{
	(void)state;
	check_set("ipc", "shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd "
			 "msgrcv msgctl");
	check_set("%ipc", "shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd "
			  "msgrcv msgctl");
	check_set("ipc,!/^(shm|sem)/,read", "msgget msgsnd msgrcv msgctl read");
}

static void test_sets_as_strace_has_them(void **state)
{
	(void)state;
	check_set("/^epoll_c", "epoll_create epoll_create1 epoll_ctl epoll_ctl_old");
	check_set("/^epoll_c,read", "epoll_create epoll_create1 epoll_ctl epoll_ctl_old read");
	check_set("?no_such_call,read", "read");
	check_set("?no_such_call", "");
	check_set("?read", "read");
	check_set("%fstat", "fstat newfstatat");
	check_set("%%stat", "stat lstat fstat newfstatat statx");
	check_set("%statfs", "statfs");
	check_set("%clock", "adjtimex clock_adjtime clock_getres clock_gettime clock_settime "
			    "gettimeofday settimeofday time");
	check_set("%pure", "getegid geteuid getgid getpgrp getpid getppid gettid getuid");
	check_set("%creds,!/^set/", "capget capset getegid geteuid getgid getgroups getresgid "
				    "getresuid getuid prctl");
	check_set("stat", "stat");
#ifdef __x86_64__
	check_set("0,1", "read write");
#endif
}

static void test_equal_ways_to_say_a_class(void **state)
{
	static const char *const equal[][2] = {
		{"%file", "file"},       {"%desc", "desc"},
		{"%network", "net"},     {"%net", "network"},
		{"%process", "process"}, {"%memory", "memory"},
		{"%signal", "signal"},   {"file,memory", "memory,%file"},
	};
	struct syscall_set a, b, empty = {{0}};

	(void)state;
	for (size_t i = 0; i < sizeof equal / sizeof *equal; i++) {
		assert_int_equal(syscall_set_parse(equal[i][0], &a), 0);
		assert_int_equal(syscall_set_parse(equal[i][1], &b), 0);
		assert_memory_equal(&a, &b, sizeof a);
		assert_memory_not_equal(&a, &empty, sizeof a);
	}
}

static void test_class_members(void **state)
{
	struct syscall_set set;

	(void)state;
	assert_int_equal(syscall_set_parse("file", &set), 0);
	assert_true(syscall_set_has(&set, SYS_openat));
	assert_true(syscall_set_has(&set, SYS_execve));
	assert_false(syscall_set_has(&set, SYS_read));
	assert_int_equal(syscall_set_parse("desc", &set), 0);
	assert_true(syscall_set_has(&set, SYS_read));
	assert_true(syscall_set_has(&set, SYS_mmap));
	assert_false(syscall_set_has(&set, SYS_munmap));
	assert_false(syscall_set_has(&set, SYS_socket));
	assert_int_equal(syscall_set_parse("network,process,signal,memory", &set), 0);
	assert_true(syscall_set_has(&set, SYS_socket));
	assert_true(syscall_set_has(&set, SYS_execve));
	assert_true(syscall_set_has(&set, SYS_rt_sigaction));
	assert_true(syscall_set_has(&set, SYS_brk));
	assert_false(syscall_set_has(&set, SYS_openat));
}

static void test_sets_by_regex(void **state)
{
	(void)state;
	check_set("/^(mem|user)/", "membarrier memfd_create memfd_secret userfaultfd");
	check_set("/^pwritev?2?$/", "pwritev pwritev2");
	check_set("/^d{1,2}up3$/", "dup3"); /* the comma belongs to the expression */
	check_set("/^dup3$/,/^tee$/,read", "dup3 tee read");
}

static void test_complement(void **state)
{
	struct syscall_set set;

	(void)state;
	assert_int_equal(syscall_set_parse("!read,write", &set), 0);
	assert_false(syscall_set_has(&set, SYS_read));
	assert_false(syscall_set_has(&set, SYS_write));
	assert_true(syscall_set_has(&set, SYS_close));
	assert_true(syscall_set_has(&set, 511)); /* a call this build has no name for */
	check_set("!all,read", "");

	assert_int_equal(syscall_set_parse("!read,!write", &set), 0);
	assert_false(syscall_set_has(&set, SYS_read));
	assert_false(syscall_set_has(&set, SYS_write));
	assert_true(syscall_set_has(&set, SYS_close));

	assert_int_equal(syscall_set_parse("file,!/at$/", &set), 0);
	assert_true(syscall_set_has(&set, SYS_statfs));
	assert_true(syscall_set_has(&set, SYS_execve));
	assert_false(syscall_set_has(&set, SYS_openat));
	assert_false(syscall_set_has(&set, SYS_read));

	assert_int_equal(syscall_set_parse("all", &set), 0);
	for (uint64_t nr = 0; nr < NR_SYSCALLS; nr++)
		assert_true(syscall_set_has(&set, nr));
	assert_false(syscall_set_has(&set, NR_SYSCALLS));
}

static void check_refused(const char *spec, const char *said)
{
	struct syscall_set set = {{42}};

	messages_forget();
	assert_int_equal(syscall_set_parse(spec, &set), -EINVAL);
	assert_string_equal(messages, said);
	assert_int_equal(set.bits[0], 42); /* untouched */
}

static void test_refused_sets(void **state)
{
	static const char missing[] =
		"hint: write names between commas: open,read, %file, /^sched_/, all or none\n";
	char said[256];

	(void)state;
	check_refused("opnat,read", "prof: unknown system call 'opnat' in 'opnat,read'\n"
				    "hint: did you mean 'openat'?\n");
	check_refused("read,!wrte", "prof: unknown system call 'wrte' in 'read,!wrte'\n"
				    "hint: did you mean 'write'?\n");
	check_refused("memroy", "prof: unknown system call 'memroy' in 'memroy'\n"
				"hint: did you mean 'memory'?\n");
	check_refused("%fiel", "prof: unknown class of system calls '%fiel' in '%fiel'\n"
			       "hint: did you mean '%file'?\n");
	check_refused("xyzzyxyzzy", "prof: unknown system call 'xyzzyxyzzy' in 'xyzzyxyzzy'\n");
	check_refused(
		"%xyzzyxyzzy",
		"prof: unknown class of system calls '%xyzzyxyzzy' in '%xyzzyxyzzy'\n"
		"hint: the classes are file, desc, network, process, memory, signal, ipc, creds, "
		"clock, pure, stat, lstat, fstat, statfs and fstatfs\n");
	check_refused("/zzz/", "prof: no system call matches 'zzz' in '/zzz/'\n");
	check_refused("/", "prof: a regular expression does not end in '/'\n"
			   "hint: it stands between slashes: /^sched_/\n");
	check_refused("512", "prof: unknown system call '512' in '512'\n");
	check_refused("/open/x", "prof: a regular expression does not end in '/open/x'\n"
				 "hint: it stands between slashes: /^sched_/\n");
	static const char *const empty_elements[] = {"",      "!",           ",",     "read,",
						     ",read", "read,,write", "read,!"};
	for (size_t i = 0; i < sizeof empty_elements / sizeof *empty_elements; i++) {
		snprintf(said, sizeof said,
			 "prof: an element is missing in the system calls '%s'\n%s",
			 empty_elements[i], missing);
		check_refused(empty_elements[i], said);
	}
	messages_forget();
	assert_int_equal(syscall_set_parse("read, write", &(struct syscall_set){{0}}), -EINVAL);
	assert_int_equal(syscall_set_parse("/[a/", &(struct syscall_set){{0}}), -EINVAL);
	assert_non_null(strstr(messages, "prof: bad regular expression '[a' in '/[a/': "));
}

#ifdef __x86_64__
static void test_the_word_of_the_contract(void **state)
{
	(void)state;
	check_refused("opne,read", "prof: unknown system call 'opne' in 'opne,read'\n"
				   "hint: did you mean 'open'?\n");
}
#endif

/* What is known by another name stays so. */
static void test_learned_calls(void **state)
{
	char label[32];

	(void)state;
	assert_null(syscall_name(500));
	syscall_learn(500, "brand_new", 2);
	syscall_learn(500, "newer_still", 3);
	syscall_learn(0, "not_read", 1);
	syscall_learn(1 << 20, "far_away", 1);
	assert_string_equal(syscall_label(500, label), "brand_new");
	assert_int_equal(syscall_arity(500), 2);
	assert_int_equal(syscall_number("brand_new"), 500);
	assert_int_equal(syscall_number("newer_still"), -1);
	assert_string_equal(syscall_learned(500), "brand_new");
	assert_null(syscall_learned(0));
	assert_null(syscall_name(1 << 20));
	assert_string_not_equal(syscall_name(0), "not_read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_and_names_are_the_headers),
		cmocka_unit_test(test_arities_are_the_kernels),
		cmocka_unit_test(test_every_row_is_sound),
		cmocka_unit_test(test_unknown_numbers),
		cmocka_unit_test(test_errno_names),
		cmocka_unit_test(test_flow_of_bytes),
		cmocka_unit_test(test_learned_calls),
		cmocka_unit_test_setup_teardown(test_sets_of_names, messages_setup,
						messages_teardown),
		cmocka_unit_test_setup_teardown(test_sets_by_class, messages_setup,
						messages_teardown),
		cmocka_unit_test_setup_teardown(test_sets_as_strace_has_them, messages_setup,
						messages_teardown),
		cmocka_unit_test_setup_teardown(test_equal_ways_to_say_a_class, messages_setup,
						messages_teardown),
		cmocka_unit_test_setup_teardown(test_class_members, messages_setup,
						messages_teardown),
		cmocka_unit_test_setup_teardown(test_sets_by_regex, messages_setup,
						messages_teardown),
		cmocka_unit_test_setup_teardown(test_complement, messages_setup, messages_teardown),
		cmocka_unit_test_setup_teardown(test_refused_sets, messages_setup,
						messages_teardown),
#ifdef __x86_64__
		cmocka_unit_test_setup_teardown(test_the_word_of_the_contract, messages_setup,
						messages_teardown),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/*
 * The decoders of the kernel's own matters: requests of ioctl(), keys, events, programs, rings.
 */
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "decode/ioctl_names.h"
#include "made_call.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define AT 0x1000

static void test_requests_by_name(void **state)
{
	const struct ioctl_name *names;

	(void)state;
	assert_int_equal(ioctl_names(0x5401, &names), 1);
	assert_string_equal(names[0].name, "TCGETS");
	assert_int_equal(ioctl_names(0x5402, &names), 2);
	assert_string_equal(names[0].name, "SNDCTL_TMR_START");
	assert_string_equal(names[1].name, "TCSETS");
	assert_int_equal(ioctl_names(0, &names), 0);
	assert_int_equal(ioctl_names(0xffffffff, &names), 0);
}

static void test_an_unknown_request(void **state)
{
	struct made_call made = {.call.args = {3, 0x40046601, 0x1234}};

	(void)state;
	made_call_named(&made, "ioctl");
	made_call_return(&made, -ENOTTY);
	assert_line(&made, "ioctl(3, _IOC(_IOC_WRITE, 0x66, 0x1, 0x4), 0x1234) = "
			   "-1 ENOTTY (Inappropriate ioctl for device)");
}

static void test_a_terminal(void **state)
{
	struct termios settings = {
		.c_iflag = ICRNL, .c_cflag = B9600 | CS8 | CREAD, .c_lflag = ECHO};
	struct made_call made = {.call.args = {0, TCGETS, AT}};

	(void)state;
	made_call_named(&made, "ioctl");
	made_call_snippet(&made, AT, &settings, sizeof settings, SNIPPET_EXIT);
	made_call_return(&made, 0);
	assert_line(&made, "ioctl(0, TCGETS, {c_iflag=ICRNL, c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|, "
			   "c_cflag=B9600|CS8|CREAD, c_lflag=ECHO, ...}) = 0");
}

static void test_keyctl_by_command(void **state)
{
	struct made_call made = {.call.args = {KEYCTL_SEARCH, -3ULL, AT, 0x2000, 9}};

	(void)state;
	made_call_named(&made, "keyctl");
	made_call_string(&made, AT, "user");
	made_call_string(&made, 0x2000, "mine");
	made_call_return(&made, 12);
	assert_line(&made,
		    "keyctl(KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, \"user\", \"mine\", 9) = 12");
	made.call.args[0] = KEYCTL_REVOKE;
	assert_line(&made, "keyctl(KEYCTL_REVOKE, KEY_SPEC_SESSION_KEYRING) = 12");
}

static void test_an_event(void **state)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
				       .size = PERF_ATTR_SIZE_VER0,
				       .config = PERF_COUNT_SW_PAGE_FAULTS,
				       .sample_period = 1,
				       .disabled = 1};
	struct made_call made = {.call.args = {AT, 0, -1ULL, -1ULL, PERF_FLAG_FD_CLOEXEC}};

	(void)state;
	made_call_named(&made, "perf_event_open");
	made_call_snippet(&made, AT, &attr, PERF_ATTR_SIZE_VER0, 0);
	made_call_return(&made, 4);
	assert_line(
		&made,
		"perf_event_open({type=PERF_TYPE_SOFTWARE, size=PERF_ATTR_SIZE_VER0, "
		"config=PERF_COUNT_SW_PAGE_FAULTS, sample_period=1, sample_type=0, "
		"read_format=0, disabled=1, precise_ip=0 /* arbitrary skid */, ...}, 0, -1, -1, "
		"PERF_FLAG_FD_CLOEXEC) = 4");
}

/* The struct ends where the caller says; what was always in it is zero then. */
static void test_bpf_structs_end_early(void **state)
{
	union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8};
	struct made_call made = {.call.args = {BPF_MAP_CREATE, AT, 12}};

	(void)state;
	made_call_named(&made, "bpf");
	made_call_snippet(&made, AT, &attr, 12, 0);
	made_call_return(&made, -EPERM);
	assert_line(&made,
		    "bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_ARRAY, key_size=4, "
		    "value_size=8, max_entries=0}, 12) = -1 EPERM (Operation not permitted)");
}

static void test_a_filter(void **state)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 39, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
	};
	struct sock_fprog program = {3, (void *)0x2000};
	struct made_call made = {.call.args = {SECCOMP_SET_MODE_FILTER, 0, AT}};

	(void)state;
	made_call_named(&made, "seccomp");
	made_call_snippet(&made, AT, &program, sizeof program, 0);
	made_call_snippet(&made, 0x2000, code, sizeof code, 0);
	made_call_return(&made, 0);
	assert_line(&made, "seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=3, filter=0x2000}) = 0");
	made.options.verbose = true;
	assert_line(&made, "seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=3, "
			   "filter=[BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0), "
			   "BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0x27, 0, 0x1), "
			   "BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ERRNO|0x1)]}) = 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests_by_name),
		cmocka_unit_test(test_an_unknown_request),
		cmocka_unit_test(test_a_terminal),
		cmocka_unit_test(test_keyctl_by_command),
		cmocka_unit_test(test_an_event),
		cmocka_unit_test(test_bpf_structs_end_early),
		cmocka_unit_test(test_a_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* What is said about capabilities that are missing, after giving them up in a child. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/features.h"
#include "capture/privileges.h"
#include "tests/unit/kept_messages.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

static void give_up_all(void)
{
	cap_t none = cap_init();

	assert_int_equal(cap_set_proc(none), 0);
	cap_free(none);
}

static void say_what_is_missing(void)
{
	char missing[PRIVILEGE_LIST_SIZE];

	give_up_all();
	assert_false(privileged_for_bpf());
	assert_false(privileged_for_events());
	assert_true(privileges_missing(missing));
	assert_string_equal(missing, "CAP_BPF, CAP_PERFMON");

	messages_keep();
	assert_int_equal(privileges_fail(-EPERM), -EPERM);
	assert_string_equal(messages,
			    "prof: cannot load BPF programs: Operation not permitted (missing "
			    "CAP_BPF, CAP_PERFMON)\nhint: sudo prof record ...\n");
	messages_forget();
	assert_int_equal(privileges_fail(-EINVAL), -EINVAL);
	assert_string_equal(messages, "prof: cannot load BPF programs: Invalid argument\n"
				      "hint: 'prof doctor' tells what this kernel lacks\n");
}

/* What cannot be asked without privileges must not be called missing. */
static void probe_without_privileges(void)
{
	struct features features;

	give_up_all();
	features_probe(&features);
	assert_int_equal(features.support[FEATURE_TASK_STORAGE], SUPPORT_UNKNOWN);
	assert_int_equal(features.support[FEATURE_MMAPABLE_ARRAY], SUPPORT_UNKNOWN);
	assert_int_equal(features.support[FEATURE_LOOP], SUPPORT_UNKNOWN);
}

/* CAP_SYS_ADMIN alone includes the two that were split off it. */
static void keep_sys_admin(void)
{
	const cap_value_t admin = CAP_SYS_ADMIN;
	cap_t kept = cap_init();
	char missing[PRIVILEGE_LIST_SIZE];

	cap_set_flag(kept, CAP_PERMITTED, 1, &admin, CAP_SET);
	cap_set_flag(kept, CAP_EFFECTIVE, 1, &admin, CAP_SET);
	assert_int_equal(cap_set_proc(kept), 0);
	cap_free(kept);
	assert_false(privileges_missing(missing));
	assert_string_equal(missing, "");
}

/* In a child, because capabilities do not come back; assertions there end it by a signal or 255. */
static void check_in_child(void (*scene)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		scene();
		_exit(7);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void test_without_capabilities(void **state)
{
	(void)state;
	check_in_child(say_what_is_missing);
	check_in_child(probe_without_privileges);
}

static void test_sys_admin(void **state)
{
	cap_t held = cap_get_proc();
	cap_flag_value_t value = CAP_CLEAR;

	(void)state;
	cap_get_flag(held, CAP_SYS_ADMIN, CAP_PERMITTED, &value);
	cap_free(held);
	if (value != CAP_SET) {
		print_message("needs CAP_SYS_ADMIN\n");
		skip();
	}
	check_in_child(keep_sys_admin);
}

static void test_features_of_a_privileged_host(void **state)
{
	struct features features;

	(void)state;
	if (!privileged_for_bpf() || !privileged_for_events()) {
		print_message("needs CAP_BPF and CAP_PERFMON\n");
		skip();
	}
	features_probe(&features);
	for (int i = 0; i < NR_FEATURES; i++) {
		assert_int_not_equal(features.support[i], SUPPORT_UNKNOWN);
		/* Names are listed exactly where something is missing. */
		if (*features.missing_tracepoints[i])
			assert_int_equal(features.support[i], SUPPORT_NO);
	}
	assert_int_equal(features.support[FEATURE_BTF] == SUPPORT_YES,
			 !access("/sys/kernel/btf/vmlinux", R_OK));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_capabilities),
		cmocka_unit_test(test_sys_admin),
		cmocka_unit_test(test_features_of_a_privileged_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

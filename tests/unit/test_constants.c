// SPDX-License-Identifier: MIT
/*
 * The tables of constants: names, values, and the order in which flags are matched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decode/constants.h"

static void test_values_have_names(void **state)
{
	(void)state;
	assert_string_equal(constant_name(&open_access, 1), "O_WRONLY");
	assert_string_equal(constant_name(&fcntl_commands, 1030), "F_DUPFD_CLOEXEC");
	assert_string_equal(constant_name(&address_families, 16), "AF_NETLINK");
	assert_string_equal(constant_name(&signal_names, 34), "SIGRT_2");
	assert_string_equal(constant_name(&bpf_commands, 5), "BPF_PROG_LOAD");
	assert_string_equal(constant_name(&prctl_options, 0x53564d41), "PR_SET_VMA");
	assert_null(constant_name(&open_access, 4));
	assert_null(constant_name(&address_families, 46));
}

/* Registers hold an int of the kernel's interface in their lower half. */
static void test_values_of_32_bits_are_not_extended(void **state)
{
	(void)state;
	assert_string_equal(constant_name(&rusage_whos, 0xffffffff), "RUSAGE_CHILDREN");
	assert_string_equal(constant_name(&epoll_events, 0x80000000), "EPOLLET");
	assert_string_equal(constant_name(&clone3_flags, 0x200000000), "CLONE_INTO_CGROUP");
}

static void assert_wide_first(const struct constant_set *set)
{
	for (size_t i = 0; i < set->nr; i++) {
		uint64_t earlier = set->items[i].value;

		for (size_t j = i + 1; earlier && j < set->nr; j++) {
			uint64_t later = set->items[j].value;

			if (later != earlier && (later & earlier) == earlier)
				fail_msg("%s hides %s", set->items[i].name, set->items[j].name);
		}
	}
}

/* A flag of several bits would never be named behind one of its bits. */
static void test_flags_of_several_bits_come_first(void **state)
{
	static const struct constant_set *const sets[] = {
		&open_flags,          &at_flags,      &flock_ops,         &statx_masks,
		&map_flags,           &clone3_flags,  &epoll_events,      &poll_events,
		&mount_flags,         &message_flags, &protections,       &inotify_events,
		&fanotify_init_flags, &wait_flags,    &quota_valid,       &move_mount_flags,
		&sigaction_flags,     &bpf_map_flags, &io_uring_features,
	};

	(void)state;
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		assert_wide_first(sets[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_have_names),
		cmocka_unit_test(test_values_of_32_bits_are_not_extended),
		cmocka_unit_test(test_flags_of_several_bits_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* The filter's code, carried out as the kernel would, for every number. */
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capture/seccomp_filter.h"

#ifdef __x86_64__
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#define OTHER_ARCH  AUDIT_ARCH_I386
#else
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#define OTHER_ARCH  AUDIT_ARCH_ARM
#endif

/* Every jump goes forward, so that it ends. */
static uint32_t answer(const struct seccomp_filter *filter, uint32_t arch, uint32_t nr)
{
	const struct seccomp_data data = {.nr = (int)nr, .arch = arch};
	uint32_t a = 0;

	for (size_t at = 0; at < filter->code.size; at++) {
		const struct sock_filter *op = &filter->code.items[at];

		switch (op->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)&data + op->k, sizeof a);
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			at += a == op->k ? op->jt : op->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			at += a >= op->k ? op->jt : op->jf;
			break;
		case BPF_JMP | BPF_JA:
			at += op->k;
			break;
		case BPF_RET | BPF_K:
			return op->k;
		default:
			fail_msg("instruction %x", op->code);
		}
	}
	fail_msg("no answer");
	return 0;
}

static void check_set(const struct syscall_set *set)
{
	struct seccomp_filter filter;

	seccomp_filter_make(set, &filter);
	assert_in_range(filter.code.size, 5, 4096);
	for (uint32_t nr = 0; nr < 2 * NR_SYSCALLS; nr++) {
		assert_int_equal(answer(&filter, NATIVE_ARCH, nr),
				 syscall_set_has(set, nr) ? SECCOMP_RET_TRACE | SECCOMP_FILTER_MARK
							  : SECCOMP_RET_ALLOW);
		assert_int_equal(answer(&filter, OTHER_ARCH, nr), SECCOMP_RET_ALLOW);
	}
	assert_int_equal(answer(&filter, NATIVE_ARCH, 0x40000001), SECCOMP_RET_ALLOW);
	assert_int_equal(answer(&filter, NATIVE_ARCH, UINT32_MAX), SECCOMP_RET_ALLOW);
	seccomp_filter_fini(&filter);
}

static void check_spec(const char *spec)
{
	struct syscall_set set;

	assert_int_equal(syscall_set_parse(spec, &set), 0);
	check_set(&set);
}

static void test_sets(void **state)
{
	(void)state;
	check_spec("none");
	check_spec("all");
	check_spec("read");
	check_spec("ioctl");
	check_spec("%file,sendmsg");
	check_spec("!%memory");
}

/* As many ranges as there can be. */
static void test_every_other_number(void **state)
{
	struct syscall_set set;

	(void)state;
	memset(&set, 0x55, sizeof set);
	check_set(&set);
	memset(&set, 0xaa, sizeof set);
	check_set(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_every_other_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

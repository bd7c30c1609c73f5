// SPDX-License-Identifier: MIT
#include "capture/seccomp_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

/* Numbers from `first` on are answered so, up to where the next range begins. */
struct range {
	uint32_t first, answer;
};

struct ranges {
	VEC(struct range) items;
};

static uint32_t answer_for(const struct syscall_set *set, uint32_t nr)
{
	return syscall_set_has(set, nr) ? SECCOMP_RET_TRACE | SECCOMP_FILTER_MARK
					: SECCOMP_RET_ALLOW;
}

static void find_ranges(const struct syscall_set *set, struct ranges *out)
{
	*out = (struct ranges){0};
	for (uint32_t nr = 0; nr <= NR_SYSCALLS; nr++)
		if (!nr || answer_for(set, nr) != answer_for(set, nr - 1))
			*vec_push(&out->items) =
				(struct range){.first = nr, .answer = answer_for(set, nr)};
}

static void add(struct seccomp_filter *filter, uint16_t code, uint32_t k)
{
	*vec_push(&filter->code) = (struct sock_filter){.code = code, .k = k};
}

/* Jumps of conditions reach 255 instructions, those without reach all. */
static void search(struct seccomp_filter *filter, const struct range *ranges, size_t nr)
{
	size_t left = nr / 2, jump;

	if (nr == 1) {
		add(filter, BPF_RET | BPF_K, ranges->answer);
		return;
	}
	*vec_push(&filter->code) = (struct sock_filter){
		.code = BPF_JMP | BPF_JGE | BPF_K, .k = ranges[left].first, .jf = 1};
	jump = filter->code.size;
	add(filter, BPF_JMP | BPF_JA, 0);
	search(filter, ranges, left);
	filter->code.items[jump].k = (uint32_t)(filter->code.size - jump - 1);
	search(filter, ranges + left, nr - left);
}

void seccomp_filter_make(const struct syscall_set *set, struct seccomp_filter *out)
{
	struct ranges ranges;

	*out = (struct seccomp_filter){0};
	add(out, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	*vec_push(&out->code) =
		(struct sock_filter){.code = BPF_JMP | BPF_JEQ | BPF_K, .k = NATIVE_ARCH, .jt = 1};
	add(out, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	add(out, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	find_ranges(set, &ranges);
	search(out, ranges.items.items, ranges.items.size);
	vec_free(&ranges.items);
}

void seccomp_filter_fini(struct seccomp_filter *filter)
{
	vec_free(&filter->code);
}

int seccomp_filter_install(const struct seccomp_filter *filter)
{
	struct sock_fprog program = {.len = (unsigned short)filter->code.size,
				     .filter = filter->code.items};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
		return 0;
	if (errno != EACCES || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		return -errno;
	return 0;
}

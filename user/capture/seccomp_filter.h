/* SPDX-License-Identifier: MIT */
/*
 * A seccomp filter that stops a thread for its tracer at chosen system calls, and at no others.
 *
 * Once installed it stays, in all that the command starts: without a tracer the chosen calls fail
 * with ENOSYS. 32-bit calls, whose numbers are of another table, are let through.
 */
#ifndef PROF_CAPTURE_SECCOMP_FILTER_H
#define PROF_CAPTURE_SECCOMP_FILTER_H

#include <linux/filter.h>

#include "base/vec.h"
#include "decode/syscalls.h"

/* By which a tracer knows that it was this filter that a call stopped at. */
#define SECCOMP_FILTER_MARK 0x7072

struct seccomp_filter {
	VEC(struct sock_filter) code;
};

/* The chosen numbers are told from others by a binary search over their ranges. */
void seccomp_filter_make(const struct syscall_set *set, struct seccomp_filter *out);
void seccomp_filter_fini(struct seccomp_filter *filter);

/* In this thread, for good. Without CAP_SYS_ADMIN it takes no_new_privs. 0 or -errno, silent. */
int seccomp_filter_install(const struct seccomp_filter *filter);

#endif

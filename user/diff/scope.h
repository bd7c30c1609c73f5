/* SPDX-License-Identifier: MIT */
/*
 * What all runs were asked to record: only that can be compared. What one side alone has says
 * nothing about the other.
 */
#ifndef PROF_DIFF_SCOPE_H
#define PROF_DIFF_SCOPE_H

#include "decode/syscalls.h"
#include "diff/aligned_paths.h"

struct scope {
	bool faults, syscalls;
	bool memory;              /* the calls that make memory and give it back */
	bool files;               /* what calls are about */
	bool same_times;          /* taken in the same way */
	bool same_calls;          /* every run chose the same system calls */
	struct syscall_set calls; /* that all runs chose */
};

void scope_of(const struct aligned_runs *runs, struct scope *out);
bool scope_has_call(const struct scope *scope, uint32_t key);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Where each thread's time went: in its own code, in page faults, at work in system calls, waiting
 * in them, and ready but without a processor.
 *
 * Three clocks make that possible. The recording knows how long each call took; the kernel knows
 * how long the thread was on processors, to within a tick of its clock, and how long it waited for
 * one, to the nanosecond. What is outside of calls and not without a processor is the program's own
 * code and its faults; what the kernel counted on processors beyond that was work in calls; the
 * rest of the calls' time was waiting. So the parts are the whole by themselves, and what can be
 * held against each other is the time on processors.
 */
#ifndef PROF_ANALYSIS_ACCOUNTS_H
#define PROF_ANALYSIS_ACCOUNTS_H

#include "recording/reader.h"

enum account_verdict {
	ACCOUNT_UNKNOWN,
	/* More than half of the time, but for that without a processor: */
	ACCOUNT_COMPUTES, /* in its own code */
	ACCOUNT_FAULTS,
	ACCOUNT_WORKS, /* in system calls */
	ACCOUNT_WAITS, /* for children, too */
	ACCOUNT_MIXED, /* none of them */
	NR_ACCOUNT_VERDICTS
};
extern const char *const account_verdict_names[NR_ACCOUNT_VERDICTS];

struct account {
	uint32_t task;
	bool is_known; /* the kernel's times are: else only the first two below are */
	uint64_t life_ns, syscall_ns;
	/* The parts of its life. */
	uint64_t user_ns, fault_ns, work_ns, waiting_ns, children_ns, ready_ns;
	uint64_t cpu_ns; /* on processors, by the kernel */
	uint64_t
		parts_cpu_ns; /* the same by the parts: own code, faults that need not wait, work */
	enum account_verdict verdict;
	bool is_kept; /* for more than half of its life others had the processors */
};

struct accounts {
	const struct recording *recording;
	bool has_all_calls;          /* else time in those that were not recorded is in user_ns */
	bool has_faults;             /* else theirs is */
	VEC(struct account) threads; /* by birth */
	struct account all;          /* those that are known; task 0 */
};

void accounts_build(struct recording *r, struct accounts *out);
void accounts_fini(struct accounts *accounts);

#endif

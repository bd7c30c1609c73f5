/* SPDX-License-Identifier: MIT */
/* What a whole run amounts to: the numbers that are compared first, and that limits are set on. */
#ifndef PROF_DIFF_METRICS_H
#define PROF_DIFF_METRICS_H

#include "profile/report.h"

enum metric {
	METRIC_FAULTS,
	METRIC_MINOR,
	METRIC_MAJOR,
	METRIC_FAULT_NS,
	METRIC_POPULATED,
	METRIC_SYSCALLS,
	METRIC_ERRORS,
	METRIC_SYSCALL_NS,
	METRIC_READ_BYTES,
	METRIC_WRITE_BYTES,
	METRIC_WALL_NS,
	METRIC_USER_NS,
	METRIC_SYSTEM_NS,
	METRIC_MEMORY_BYTES, /* anonymous memory, at most */
	METRIC_MADE_BYTES,   /* anonymous memory brought in, again and again */
	METRIC_BLOCKS,       /* of the allocator */
	METRIC_BLOCK_BYTES,
	METRIC_UNTOUCHED_BYTES, /* of these: whole pages that were never touched */
	METRIC_PROCESSES,
	METRIC_THREADS,
	NR_METRICS
};

enum metric_unit { UNIT_COUNT, UNIT_NS, UNIT_BYTES };

struct metric_words {
	const char *key;  /* in JSON and on the command line */
	const char *text; /* for people */
	enum metric_unit unit;
	bool needs_faults, needs_syscalls; /* to have been recorded */
	/* The same in each run of a program that decides by itself, but for a few: what differs is
	 * a difference. Times and what depends on them is not. */
	bool is_exact;
};
extern const struct metric_words metric_words[NR_METRICS];

struct metrics {
	struct known at[NR_METRICS];
};

#endif

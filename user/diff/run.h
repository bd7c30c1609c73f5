/* SPDX-License-Identifier: MIT */
/*
 * One recording, made ready to be compared: its report, and what only comparisons ask for.
 *
 * Paths of faults end in what the fault was about: cause, kind of region, size class. That needs no
 * names, and is what functions of two programs without a common name are known by.
 */
#ifndef PROF_DIFF_RUN_H
#define PROF_DIFF_RUN_H

#include "diff/call_scan.h"
#include "diff/file_scan.h"
#include "diff/metrics.h"

struct run {
	const char *path; /* of the recording: the caller's */
	struct recording *recording;
	struct report *report;
	struct call_scan calls;
	struct file_scan files;
	struct metrics metrics;
	struct path_tree fault_paths, call_paths;
	bool is_parallel; /* more than one thread at a time: order, and so counts, may vary */
};

struct run *run_new(struct recording *r, const char *path);
void run_free(struct run *run); /* NULL is fine; the recording stays open */

/* The leaf of a fault's path is about memory, not code. */
#define MEMORY_LEAF '\x01' /* what its name begins with */

/* Recorded by ptrace: each call was stopped, and its time tells of that. */
bool run_times_include_stops(const struct run *run);

uint32_t run_nr_words(const struct run *run); /* of the command line */
const char *run_word(const struct run *run, uint32_t i);

#endif

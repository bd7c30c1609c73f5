/* SPDX-License-Identifier: MIT */
/*
 * Probes on the allocators of the files that the command maps.
 *
 * A probe is in the file, not in a process: whoever maps it meets the breakpoint, also processes
 * that are none of the command's, for as long as the recording lasts. The programs turn those away
 * at once. Files that are foreseen are probed before the command runs, others when they are mapped.
 */
#ifndef PROF_CAPTURE_ALLOCATORS_H
#define PROF_CAPTURE_ALLOCATORS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/capture.h"

struct allocators;

struct allocators *allocators_new(struct capture *capture);
void allocators_free(struct allocators *a); /* NULL is fine; the probes are the capture's */

/* Probes the allocators of the files that the program will map. 0 or -errno, reported: nothing can
 * be probed here. */
int allocators_foresee(struct allocators *a, const char *program);

/* The same for a file that is mapped; the descriptor stays the caller's. */
void allocators_meet(struct allocators *a, int fd);

struct allocator_counts {
	uint64_t files, probes;
	uint64_t late_files;   /* that were in use already when they were met */
	uint64_t failed_files; /* whose probes the kernel refused */
};
const struct allocator_counts *allocators_counts(const struct allocators *a);

#endif

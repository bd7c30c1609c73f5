/* SPDX-License-Identifier: MIT */
/*
 * What watching costs: processor time that the BPF programs take within the processes, and that of
 * prof itself.
 *
 * The kernel can time its programs, but that costs time of its own, for each run of each of them.
 * So it does so for a tenth of the time, and that stands for the rest. What a tracepoint costs
 * before it gets to a program is not in it.
 */
#ifndef PROF_CAPTURE_OVERHEAD_H
#define PROF_CAPTURE_OVERHEAD_H

#include "capture/capture.h"

struct overhead {
	int timing;           /* open while the kernel times; -1 */
	bool is_unknown;      /* the kernel does not, for want of privileges */
	uint64_t changed_ns;  /* when it began, or left off, last */
	uint64_t measured_ns; /* how long it has, before that */
};

void overhead_begin(struct overhead *o, uint64_t now_ns);
/* Now and then. */
void overhead_round(struct overhead *o, uint64_t now_ns);
/* For good. */
void overhead_end(struct overhead *o, uint64_t now_ns);

/* Of the programs, over `wall_ns`, after the end. False: it is not known. */
bool overhead_of_programs(const struct overhead *o, struct capture *c, uint64_t wall_ns,
			  uint64_t *out_ns);
/* Of this process, up to now. */
uint64_t overhead_of_prof(void);

#endif

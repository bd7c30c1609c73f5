/* SPDX-License-Identifier: MIT */
/*
 * Which frames of a stack that was taken in the kernel belong to the event, and which to the
 * taking.
 *
 * A fault's own frames begin behind the instruction that faulted, which the event names. Those of a
 * system call begin behind the outermost function that only tracepoints and BPF programs have: how
 * many there are above it depends on the kernel's version and configuration, their names do not.
 */
#ifndef PROF_CORRELATE_KERNEL_FRAMES_H
#define PROF_CORRELATE_KERNEL_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "event.h"

/* Asks for the name of a kernel address; false where there is none. */
typedef bool kernel_namer(void *arg, uint64_t address, struct kernel_symbol *out);

struct kernel_function {
	uint64_t address;
	bool is_tracing;
};

struct kernel_frames {
	kernel_namer *name;
	void *arg;
	VEC(struct kernel_function) known; /* what was asked before */
};

void kernel_frames_fini(struct kernel_frames *k);

/* How many of the innermost frames are to be left out. `fault_ip`: 0 if it is no fault. */
uint32_t kernel_frames_cut(struct kernel_frames *k, const uint64_t *frames, uint32_t nr_frames,
			   uint64_t fault_ip);

#endif

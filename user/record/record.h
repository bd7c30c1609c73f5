/* SPDX-License-Identifier: MIT */
/*
 * One recording from start to end: launch the command, carry its events into a file, finish it.
 */
#ifndef PROF_RECORD_H
#define PROF_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/syscalls.h"
#include "record/session.h"

/* Which events carry their stacks. */
enum stack_choice {
	STACKS_NONE,
	STACKS_MEMORY, /* system calls that manage memory */
	STACKS_FAULTS, /* those, and page faults */
	STACKS_ALL,
	NR_STACK_CHOICES
};
extern const char *const stack_choice_names[NR_STACK_CHOICES + 1]; /* ends with NULL */

struct record_options {
	const char *output; /* path of the recording */
	bool faults, syscalls, allocs, symbols;
	enum stack_choice stacks;
	bool kernel_stacks;   /* the kernel's part of them, too */
	bool chosen_syscalls; /* only those of syscall_set */
	struct syscall_set syscall_set;
	const char *trace;     /* what the set was asked for with */
	bool arguments;        /* also what lies in memory behind those of system calls, */
	uint32_t string_bytes; /* of strings and buffers so much */
	bool as_root;          /* also under sudo */
	bool quiet;
	uint64_t ring_bytes; /* per CPU; 0: the default */
	bool usual_events;   /* none were named: what can be had */
	bool by_ptrace;      /* also where BPF programs could be loaded */
	const char *deep; /* what these calls are given is read while they are stopped; or NULL */
	struct syscall_set deep_set;
	uint64_t limit_ns;            /* recording ends after that time; 0: with the command */
	struct target_choice targets; /* if there are any, they are attached to */
};

/*
 * Records the command `argv` (ends with NULL), or the processes to attach to. Returns prof's exit
 * status: the command's own, 125 to 127 if it did not run, 1 if it ran but its recording could not
 * be kept whole. A command killed by a signal kills prof with the same one. Attached: 0, 125 or 1.
 */
int record_run(const struct record_options *options, char **argv);

#endif

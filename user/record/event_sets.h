/* SPDX-License-Identifier: MIT */
/*
 * From what the user chose to which system calls are recorded, and which of them with their stacks.
 *
 * Where page faults are recorded, so are always the calls that manage memory: who made it, and who
 * gave it back, is half of what there is to say about a fault. Those that were not chosen are kept
 * apart in the recording (BLOCK_MEMORY_CALLS), and no answer about system calls counts them.
 */
#ifndef PROF_RECORD_EVENT_SETS_H
#define PROF_RECORD_EVENT_SETS_H

#include "record/record.h"

struct event_sets {
	bool all_chosen, all_walked; /* beyond what the sets can hold; they mean nothing then */
	struct syscall_set chosen;   /* by the user */
	struct syscall_set recorded; /* chosen, or needed for the faults */
	struct syscall_set walked;   /* with their stacks, if they are recorded */
	bool fault_stacks;
};

struct event_sets event_sets_of(const struct record_options *options);

#endif

// SPDX-License-Identifier: MIT
#include "record/event_sets.h"

#include "base/error.h"

/* process_madvise may take memory from another process; strace has it among those of descriptors.
 */
#define MEMORY_CALLS "%memory,process_madvise"

static struct syscall_set set_of(const char *spec)
{
	struct syscall_set set;

	if (syscall_set_parse(spec, &set))
		BUG("the tables of system calls lack %s", spec);
	return set;
}

struct event_sets event_sets_of(const struct record_options *options)
{
	struct event_sets sets = {
		.all_chosen = options->syscalls && !options->chosen_syscalls,
		.all_walked = options->stacks == STACKS_ALL,
		.walked = set_of(MEMORY_CALLS),
		.fault_stacks = options->faults &&
				(options->stacks == STACKS_ALL || options->stacks == STACKS_FAULTS),
	};

	if (options->syscalls)
		sets.chosen = options->syscall_set;
	sets.recorded = sets.chosen;
	for (size_t i = 0; options->faults && i < NR_SYSCALLS / 64; i++)
		sets.recorded.bits[i] |= sets.walked.bits[i];
	return sets;
}

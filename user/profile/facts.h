/* SPDX-License-Identifier: MIT */
/*
 * What a recording says about its run, in the types that answers need.
 *
 * A recorder that was killed could not write the final counters, so each of them may be unknown,
 * which is not the same as zero.
 */
#ifndef PROF_PROFILE_FACTS_H
#define PROF_PROFILE_FACTS_H

#include "recording/reader.h"

struct known {
	bool is_known;
	uint64_t value;
};

struct known recording_known(const struct recording *r, const char *counter);
uint64_t recording_page_bytes(const struct recording *r);
/* The wall time; of a recording whose end nobody wrote down, from the first event to the last;
 * never 0.
 */
uint64_t recording_run_ns(const struct recording *r);
uint64_t recording_start_ns(const struct recording *r);            /* on the clock of the events */
bool recording_has(const struct recording *r, const char *events); /* "faults", "syscalls" */
/* From here on the decoder knows the system calls that only the recorder knew. */
void recording_teach_syscalls(const struct recording *r);
bool recording_was_attached(const struct recording *r); /* to processes that ran already */

const char *task_comm(const struct recording *r, uint32_t task); /* "[unknown]" if it has none */

/* A wait(2) status as the shell shows it: the exit status, or 128 and the signal. */
int shell_status(int wait_status);
/* "SIGSEGV" for the status of a task that a signal killed, NULL for any other. */
const char *fatal_signal(int wait_status, char buffer[32]);
const char *signal_label(int signal, char buffer[32]);

/* The name of a syscall_key(); `buffer` is for those that have none, and 32-bit ones. */
const char *call_label(uint32_t key, char buffer[32]);

/* Rows could not all be kept: the stream dropped some, or a part of the file is damaged. */
bool recording_lacks_syscalls(const struct recording *r);

/* What was lost, from the counters lost.EVENTS.REASON. */
struct loss {
	const char *name;   /* EVENTS.REASON */
	const char *reason; /* within name */
	size_t events_size; /* of EVENTS */
	uint64_t lost;
};
struct losses {
	uint64_t total;
	VEC(struct loss) items; /* those that are not zero */
};
void losses_of(const struct recording *r, struct losses *out);
void losses_fini(struct losses *losses);
uint64_t losses_sum(const struct losses *losses, const char *events);
uint64_t recording_lost_syscalls(const struct recording *r); /* that no row tells of */

#endif

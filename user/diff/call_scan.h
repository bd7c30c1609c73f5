/* SPDX-License-Identifier: MIT */
/*
 * One pass over the system calls for what their summaries do not tell: from which stack each was
 * made, how many bytes it moved, and how its time was spread over the run.
 *
 * Times of calls depend on those just before them, so an interval for their sum must keep
 * neighbours together: the run is cut into CALL_SLOTS parts of equally many rows, which a block
 * bootstrap draws from.
 */
#ifndef PROF_DIFF_CALL_SCAN_H
#define PROF_DIFF_CALL_SCAN_H

#include "profile/pair_map.h"
#include "recording/reader.h"

#define CALL_SLOTS 64

/* Calls that mostly wait for somebody else: neither their number nor their time is their own. */
bool call_waits(uint32_t key);
/* Calls that whoever traces the program has put into it: they are left out of comparisons. */
bool call_is_tracers(uint32_t key);

struct stack_calls {
	uint32_t key, stack; /* syscall_key(); id of a stack */
	uint64_t calls, errors, ns, bytes;
};

struct call_slots {
	uint64_t ns[CALL_SLOTS], calls[CALL_SLOTS];
};

struct call_scan {
	struct pair_map numbers; /* (key, stack) */
	VEC(struct stack_calls) places;
	struct pair_map keys;
	VEC(struct call_slots) slots; /* by number of the key */
	struct call_slots all;
};

void call_scan_take(struct recording *r, struct call_scan *out);
void call_scan_fini(struct call_scan *scan);

#endif

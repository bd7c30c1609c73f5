/* SPDX-License-Identifier: MIT */
/*
 * One pass over the system calls for what their summaries do not tell: from which stack each was
 * made, and so by which function, how many bytes it moved, and how its time was spread.
 *
 * Times of calls depend on those just before them, so an interval for their sum must keep
 * neighbours together: the run is cut into CALL_SLOTS parts of equally many rows, which a block
 * bootstrap draws from.
 */
#ifndef PROF_DIFF_CALL_SCAN_H
#define PROF_DIFF_CALL_SCAN_H

#include "profile/names.h"
#include "profile/pair_map.h"
#include "recording/reader.h"
#include "stats/spread.h"

#define CALL_SLOTS 64

/* Calls that mostly wait for somebody else: neither their number nor their time is their own. */
bool call_waits(uint32_t key);
/* Calls that whoever traces the program has put into it: they are left out of comparisons. */
bool call_is_tracers(uint32_t key);

struct call_amounts {
	uint64_t calls, errors, ns, bytes;
};

struct stack_calls {
	uint32_t key, stack; /* syscall_key(); id of a stack */
	uint32_t site;
	bool moves_bytes;
	struct call_amounts amounts;
};

/* All stacks on which the same function of the program makes a call. */
struct call_site {
	uint32_t key, function; /* an id in function_names; 0: nobody's */
	struct call_amounts amounts;
	struct spread times;
};

struct call_slots {
	uint64_t ns[CALL_SLOTS];
};

struct call_scan {
	struct pair_map numbers; /* (key, stack) */
	VEC(struct stack_calls) places;
	struct names function_names;
	uint32_t *stack_functions;    /* by id of a stack: an id in function_names + 1 */
	struct pair_map site_numbers; /* (key, function) */
	VEC(struct call_site) sites;
	struct pair_map keys;
	VEC(struct call_slots) slots; /* by number of the key */
	struct call_slots all;
};

void call_amounts_add(struct call_amounts *sum, const struct call_amounts *more);

void call_scan_take(struct recording *r, struct call_scan *out);
void call_scan_fini(struct call_scan *scan);

const char *call_site_function(const struct call_scan *scan, const struct call_site *site);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What each place that makes memory, or gives it back, amounts to: calls, time, and growth.
 *
 * Growth is that of usable private memory without a file behind it (heaps and mapped blocks), by
 * the call that owns it: what is only reserved does not count before it may be touched, and what a
 * child gets by fork stays its parent's. How much was there at the same time can only be told of
 * what is counted together, so calls from stacks that people cannot tell apart are one place.
 */
#ifndef PROF_MEMORY_CALL_TOTALS_H
#define PROF_MEMORY_CALL_TOTALS_H

#include <stdint.h>

#include "base/vec.h"
#include "recording/idmap.h"

struct call_totals {
	uint64_t calls, thread_calls; /* that succeeded; of those, by others than a main thread */
	uint64_t duration_ns;
	uint64_t asked_bytes;            /* the sizes that its arguments tell */
	uint64_t added_bytes;            /* that it made usable */
	uint64_t kept_bytes;             /* of those, not given back before their process ended */
	uint64_t live_bytes, most_bytes; /* there at the same time: now, and at most */
};

/* What calls have in common that are told as one. */
struct call_place {
	uint32_t nr, detail; /* as in struct memory_call */
	uint32_t place;      /* in code */
};

/* By place; each call has one. */
struct call_totals_table {
	VEC(struct call_totals) rows;
	VEC(struct call_place) places;
	struct idmap ids;
	VEC(uint32_t) place_of_call;
};

void call_totals_fini(struct call_totals_table *table);
/* Of a new call. */
void call_totals_place(struct call_totals_table *table, uint32_t call,
		       const struct call_place *place);
struct call_totals *call_totals_at(struct call_totals_table *table, uint32_t call);
void call_totals_grow(struct call_totals_table *table, uint32_t call, uint64_t bytes);
void call_totals_shrink(struct call_totals_table *table, uint32_t call, uint64_t bytes,
			uint32_t returner);

#endif

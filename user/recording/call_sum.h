/* SPDX-License-Identifier: MIT */
/*
 * What a whole file holds of system calls, by call: the summaries of its blocks, added up while it
 * is written. So a summary of any number of events takes no more reading than one of a few.
 */
#ifndef PROF_RECORDING_CALL_SUM_H
#define PROF_RECORDING_CALL_SUM_H

#include "base/vec.h"
#include "recording/summary.h"

struct call_sum {
	VEC(struct key_summary) keys; /* ascending; their buckets are the sum's own */
	size_t nr_buckets;            /* of all of them */
	bool is_too_large;            /* of more calls than any program makes: given up */
};

void call_sum_fini(struct call_sum *sum);

/* Adds a block's summary, the payload of its BLOCK chunk. */
void call_sum_add(struct call_sum *sum, const struct bytes *payload);

/* Appends the payload of a CALL_SUMMARY chunk; nothing if there is none. */
void call_sum_put(const struct call_sum *sum, struct bytes *out);

/* Reads such a payload into *keys, what they point to into the arena; false when it is malformed.
 */
bool call_sum_take(struct cursor *in, struct arena *arena, struct key_summary **keys, uint32_t *nr);

#define CALL_SUM_KEYS    4096U
#define CALL_SUM_BUCKETS (1U << 21)

#endif

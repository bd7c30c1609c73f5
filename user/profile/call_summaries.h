/* SPDX-License-Identifier: MIT */
/*
 * What the blocks' footers say of system calls, call by call, without reading a row; or what the
 * file says of all blocks, where it was opened for that alone.
 *
 *     struct call_summaries s;
 *     struct call_summary of;
 *
 *     call_summaries_init(&s, r);
 *     while (call_summaries_next(&s, &of))
 *             for (size_t i = 0; i < of.nr; i++)
 *                     use(of.items[i]);
 *     call_summaries_fini(&s);
 */
#ifndef PROF_PROFILE_CALL_SUMMARIES_H
#define PROF_PROFILE_CALL_SUMMARIES_H

#include "recording/reader.h"
#include "stats/histogram.h"

struct call_summaries {
	VEC(const struct key_summary *) items; /* by key */
	size_t at;
};

struct call_summary {
	uint32_t key;                           /* syscall_key() */
	const struct key_summary *const *items; /* one of each block that has it, or of all */
	size_t nr;
};

void call_summaries_init(struct call_summaries *s, const struct recording *r);
void call_summaries_fini(struct call_summaries *s);

/* The next call, keys ascending; false after the last. */
bool call_summaries_next(struct call_summaries *s, struct call_summary *out);

/* Adds the call's durations to a histogram of SUMMARY_BITS. */
void call_summary_add(const struct call_summary *of, struct histogram *durations);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * From which duration on a call is one of the slowest of its name.
 *
 * What the slowest cost is the time beyond that: so a graph of it shows where time is lost, and not
 * where the most calls are.
 */
#ifndef PROF_PROFILE_CALL_TAIL_H
#define PROF_PROFILE_CALL_TAIL_H

#include "recording/reader.h"

struct tail_start {
	uint32_t key;
	uint64_t from_ns; /* the quantile, to within the bucket of a summary: 0.1 % below it */
};

struct call_tail {
	VEC(struct tail_start) starts; /* by key */
};

/* `ppm`: the quantile, 990000 is p99. */
void call_tail_build(const struct recording *r, unsigned int ppm, struct call_tail *out);
void call_tail_fini(struct call_tail *tail);

/* How much longer than that a call took; 0: it is not one of the slowest. */
uint64_t call_tail_excess_ns(const struct call_tail *tail, uint32_t key, uint64_t duration_ns);

/* Parses "p99", "p99.9": 0, or -EINVAL, reported. */
int call_tail_parse(const char *word, unsigned int *ppm);

#endif

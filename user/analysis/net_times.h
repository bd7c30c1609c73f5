/* SPDX-License-Identifier: MIT */
/*
 * The durations of calls without the time in which others had the processor.
 *
 * On a busy machine a call may take a thousand times as long as usual for no reason of its own: it
 * could go on, but has no processor. The kernel knows how long that was. The blocks' summaries hold
 * whole durations; here is by how much their histograms have to change.
 */
#ifndef PROF_ANALYSIS_NET_TIMES_H
#define PROF_ANALYSIS_NET_TIMES_H

#include "profile/pair_map.h"
#include "recording/reader.h"
#include "stats/histogram.h"

struct net_times {
	struct pair_map buckets; /* of key and bucket */
	VEC(int64_t) changes;    /* of their counts */
};

static inline uint64_t net_ns(uint64_t duration_ns, uint64_t ready_ns)
{
	return duration_ns - (ready_ns < duration_ns ? ready_ns : duration_ns);
}

void net_times_init(struct net_times *n, struct recording *r);
void net_times_fini(struct net_times *n);

/* `h` of SUMMARY_BITS holds the durations of the calls with that key: now it holds the net ones. */
void net_times_apply(const struct net_times *n, uint32_t key, struct histogram *h);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The faults that one pattern may explain, added up: how many, whose, and in what kind of regions.
 */
#ifndef PROF_ADVICE_GROUP_H
#define PROF_ADVICE_GROUP_H

#include "advice/situation.h"

struct share {
	uint32_t id;
	uint64_t pages;
};

struct shares {
	VEC(struct share) items; /* the largest first, once finished */
};

struct group {
	const struct situation *s;
	const char *text; /* what it is grouped by; "" where that is nothing */
	VEC(uint32_t) flows;

	uint64_t faults, service_ns, bytes;
	uint64_t refaults, copied, in_threads;
	struct shares owners, returners, tasks; /* of the flows, small ones left out */
	struct shares touchers;                 /* ids are flows that stand for theirs */

	/* Of regions that the owners made. */
	uint64_t regions, returned, region_bytes, least_bytes, most_bytes, median_ns;
	uint32_t size_classes, region_returner;
	uint64_t added_bytes, peak_bytes, calls; /* of the owners */
};

void group_add(struct group *g, const struct situation *s, uint32_t flow);
void group_finish(struct group *g);
void group_fini(struct group *g);

const struct site *group_owner(const struct group *g);    /* sites[0]: nobody */
const struct site *group_returner(const struct group *g); /* of the faults, else of the regions */
const struct flow *group_toucher(const struct group *g);

/* Faults that reusing the memory would save, by how much more was made than was ever there. */
uint64_t group_churn(const struct group *g);
uint64_t group_faults(const struct group *g);
uint64_t group_refaults(const struct group *g);
/* Regions made again and again, and given back before the next ones. */
bool group_is_churn(const struct group *g);

#endif

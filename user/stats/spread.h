/* SPDX-License-Identifier: MIT */
/*
 * How the values of one of very many groups are spread, in no more room than that takes.
 *
 * Few values are kept as they are, and have exact quantiles. More than SPREAD_VALUES become a
 * log-linear histogram, of which each octave comes into being with the first value that falls into
 * it: then a quantile is off by at most 2^-(SPREAD_BITS + 1), 0.4 %. Spreads add.
 */
#ifndef PROF_STATS_SPREAD_H
#define PROF_STATS_SPREAD_H

#include <stdint.h>

#define SPREAD_VALUES 512
#define SPREAD_BITS   7

/* A zeroed spread is an empty one. */
struct spread {
	uint64_t total;
	uint64_t *values; /* while there are few */
	uint32_t room;    /* for values */
	uint64_t **octaves;
};

void spread_fini(struct spread *s);
void spread_add(struct spread *s, uint64_t value);
void spread_merge(struct spread *into, const struct spread *from);

/* By nearest rank; 0 of no values. */
uint64_t spread_quantile(const struct spread *s, unsigned int ppm);

#endif

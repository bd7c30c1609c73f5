/* SPDX-License-Identifier: MIT */
/*
 * The modes of a distribution of latencies: the optimal clusters of its histogram on a log scale.
 *
 * Each mode is a stretch of the scale that is taken to be normal there, with a spread of its own.
 * Of all segmentations the one is found that makes the data, and which mode each of them belongs
 * to, the most likely (the classification likelihood: Biernacki, Celeux, Govaert, IEEE Trans. PAMI
 * 22, 2000). Cutting one normal hump in two does not pay by that measure. What is cut where there
 * is no valley, as the long tail of a skewed distribution is, becomes one again: a mode is a hump
 * that anybody sees.
 */
#ifndef PROF_STATS_MODES_H
#define PROF_STATS_MODES_H

#include "stats/histogram.h"

#define MODES_MAX 9

struct mode {
	uint64_t low, last; /* every value between lies in this mode */
	uint64_t count;
	uint64_t middle; /* the median of the mode, to within its bucket */
	uint64_t sum;    /* of its values, from the middles of buckets; saturated */
};

/* Returns the number of modes, least values first; 0 of an empty histogram. */
unsigned int modes_find(const struct histogram *h, struct mode out[MODES_MAX]);

#endif

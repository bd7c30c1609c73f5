// SPDX-License-Identifier: MIT
/*
 * Counts values into the buckets of a log-linear histogram.
 *
 * Neighbours go to different tables, so that equal ones do not wait for each other's increments.
 * This is as fast as the increments are: computing the indexes in vectors gains nothing.
 */
#include "stats/kernels/kernels.h"

/* loglinear_index() of HISTOGRAM_BITS, without its branch. */
lane_inline uint32_t index_of(uint64_t value)
{
	uint32_t shift =
		63 - HISTOGRAM_BITS - (uint32_t)__builtin_clzll(value | 1ULL << HISTOGRAM_BITS);

	return (shift << HISTOGRAM_BITS) + (uint32_t)(value >> shift);
}

void KERNEL(count)(const uint64_t *values, size_t nr, uint32_t (*tables)[COUNT_BUCKETS])
{
	size_t i = 0;

	for (; i + COUNT_TABLES <= nr; i += COUNT_TABLES) {
		for (size_t t = 0; t < COUNT_TABLES; t++)
			tables[t][index_of(values[i + t])]++;
	}
	for (; i < nr; i++)
		tables[0][index_of(values[i])]++;
}

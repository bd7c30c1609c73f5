// SPDX-License-Identifier: MIT
/*
 * Counts values into the buckets of a log-linear histogram.
 *
 * This is as fast as the increments are: computing indexes in vectors gains nothing. One table
 * only: as it is, that of latencies hardly fits the first-level cache, which a second one costs
 * more than it saves in waiting for the increment of an equal value.
 */
#include "stats/kernels/kernels.h"

#define UNROLL 8

/* loglinear_index() of HISTOGRAM_BITS, without its branch. */
lane_inline uint32_t index_of(uint64_t value)
{
	const uint32_t shift =
		63 - HISTOGRAM_BITS - (uint32_t)__builtin_clzll(value | 1ULL << HISTOGRAM_BITS);

	return (shift << HISTOGRAM_BITS) + (uint32_t)(value >> shift);
}

void KERNEL(count)(const uint64_t *values, size_t nr, uint32_t table[COUNT_BUCKETS])
{
	size_t i = 0;

	for (; i + UNROLL <= nr; i += UNROLL) {
		for (int u = 0; u < UNROLL; u++)
			table[index_of(values[i + u])]++;
	}
	for (; i < nr; i++)
		table[index_of(values[i])]++;
}

// SPDX-License-Identifier: MIT
/*
 * Counts values into the buckets of a log-linear histogram.
 *
 * Indexes of a tile are computed in vectors, and then counted one by one, which takes as long as
 * the increments do. One table only: as it is, that of latencies hardly fits the first-level cache,
 * which a second one costs more than it saves in waiting for the increment of an equal value.
 */
#include "stats/kernels/kernels.h"

#define TILE 256 /* values */

/* loglinear_index() of HISTOGRAM_BITS, without its branch. */
lane_inline u64_lanes index_of(u64_lanes v)
{
	const u64_lanes zeros = u64_leading_zeros(u64_or(v, u64_all(1ULL << HISTOGRAM_BITS)));
	const u64_lanes shift = u64_sub(u64_all(63 - HISTOGRAM_BITS), zeros);

	return u64_add(u64_left(shift, HISTOGRAM_BITS), u64_right_by(v, shift));
}

void KERNEL(count)(const uint64_t *values, size_t nr, uint64_t base, uint32_t table[COUNT_BUCKETS])
{
	uint32_t indexes[TILE], index[U64_LANES];
	uint64_t rest[U64_LANES];
	const u64_lanes bases = u64_all(base);
	size_t i = 0;

	for (; i + TILE <= nr; i += TILE) {
		for (int t = 0; t < TILE; t += U64_LANES)
			u64_store_low(indexes + t,
				      index_of(u64_sub(u64_load(values + i + t), bases)));
		for (int t = 0; t < TILE; t++)
			table[indexes[t]]++;
	}
	for (; i < nr; i++) {
		for (int l = 0; l < U64_LANES; l++)
			rest[l] = values[i];
		u64_store_low(index, index_of(u64_sub(u64_load(rest), bases)));
		table[index[0]]++;
	}
}

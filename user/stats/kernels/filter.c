// SPDX-License-Identifier: MIT
/*
 * Picks the values that lie in any of a few intervals, and counts those below a few limits.
 *
 * Most values lie in none, so four vectors are tested before anything is stored. An interval costs
 * a subtraction and an unsigned comparison, whatever its bounds.
 */
#include "stats/kernels/kernels.h"

#define UNROLL 4
#define LIMITS 4

lane_inline unsigned int in_spans(u64_lanes v, const u64_lanes *low, const u64_lanes *width,
				  unsigned int nr)
{
	unsigned int mask = 0;

	for (unsigned int s = 0; s < nr; s++)
		mask |= u64_is_at_most(u64_sub(v, low[s]), width[s]);
	return mask;
}

lane_inline bool in_spans_scalar(uint64_t v, const struct span *spans, unsigned int nr)
{
	bool is_in = false;

	for (unsigned int s = 0; s < nr; s++)
		is_in |= v - spans[s].low <= spans[s].last - spans[s].low;
	return is_in;
}

/* Compiled for each constant `nr`, which keeps the intervals in registers. */
lane_inline size_t filter(const uint64_t *values, size_t nr_values, const struct span *spans,
			  unsigned int nr, uint64_t *out)
{
	u64_lanes low[SPANS_MAX], width[SPANS_MAX], v[UNROLL];
	uint64_t *to = out;
	size_t i = 0;

	for (unsigned int s = 0; s < nr; s++) {
		low[s] = u64_all(spans[s].low);
		width[s] = u64_all(spans[s].last - spans[s].low);
	}
	for (; i + UNROLL * U64_LANES <= nr_values; i += UNROLL * U64_LANES) {
		unsigned int mask[UNROLL], any = 0;

		for (int u = 0; u < UNROLL; u++) {
			v[u] = u64_load(values + i + u * U64_LANES);
			mask[u] = in_spans(v[u], low, width, nr);
			any |= mask[u];
		}
		for (int u = 0; any && u < UNROLL; u++)
			to += u64_compress(to, mask[u], v[u]);
	}
	for (; i < nr_values; i++) {
		*to = values[i];
		to += in_spans_scalar(values[i], spans, nr);
	}
	return (size_t)(to - out);
}

size_t KERNEL(filter)(const uint64_t *values, size_t nr_values, const struct span *spans,
		      unsigned int nr, uint64_t *out)
{
	switch (nr) {
	case 0:
		return 0;
	case 1:
		return filter(values, nr_values, spans, 1, out);
	case 2:
		return filter(values, nr_values, spans, 2, out);
	case 3:
		return filter(values, nr_values, spans, 3, out);
	case 4:
		return filter(values, nr_values, spans, 4, out);
	case 5:
		return filter(values, nr_values, spans, 5, out);
	case 6:
		return filter(values, nr_values, spans, 6, out);
	case 7:
		return filter(values, nr_values, spans, 7, out);
	default:
		return filter(values, nr_values, spans, SPANS_MAX, out);
	}
}

/* As many limits at a time as leave room for their counts in registers. */
lane_inline void below(const uint64_t *values, size_t nr_values, const uint64_t *limits,
		       unsigned int nr, uint64_t *counts)
{
	u64_lanes limit[LIMITS], count[LIMITS][2];
	uint64_t lanes[U64_LANES];
	size_t i = 0;

	for (unsigned int l = 0; l < nr; l++) {
		limit[l] = u64_all(limits[l]);
		count[l][0] = count[l][1] = u64_all(0);
	}
	for (; i + 2 * U64_LANES <= nr_values; i += 2 * U64_LANES) {
		const u64_lanes v[2] = {u64_load(values + i), u64_load(values + i + U64_LANES)};

		for (unsigned int l = 0; l < nr; l++) {
			count[l][0] = u64_count_less(count[l][0], v[0], limit[l]);
			count[l][1] = u64_count_less(count[l][1], v[1], limit[l]);
		}
	}
	for (unsigned int l = 0; l < nr; l++) {
		u64_store(lanes, u64_add(count[l][0], count[l][1]));
		for (int lane = 0; lane < U64_LANES; lane++)
			counts[l] += lanes[lane];
		for (size_t rest = i; rest < nr_values; rest++)
			counts[l] += values[rest] < limits[l];
	}
}

void KERNEL(below)(const uint64_t *values, size_t nr_values, const uint64_t *limits,
		   unsigned int nr, uint64_t *counts)
{
	for (; nr >= LIMITS; nr -= LIMITS, limits += LIMITS, counts += LIMITS)
		below(values, nr_values, limits, LIMITS, counts);
	if (nr >= 2) {
		below(values, nr_values, limits, 2, counts);
		nr -= 2, limits += 2, counts += 2;
	}
	if (nr)
		below(values, nr_values, limits, 1, counts);
}

// SPDX-License-Identifier: MIT
/*
 * Exact sums of values and of their squares.
 *
 * A value below 2^52 is high * 2^26 + low; of up to SUMS_VALUES values, each of the three kinds of
 * products then sums up within 64 bits. Integers know no rounding, so neither the number of lanes
 * nor the order matters.
 */
#include "stats/kernels/kernels.h"

struct lane_sums {
	u64_lanes all, min, max, sum, low, cross, high;
};

lane_inline void add(struct lane_sums *s, u64_lanes v)
{
	const u64_lanes low = u64_and(v, u64_all((1ULL << SUMS_SPLIT) - 1));
	const u64_lanes high = u64_right(v, SUMS_SPLIT);

	s->all = u64_or(s->all, v);
	s->min = u64_min(s->min, v);
	s->max = u64_max(s->max, v);
	s->sum = u64_add(s->sum, v);
	s->low = u64_add(s->low, u64_product(low, low));
	s->cross = u64_add(s->cross, u64_product(low, high));
	s->high = u64_add(s->high, u64_product(high, high));
}

static uint64_t sum_of(u64_lanes v)
{
	uint64_t lanes[U64_LANES], sum = 0;

	u64_store(lanes, v);
	for (int l = 0; l < U64_LANES; l++)
		sum += lanes[l];
	return sum;
}

static void merge_one(struct sums *out, uint64_t v)
{
	const uint64_t low = v & ((1ULL << SUMS_SPLIT) - 1), high = v >> SUMS_SPLIT;

	out->all |= v;
	out->min = v < out->min ? v : out->min;
	out->max = v > out->max ? v : out->max;
	out->sum += v;
	out->low += low * low;
	out->cross += low * high;
	out->high += high * high;
}

static void merge_lanes(const struct lane_sums *s, struct sums *out)
{
	uint64_t all[U64_LANES], min[U64_LANES], max[U64_LANES];

	u64_store(all, s->all);
	u64_store(min, s->min);
	u64_store(max, s->max);
	for (int l = 0; l < U64_LANES; l++) {
		out->all |= all[l];
		out->min = min[l] < out->min ? min[l] : out->min;
		out->max = max[l] > out->max ? max[l] : out->max;
	}
	out->sum += sum_of(s->sum);
	out->low += sum_of(s->low);
	out->cross += sum_of(s->cross);
	out->high += sum_of(s->high);
}

bool KERNEL(sums)(const uint64_t *values, size_t nr, struct sums *out)
{
	const u64_lanes zero = u64_all(0);
	struct lane_sums s[2];
	size_t i = 0;

	for (int u = 0; u < 2; u++)
		s[u] = (struct lane_sums){zero, u64_all(INT64_MAX), zero, zero, zero, zero, zero};
	*out = (struct sums){.min = UINT64_MAX};
	for (; i + 2 * U64_LANES <= nr; i += 2 * U64_LANES) {
		for (int u = 0; u < 2; u++)
			add(&s[u], u64_load(values + i + u * U64_LANES));
	}
	if (i) {
		merge_lanes(&s[0], out);
		merge_lanes(&s[1], out);
	}
	for (; i < nr; i++)
		merge_one(out, values[i]);
	return out->all >> (2 * SUMS_SPLIT) == 0;
}

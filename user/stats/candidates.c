// SPDX-License-Identifier: MIT
#include "stats/candidates.h"

#include "base/error.h"

#define CELL_BITS 11
#define FEW       24 /* sorted by insertion */

static uint64_t select_few(uint64_t *values, size_t nr, uint64_t rank)
{
	for (size_t i = 1; i < nr; i++) {
		const uint64_t value = values[i];
		size_t at = i;

		for (; at && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
	return values[rank - 1];
}

static int cell_shift(struct span span)
{
	const int bits = span.last > span.low ? 64 - __builtin_clzll(span.last - span.low) : 0;

	return bits > CELL_BITS ? bits - CELL_BITS : 0;
}

/* The cell that holds the rank, as an interval; the rank becomes one among its values. */
static struct span cell_of(const uint64_t *values, size_t nr, struct span span, uint64_t *rank)
{
	const int shift = cell_shift(span);
	uint32_t counts[1 << CELL_BITS] = {0};
	uint64_t cell = 0, low;

	for (size_t i = 0; i < nr; i++)
		counts[(values[i] - span.low) >> shift]++;
	for (; *rank > counts[cell]; cell++)
		*rank -= counts[cell];
	low = span.low + (cell << shift);
	if ((span.last - low) >> shift)
		span.last = low + ((1ULL << shift) - 1);
	span.low = low;
	return span;
}

uint64_t candidates_select(uint64_t *values, size_t nr, uint64_t rank, struct span span)
{
	if (!rank || rank > nr || nr > UINT32_MAX)
		BUG("rank %llu of %zu", (unsigned long long)rank, nr);
	while (nr > FEW && span.low < span.last) {
		span = cell_of(values, nr, span, &rank);
		nr = kernels()->filter(values, nr, &span, 1, values);
	}
	return span.low == span.last ? span.low : select_few(values, nr, rank);
}

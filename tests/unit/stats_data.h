/* SPDX-License-Identifier: MIT */
/*
 * Columns of the kinds that selection and sums must cope with, beside their sorted selves.
 */
#ifndef PROF_TESTS_STATS_DATA_H
#define PROF_TESTS_STATS_DATA_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stats/random.h"

struct column {
	size_t nr;
	uint64_t *values, *sorted;
};

/* Latencies of a few orders of magnitude: a fast path, a slow one, and rare sleeps. */
static inline uint64_t mixed_latency(uint64_t i)
{
	const uint64_t r = random_at(1, i), part = r % 1000;
	const uint64_t scale = part < 700 ? 400 : part < 950 ? 3000 : part < 999 ? 80000 : 10000000;

	return scale + (random_at(2, i) % scale) * (random_at(3, i) % 1024) / 512;
}

static inline uint64_t value_of_kind(int kind, uint64_t i, size_t nr)
{
	const uint64_t r = random_at(77, i), top = 1ULL << 63;

	switch (kind) {
	case 0:
		return mixed_latency(i);
	case 1:
		return r; /* of all magnitudes that uniform numbers have */
	case 2:
		return r >> (i % 64); /* of all */
	case 3:
		return 123456789012345 + (r % 8) * 1000; /* eight values, in one bucket */
	case 4:
		return 1000000007;
	case 5:
		return UINT64_MAX;
	case 6:
		return i * 1000;
	case 7:
		return (nr - i) * 1000;
	case 8:
		return top + (r % 1000 ? i & 1 : r % (top / 4)); /* neighbours, and what is far */
	case 9:
		return r % 3 ? UINT64_MAX - r % 2 : 0;
	case 10:
		return top + (1ULL << (r % 50)); /* geometric gaps within a bucket */
	case 11:
		return top + (r >> 14); /* all in one bucket, none twice */
	case 12:
		return top + (i & 1 ? 12345678 : r >> 14); /* half of them one value */
	case 13:
		return 10000000 + r % 10001 - 5000; /* sleeps of 10 ms, in two buckets */
	default:
		return 0;
	}
}
#define NR_COLUMN_KINDS 15

/* Of the standard normal distribution (Box and Muller) */
static inline double normal_at(uint64_t key, uint64_t i)
{
	const double radius = sqrt(-2 * log(1 - random_unit(key, 2 * i)));

	return radius * cos(2 * M_PI * random_unit(key, 2 * i + 1));
}

static inline int compare_values(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static inline struct column column_make(int kind, size_t nr)
{
	struct column c = {
		.nr = nr,
		.values = (uint64_t *)xcalloc(nr + 1, sizeof(uint64_t)),
		.sorted = (uint64_t *)xcalloc(nr + 1, sizeof(uint64_t)),
	};

	for (size_t i = 0; i < nr; i++)
		c.values[i] = value_of_kind(kind, i, nr);
	memcpy(c.sorted, c.values, nr * sizeof *c.values);
	qsort(c.sorted, nr, sizeof *c.sorted, compare_values);
	return c;
}

static inline void column_free(struct column *c)
{
	free(c->values);
	free(c->sorted);
}

#endif

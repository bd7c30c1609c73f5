/* SPDX-License-Identifier: MIT */
/*
 * Random numbers that depend on nothing but a key and a counter.
 *
 * Whoever wants the i-th number of a stream asks for it: there is no state that an order of calls
 * or a number of threads could change. The mixer is that of SplitMix64 (Steele, Lea, Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014), once over the key and once over the
 * sum.
 */
#ifndef PROF_STATS_RANDOM_H
#define PROF_STATS_RANDOM_H

#include <stdint.h>

static inline uint64_t random_mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static inline uint64_t random_at(uint64_t key, uint64_t index)
{
	return random_mix(random_mix(key + 0x9e3779b97f4a7c15) + index * 0x9e3779b97f4a7c15);
}

/* Below `bound`; the bias is less than bound / 2^64. */
static inline uint64_t random_below(uint64_t key, uint64_t index, uint64_t bound)
{
	return (uint64_t)((unsigned __int128)random_at(key, index) * bound >> 64);
}

/* In [0, 1), a multiple of 2^-53 */
static inline double random_unit(uint64_t key, uint64_t index)
{
	return (double)(random_at(key, index) >> 11) * 0x1p-53;
}

#endif

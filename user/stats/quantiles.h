/* SPDX-License-Identifier: MIT */
/*
 * Exact quantiles by nearest rank, without sorting and without holding the values.
 *
 * A search starts from the histogram bucket that holds the wanted rank. One pass over the data
 * counts the values of that interval in at most SEARCH_CELLS equal cells; the cell that holds the
 * rank is the next, narrower interval. A bucket of nanoseconds below two milliseconds takes one
 * pass, below nine seconds two.
 */
#ifndef PROF_STATS_QUANTILES_H
#define PROF_STATS_QUANTILES_H

#include <stdbool.h>
#include <stdint.h>

#define SEARCH_CELLS 4096

#define QUANTILE_PPM 1000000 /* a quantile in parts per million: 999000 is p99.9 */

/* The rank (1..count) of the smallest value that `percent` of `count` values do not exceed. */
uint64_t quantile_rank(uint64_t count, unsigned int percent);
uint64_t quantile_rank_ppm(uint64_t count, unsigned int ppm);

/* May a quantile be told of so many values? As with other tools of this kind: p50 from 3, p90 from
 * 10, p99 from 100 on, so that one value may lie beyond it. */
bool quantile_is_told(uint64_t count, unsigned int ppm);

/*
 * The ranks between whose values the quantile of what was sampled lies with 95 % confidence,
 * whatever the distribution (Hahn and Meeker, "Statistical Intervals", 1991, chapter 5), if values
 * come independently. False when `count` is too small to say it: p99 takes 368, p99.9 3688.
 */
bool quantile_interval(uint64_t count, unsigned int ppm, uint64_t *low, uint64_t *high);

/*
 * The quantile by linear interpolation, as numpy and R (type 7) have it by default, is that of two
 * neighbours: of *rank and the next one, which gets the weight returned, 0 to below 1.
 */
double quantile_interpolation(uint64_t count, unsigned int ppm, uint64_t *rank);

struct search {
	uint64_t low, width; /* the value lies in [low, low + width); width is a power of two */
	uint64_t rank;       /* among the values of that interval, from 1 */
	uint32_t shift;      /* log2 of a cell's width */
	uint64_t *cells;     /* NULL once the value is known to be `low` */
};

void search_init(struct search *s, uint64_t low, uint64_t width, uint64_t rank);
void search_fini(struct search *s);

static inline bool search_is_done(const struct search *s)
{
	return !s->cells;
}

static inline void search_count(struct search *s, uint64_t value)
{
	if (value - s->low < s->width)
		s->cells[(value - s->low) >> s->shift]++;
}

/* After a pass: narrows the interval. False when fewer values were seen than the rank needs. */
bool search_narrow(struct search *s);

#endif

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

/* The rank (1..count) of the smallest value that `percent` of `count` values do not exceed. */
uint64_t quantile_rank(uint64_t count, unsigned int percent);

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

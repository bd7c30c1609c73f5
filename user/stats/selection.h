/* SPDX-License-Identifier: MIT */
/*
 * The exact values of several ranks of a column that comes in pieces, at the speed of memory.
 *
 * A first pass counts a histogram (or it is known beforehand, from the summaries of a recording's
 * blocks), which tells the bucket of each rank. A second pass picks the few values of those
 * buckets, and the rank is sought among them. Where several ranks crowd in one bucket or close
 * ones, a histogram of the distances from its beginning parts them first. Where a bucket holds too
 * many all the same, as in data with ties, a random sample of it offers two splitters around the
 * rank: the next pass counts what is below and equal to them and picks what lies between (Floyd and
 * Rivest, "Expected time bounds for selection", CACM 1975). Every pass narrows every interval, so
 * there are few, two nearly always.
 *
 *     selection_scan(s, piece, nr);           for all pieces; or selection_know(s, histogram)
 *     number = selection_ask(s, rank);        for all ranks
 *     while (selection_again(s))
 *             selection_pass(s, piece, nr);   for all pieces that selection_wants()
 *     value = selection_value(s, number, NULL);
 */
#ifndef PROF_STATS_SELECTION_H
#define PROF_STATS_SELECTION_H

#include "stats/histogram.h"

#define SELECTION_RANKS 32

struct selection;

struct selection *selection_new(void);
void selection_free(struct selection *s);    /* NULL is fine */
void selection_restart(struct selection *s); /* for another column */

void selection_scan(struct selection *s, const uint64_t *values, size_t nr);
void selection_know(struct selection *s, const struct histogram *h); /* of HISTOGRAM_BITS */
uint64_t selection_total(struct selection *s);
const struct histogram *selection_histogram(struct selection *s);

/* Asks for a rank from 1 to the total; at most SELECTION_RANKS, after the first pass. */
unsigned int selection_ask(struct selection *s, uint64_t rank);

/* Ends a pass; true if there must be another one. */
bool selection_again(struct selection *s);
bool selection_wants(const struct selection *s, uint64_t low, uint64_t last);
void selection_pass(struct selection *s, const uint64_t *values, size_t nr);

/*
 * The value of the rank asked for as number `i`. *is_exact (may be NULL) is false when the passes
 * showed fewer values than the histogram has: then the value is the narrowest lower bound known.
 */
uint64_t selection_value(const struct selection *s, unsigned int i, bool *is_exact);

/* All at once, for a column that is in memory: values[i] gets the value of ranks[i]. */
void selection_of(const uint64_t *column, size_t nr, const uint64_t *ranks, unsigned int nr_ranks,
		  uint64_t *values);

#endif

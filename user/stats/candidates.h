/* SPDX-License-Identifier: MIT */
/*
 * The value of a rank among values in memory, in linear time whatever they are.
 *
 * Each round counts 2^11 cells of the interval and keeps those of the cell that holds the rank, so
 * values of 64 bits take at most six.
 */
#ifndef PROF_STATS_CANDIDATES_H
#define PROF_STATS_CANDIDATES_H

#include "stats/kernels.h"

/*
 * `rank` is from 1 to `nr`; all values lie in `span`. They are overwritten, and up to FILTER_SLACK
 * behind them.
 */
uint64_t candidates_select(uint64_t *values, size_t nr, uint64_t rank, struct span span);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * All of the statistics: what to include for which question. Nothing here reads or prints.
 *
 *     how are latencies distributed       histogram.h, moments.h (exact sums)
 *     the exact p99 of a column           selection.h; its rank and its confidence: quantiles.h
 *     p99 of each of very many groups     spread.h
 *     fast path and slow path             modes.h
 *     is this one unusual                 robust.h, window.h (live); asked often: tails.h
 *     when did the level change           changes.h
 *     what goes together                  correlation.h
 *     which windows are alike             points.h, clusters.h (how many), kmeans.h
 *
 * Values are unsigned integers, mostly ns, or finite doubles. Functions return 0 or -errno: -EDOM
 * for a number that is none, -EINVAL for shapes that cannot be, -E2BIG for more than is done in
 * bounded time. Every answer is the same, bit by bit, on any instruction set and with any number of
 * threads.
 */
#ifndef PROF_STATS_STATS_H
#define PROF_STATS_STATS_H

#include "stats/changes.h"
#include "stats/clusters.h"
#include "stats/correlation.h"
#include "stats/histogram.h"
#include "stats/kmeans.h"
#include "stats/modes.h"
#include "stats/moments.h"
#include "stats/points.h"
#include "stats/quantiles.h"
#include "stats/robust.h"
#include "stats/selection.h"
#include "stats/spread.h"
#include "stats/tails.h"
#include "stats/window.h"

#endif

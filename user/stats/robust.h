/* SPDX-License-Identifier: MIT */
/*
 * Middle, spread and outliers, measured so that outliers cannot hide themselves.
 *
 * Means and deviations move with what they should expose: among n values, none can be more than
 * (n - 1) / sqrt(n) deviations away. So either the middle is the median and the spread the median
 * distance from it (MAD), or the value in question is left out of both. Latencies belong on a log
 * scale first; otherwise the normal tail of every distribution of times is an "anomaly".
 */
#ifndef PROF_STATS_ROBUST_H
#define PROF_STATS_ROBUST_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/histogram.h"

#define MAD_TO_DEVIATION 1.482602218505602 /* of a normal distribution */

struct robust_spread {
	double median, mad; /* in the unit of the values */
};

/* -ENODATA of no values, -EDOM when one is no finite number. */
int spread_of(const double *values, size_t nr, struct robust_spread *out);

/* The same of a histogram that is not empty, of log2 of its values, in time linear in buckets. */
struct robust_spread spread_of_logs(const struct histogram *h);

/* Deviations from the middle. `least` keeps a spread of nearly nothing from making all outliers. */
double spread_score(const struct robust_spread *s, double value, double least);

/*
 * For feature columns: brings the median to 0 and the deviation, which counts as at least `least`,
 * to 1, and limits the rest to `most`.
 */
void spread_scale(const struct robust_spread *s, const double *values, size_t nr, double least,
		  float most, float *out, size_t stride);

/*
 * How many deviations each value is from the mean of the others, and the probability that one is as
 * far by chance (Student's t, n - 2 degrees of freedom). Below three values: 0 and 1.
 */
struct outlier {
	double score, probability;
};
int outliers_leave_one_out(const double *values, size_t nr, struct outlier *out);

/*
 * Outliers by median and MAD, with `least` as above: is_outlier[i] so that of those found at most
 * the share `rate` is there by chance. *found is their number.
 */
int outliers_find(const double *values, size_t nr, double least, double rate, struct outlier *out,
		  bool *is_outlier, size_t *found);

#endif

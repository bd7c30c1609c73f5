/* SPDX-License-Identifier: MIT */
/*
 * How two columns go together.
 *
 * Columns are centred and scaled before anything is multiplied, so neither large means nor large
 * numbers cost digits; sums are made of blocks whose own sums are compensated, so neither do many
 * rows. The interval is Fisher's (Metron 1, 1921), for rows that are independent: time series
 * rarely are, and correlation_effective() says how many independent rows theirs are worth.
 */
#ifndef PROF_STATS_CORRELATION_H
#define PROF_STATS_CORRELATION_H

#include <stdbool.h>
#include <stddef.h>

struct correlation {
	size_t nr;
	bool is_defined;    /* false when a column is constant, or nr below 3: r is 0 then */
	double r;           /* -1 to 1 */
	double low, high;   /* 95 %; -1 to 1 below four rows */
	double probability; /* of such an r by chance */
};

/* -EDOM when a value is no finite number. */
int correlation_pearson(const double *x, const double *y, size_t nr, struct correlation *out);

/* Of ranks, equal values sharing theirs: any monotone relation counts, and outliers do not. */
int correlation_spearman(const double *x, const double *y, size_t nr, struct correlation *out);

/* The r of every pair of `columns` columns, columns[i][row], to r[i * columns + j]. */
int correlation_matrix(const double *const *columns, size_t nr_columns, size_t nr, double *r);

/* How many independent rows two columns of a time series are worth, by their first autocorrelations
 * (Bartlett, J. R. Statist. Soc. 98, 1935); between 3 and nr. */
double correlation_effective(const double *x, const double *y, size_t nr);

/* Interval and probability of an r that comes from `nr` independent rows. */
void correlation_judge(double r, double nr, struct correlation *out);

/* The rank of each value from 1; equal ones get the mean of theirs. */
void ranks_of(const double *values, size_t nr, double *ranks);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How likely chance alone is to come this far, and what to believe when one asks often.
 */
#ifndef PROF_STATS_TAILS_H
#define PROF_STATS_TAILS_H

#include <stdbool.h>
#include <stddef.h>

/* Both tails beyond |z| of the standard normal, and beyond |t| of Student's distribution. */
double tail_normal(double z);
double tail_student(double t, double degrees);

/*
 * Of all those that are told to be true, at most the share `rate` is false on average (Benjamini
 * and Hochberg, J. R. Statist. Soc. B 57, 1995). Sets is_true[i] for each of the `nr` probabilities
 * and returns how many are.
 */
size_t tails_discoveries(const double *probabilities, size_t nr, double rate, bool *is_true);

#endif

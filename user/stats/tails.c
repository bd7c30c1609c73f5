// SPDX-License-Identifier: MIT
#include "stats/tails.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define STEPS 400
#define TINY  1e-300

double tail_normal(double z)
{
	return erfc(fabs(z) / sqrt(2));
}

static double not_zero(double x)
{
	return fabs(x) < TINY ? TINY : x;
}

/* The continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22). */
static double beta_fraction(double x, double a, double b)
{
	double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), product = d;

	for (int m = 1; m < STEPS; m++) {
		const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double factor;

		d = 1 / not_zero(1 + even * d);
		c = not_zero(1 + even / c);
		product *= c * d;
		d = 1 / not_zero(1 + odd * d);
		c = not_zero(1 + odd / c);
		factor = c * d;
		product *= factor;
		if (fabs(factor - 1) < 1e-15)
			break;
	}
	return product;
}

/* The regularised incomplete beta function, for x as (x, 1 - x): the tail must not be lost. */
static double beta_part(double x, double rest, double a, double b)
{
	int sign;
	double front;

	if (x <= 0)
		return 0;
	if (rest <= 0)
		return 1;
	front = exp(lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) + a * log(x) +
		    b * log(rest));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(x, a, b) / a;
	return 1 - front * beta_fraction(rest, b, a) / b;
}

double tail_student(double t, double degrees)
{
	const double square = t * t;

	if (isinf(square))
		return 0;
	return beta_part(degrees / (degrees + square), square / (degrees + square), degrees / 2,
			 0.5);
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

size_t tails_discoveries(const double *probabilities, size_t nr, double rate, bool *is_true)
{
	double *sorted = xcalloc(nr + 1, sizeof *sorted), limit = -1;
	size_t found = 0;

	memcpy(sorted, probabilities, nr * sizeof *sorted);
	qsort(sorted, nr, sizeof *sorted, compare);
	for (size_t i = nr; i > 0 && limit < 0; i--) {
		if (sorted[i - 1] <= rate * (double)i / (double)nr)
			limit = sorted[i - 1];
	}
	for (size_t i = 0; i < nr; i++) {
		is_true[i] = probabilities[i] <= limit;
		found += is_true[i];
	}
	free(sorted);
	return found;
}

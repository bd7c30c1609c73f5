// SPDX-License-Identifier: MIT
#include "stats/correlation.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stats/tails.h"

#define LANES  8
#define BLOCK  1024
#define FISHER 1.959963984540054

/* The sum of x[i] * y[i]: in lanes, in blocks, and what blocks lose to rounding is added at the
 * end. */
static double dot(const double *x, const double *y, size_t nr)
{
	double sum = 0, slack = 0;

	for (size_t first = 0; first < nr; first += BLOCK) {
		const size_t end = nr - first < BLOCK ? nr : first + BLOCK;
		double lanes[LANES] = {0}, add, next;
		size_t i = first;

		for (; i + LANES <= end; i += LANES) {
			for (size_t l = 0; l < LANES; l++)
				lanes[l] += x[i + l] * y[i + l];
		}
		for (; i < end; i++)
			lanes[i % LANES] += x[i] * y[i];
		add = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
		      ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
		next = sum + add;
		slack += fabs(sum) >= fabs(add) ? (sum - next) + add : (add - next) + sum;
		sum = next;
	}
	return sum + slack;
}

/* Centred, of length 1. False for a constant column, which has no direction; -EDOM as above. */
static int normalise(const double *values, size_t nr, double *out)
{
	double largest = 0, sum = 0, length;

	for (size_t i = 0; i < nr; i++) {
		if (!isfinite(values[i]))
			return -EDOM;
		largest = fmax(largest, fabs(values[i] / 2 - values[0] / 2));
	}
	for (size_t i = 0; i < nr; i++)
		out[i] = largest > 0 ? (values[i] / 2 - values[0] / 2) / largest : 0;
	for (int twice = 0; twice < 2; twice++) { /* the second time for what rounding left */
		sum = 0;
		for (size_t i = 0; i < nr; i++)
			sum += out[i];
		for (size_t i = 0; i < nr; i++)
			out[i] -= sum / (double)nr;
	}
	length = sqrt(dot(out, out, nr));
	for (size_t i = 0; i < nr; i++)
		out[i] = length > 0 ? out[i] / length : 0;
	return length > 0;
}

static double limited(double r)
{
	return fmax(-1, fmin(1, r));
}

void correlation_judge(double r, double nr, struct correlation *out)
{
	const double rest = fmax(0, 1 - r * r);

	out->r = r;
	out->low = -1;
	out->high = 1;
	if (nr > 3 && rest > 0) {
		out->low = tanh(atanh(r) - FISHER / sqrt(nr - 3));
		out->high = tanh(atanh(r) + FISHER / sqrt(nr - 3));
	} else if (nr > 3) {
		out->low = out->high = r;
	}
	out->probability = nr > 2 ? tail_student(r * sqrt((nr - 2) / rest), nr - 2) : 1;
}

int correlation_pearson(const double *x, const double *y, size_t nr, struct correlation *out)
{
	double *a = xcalloc(2 * nr + 1, sizeof *a), *b = a + nr;
	int has_x = normalise(x, nr, a), has_y = normalise(y, nr, b);

	*out = (struct correlation){.nr = nr, .low = -1, .high = 1, .probability = 1};
	out->is_defined = nr > 2 && has_x > 0 && has_y > 0;
	if (out->is_defined)
		correlation_judge(limited(dot(a, b, nr)), (double)nr, out);
	free(a);
	return has_x < 0 ? has_x : has_y < 0 ? has_y : 0;
}

struct ranked {
	double value;
	size_t at;
};

static int compare_values(const void *a, const void *b)
{
	const double x = ((const struct ranked *)a)->value, y = ((const struct ranked *)b)->value;

	return (x > y) - (x < y);
}

void ranks_of(const double *values, size_t nr, double *ranks)
{
	struct ranked *sorted = xcalloc(nr + 1, sizeof *sorted);

	for (size_t i = 0; i < nr; i++)
		sorted[i] = (struct ranked){values[i], i};
	qsort(sorted, nr, sizeof *sorted, compare_values);
	for (size_t i = 0, end; i < nr; i = end) {
		for (end = i + 1; end < nr && sorted[end].value == sorted[i].value;)
			end++;
		for (size_t j = i; j < end; j++)
			ranks[sorted[j].at] = (double)(i + end + 1) / 2;
	}
	free(sorted);
}

int correlation_spearman(const double *x, const double *y, size_t nr, struct correlation *out)
{
	double *ranks = xcalloc(2 * nr + 1, sizeof *ranks);
	int err = 0;

	*out = (struct correlation){.nr = nr, .low = -1, .high = 1, .probability = 1};
	for (size_t i = 0; i < nr; i++)
		err = isfinite(x[i]) && isfinite(y[i]) ? err : -EDOM;
	if (!err) {
		ranks_of(x, nr, ranks);
		ranks_of(y, nr, ranks + nr);
		err = correlation_pearson(ranks, ranks + nr, nr, out);
	}
	free(ranks);
	return err;
}

int correlation_matrix(const double *const *columns, size_t nr_columns, size_t nr, double *r)
{
	double *unit = xcalloc(nr_columns * nr + 1, sizeof *unit);
	int err = 0;

	for (size_t i = 0; i < nr_columns && err >= 0; i++)
		err = normalise(columns[i], nr, unit + i * nr);
	for (size_t i = 0; i < nr_columns && err >= 0; i++) {
		for (size_t j = 0; j <= i; j++) {
			r[i * nr_columns + j] = limited(dot(unit + i * nr, unit + j * nr, nr));
			r[j * nr_columns + i] = r[i * nr_columns + j];
		}
	}
	free(unit);
	return err < 0 ? err : 0;
}

double correlation_effective(const double *x, const double *y, size_t nr)
{
	struct correlation first, second;
	double both, effective;

	if (nr < 4)
		return (double)nr;
	correlation_pearson(x, x + 1, nr - 1, &first);
	correlation_pearson(y, y + 1, nr - 1, &second);
	both = first.r * second.r;
	effective = (double)nr * (1 - both) / (1 + both);
	return fmax(3, fmin((double)nr, effective));
}

// SPDX-License-Identifier: MIT
#include "stats/changes.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "stats/partition.h"
#include "stats/robust.h"

#define LIMIT 4.0 /* deviations beyond both neighbours: what is further away is an outlier */

/* Of this and the log of the number of values: noise alone then makes a change in 1 % of series. */
#define PENALTY        10
#define PENALTY_OF_LOG 3

struct series {
	double *sums, *squares; /* of the values before each */
};

/* The squared deviations from the mean of a stretch. */
static double cost(const void *data, size_t from, size_t end)
{
	const struct series *s = data;
	const double sum = s->sums[end] - s->sums[from];

	return s->squares[end] - s->squares[from] - sum * sum / (double)(end - from);
}

/* From differences, which have twice the variance; their mean square where most of them are zero.
 */
static double noise_of(const double *values, size_t nr, double *differences)
{
	struct robust_spread spread;
	double squares = 0;

	for (size_t i = 0; i + 1 < nr; i++) {
		differences[i] = values[i + 1] - values[i];
		squares += differences[i] * differences[i];
	}
	spread_of(differences, nr - 1, &spread);
	if (spread.mad > 0)
		return spread.mad * MAD_TO_DEVIATION / sqrt(2);
	return sqrt(squares / (double)(nr - 1) / 2);
}

static double within(double x, double low, double high)
{
	return fmax(low, fmin(high, x));
}

/* In deviations of the noise, and no further from both neighbours than LIMIT. */
static double limited(const double *values, size_t nr, size_t i, double middle, double noise)
{
	const double x = (values[i] - middle) / noise;
	const double left = (values[i ? i - 1 : 1] - middle) / noise;
	const double right = (values[i + 1 < nr ? i + 1 : i - 1] - middle) / noise;

	return within(x, fmin(left, right) - LIMIT, fmax(left, right) + LIMIT);
}

static void sum_up(const double *values, size_t nr, double middle, double noise, struct series *s)
{
	for (size_t i = 0; i < nr; i++) {
		const double x = limited(values, nr, i, middle, noise);

		s->sums[i + 1] = s->sums[i] + x;
		s->squares[i + 1] = s->squares[i] + x * x;
	}
}

int changes_find(const double *values, size_t nr, size_t *out, size_t *found)
{
	struct robust_spread spread;
	struct series series;
	double *room, noise;
	int err = nr > CHANGES_VALUES ? -E2BIG : spread_of(values, nr, &spread);

	*found = 0;
	if (err || nr < 2 * CHANGES_LEAST)
		return err == -ENODATA ? 0 : err;
	room = xcalloc(3 * (nr + 1), sizeof *room);
	noise = noise_of(values, nr, room);
	if (noise > 0) {
		const struct partition partition = {
			.cost = cost,
			.data = &series,
			.penalty = PENALTY + PENALTY_OF_LOG * log((double)nr),
			.least = CHANGES_LEAST,
			.is_cut_cheap = true,
		};

		series = (struct series){room + nr + 1, room + 2 * (nr + 1)};
		sum_up(values, nr, spread.median, noise, &series);
		*found = partition_find(&partition, nr, out) - 1; /* the last end is no change */
	}
	free(room);
	return 0;
}

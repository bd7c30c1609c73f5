// SPDX-License-Identifier: MIT
#include "stats/robust.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stats/candidates.h"
#include "stats/tails.h"

#define SIGN (1ULL << 63)

/* Doubles in the order of unsigned integers: negative ones are reversed and come first. */
static uint64_t order_of(double value)
{
	uint64_t bits;

	value += 0.0; /* one zero only */
	memcpy(&bits, &value, sizeof bits);
	return bits & SIGN ? ~bits : bits | SIGN;
}

static double value_of(uint64_t order)
{
	const uint64_t bits = order & SIGN ? order ^ SIGN : ~order;
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static double select_value(const uint64_t *orders, size_t nr, uint64_t rank, uint64_t *scratch)
{
	memcpy(scratch, orders, nr * sizeof *scratch);
	return value_of(candidates_select(scratch, nr, rank, (struct span){0, UINT64_MAX}));
}

static double median_of(const uint64_t *orders, size_t nr, uint64_t *scratch)
{
	const double low = select_value(orders, nr, (nr + 1) / 2, scratch);

	return nr % 2 ? low : low / 2 + select_value(orders, nr, nr / 2 + 1, scratch) / 2;
}

static bool are_finite(const double *values, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!isfinite(values[i]))
			return false;
	}
	return true;
}

int spread_of(const double *values, size_t nr, struct robust_spread *out)
{
	uint64_t *orders, *scratch;

	*out = (struct robust_spread){0};
	if (!nr)
		return -ENODATA;
	if (!are_finite(values, nr))
		return -EDOM;
	orders = xcalloc(2 * (nr + FILTER_SLACK), sizeof *orders);
	scratch = orders + nr + FILTER_SLACK;
	for (size_t i = 0; i < nr; i++)
		orders[i] = order_of(values[i]);
	out->median = median_of(orders, nr, scratch);
	for (size_t i = 0; i < nr; i++)
		orders[i] = order_of(fabs(values[i] - out->median));
	out->mad = median_of(orders, nr, scratch);
	free(orders);
	return 0;
}

static double log_of_bucket(const struct histogram *h, uint32_t index)
{
	return log2((double)histogram_middle(h, index) + 0.5);
}

/* From the median's bucket outwards, always to the nearer side, until half of all are passed. */
struct robust_spread spread_of_logs(const struct histogram *h)
{
	uint64_t below, covered;
	const uint32_t middle = histogram_find(h, (h->total + 1) / 2, &below);
	struct robust_spread s = {.median = log_of_bucket(h, middle)};
	uint32_t left = middle, right = middle + 1;

	covered = h->counts[middle];
	while (2 * covered < h->total) {
		const double to_left =
			left > h->first ? s.median - log_of_bucket(h, left - 1) : INFINITY;
		const double to_right =
			right < h->end ? log_of_bucket(h, right) - s.median : INFINITY;

		s.mad = fmin(to_left, to_right);
		covered += h->counts[to_left <= to_right ? --left : right++];
	}
	return s;
}

double spread_score(const struct robust_spread *s, double value, double least)
{
	const double deviation = fmax(s->mad * MAD_TO_DEVIATION, least);

	if (value == s->median)
		return 0;
	return (value - s->median) / deviation;
}

void spread_scale(const struct robust_spread *s, const double *values, size_t nr, double least,
		  float most, float *out, size_t stride)
{
	for (size_t i = 0; i < nr; i++) {
		const double score = spread_score(s, values[i], least);

		out[i * stride] = (float)fmax(-(double)most, fmin((double)most, score));
	}
}

static double mean_without(const double *values, size_t nr, size_t left_out)
{
	double sum = 0, slack = 0;

	for (size_t i = 0; i < nr; i++) {
		const double add = i == left_out ? 0 : values[i];
		const double next = sum + add;

		slack += fabs(sum) >= fabs(add) ? (sum - next) + add : (add - next) + sum;
		sum = next;
	}
	return (sum + slack) / (double)(nr - (left_out < nr));
}

static double squares_without(const double *values, size_t nr, size_t left_out, double mean)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += i == left_out ? 0 : (values[i] - mean) * (values[i] - mean);
	return sum;
}

/* Where one value is nearly all of the spread, taking it away cancels: then the rest is summed. */
static struct outlier leave_out(const double *values, size_t nr, size_t i, double mean,
				double squares)
{
	const double n = (double)nr, gap = values[i] - mean;
	double others = mean - gap / (n - 1), left = squares - gap * gap * n / (n - 1), error;
	struct outlier o;

	if (left < squares * 1e-6) {
		others = mean_without(values, nr, i);
		left = squares_without(values, nr, i, others);
	}
	if (values[i] == others)
		return (struct outlier){0, 1};
	error = sqrt(left / (n - 2));
	o.score = (values[i] - others) / error;
	o.probability = tail_student(o.score / sqrt(1 + 1 / (n - 1)), n - 2);
	return o;
}

int outliers_leave_one_out(const double *values, size_t nr, struct outlier *out)
{
	double mean, squares;

	if (!are_finite(values, nr))
		return -EDOM;
	for (size_t i = 0; i < nr; i++)
		out[i] = (struct outlier){0, 1};
	if (nr < 3)
		return 0;
	mean = mean_without(values, nr, nr);
	squares = squares_without(values, nr, nr, mean);
	for (size_t i = 0; i < nr; i++)
		out[i] = leave_out(values, nr, i, mean, squares);
	return 0;
}

int outliers_find(const double *values, size_t nr, double least, double rate, struct outlier *out,
		  bool *is_outlier, size_t *found)
{
	struct robust_spread spread;
	double *probabilities;
	int err = spread_of(values, nr, &spread);

	*found = 0;
	if (err)
		return err == -ENODATA ? 0 : err;
	probabilities = xcalloc(nr, sizeof *probabilities);
	for (size_t i = 0; i < nr; i++) {
		out[i].score = spread_score(&spread, values[i], least);
		out[i].probability = probabilities[i] = tail_normal(out[i].score);
	}
	*found = tails_discoveries(probabilities, nr, rate, is_outlier);
	free(probabilities);
	return 0;
}

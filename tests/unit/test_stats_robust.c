// SPDX-License-Identifier: MIT
/* Spread, outliers, windows and correlation, against textbooks and against what was planted. */
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "stats/correlation.h"
#include "stats/tails.h"
#include "stats/window.h"
#include "tests/unit/stats_data.h"

static void assert_near(double value, double wanted, double relative)
{
	if (!(fabs(value - wanted) <= fabs(wanted) * relative))
		fail_msg("%.17g is not %.17g", value, wanted);
}

/* From tables: Abramowitz and Stegun 26.1 and 26.10, and closed forms. */
static void tails_are_those_of_tables(void **state)
{
	(void)state;
	assert_near(tail_normal(1.959963984540054), 0.05, 1e-12);
	assert_near(tail_normal(-5), 5.733031437583878e-7, 1e-9);
	assert_true(tail_normal(0) == 1);
	for (double t = 0.01; t < 1e6; t *= 7) /* of Cauchy's distribution */
		assert_near(tail_student(t, 1), 2 / M_PI * atan(1 / t), 1e-9);
	for (double t = 0.01; t < 1e3; t *= 3)
		assert_near(tail_student(t, 2), 1 - t / sqrt(2 + t * t), 1e-7);
	assert_near(tail_student(2.228138852, 10), 0.05, 1e-8);
	assert_near(tail_student(1.96, 1e9), tail_normal(1.96), 1e-6);
	assert_true(tail_student(0, 5) == 1 && tail_student(INFINITY, 5) == 0);
}

/* The example of the paper: of fifteen probabilities, four at a rate of 5 %. */
static void discoveries_are_those_of_the_paper(void **state)
{
	static const double p[15] = {0.0459, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298,
				     0.0344, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
	bool is_true[15];

	(void)state;
	assert_int_equal(tails_discoveries(p, 15, 0.05, is_true), 4);
	for (int i = 0; i < 15; i++)
		assert_int_equal(is_true[i], p[i] < 0.01);
	assert_int_equal(tails_discoveries(p, 0, 0.05, is_true), 0);
}

static void spreads_of_few_values(void **state)
{
	const double values[] = {5, -1, 3, 1e300, 3}, wrong[] = {1, NAN}, two[] = {-0.0, 4};
	struct robust_spread s;

	(void)state;
	assert_int_equal(spread_of(values, 0, &s), -ENODATA);
	assert_int_equal(spread_of(wrong, 2, &s), -EDOM);
	assert_int_equal(spread_of(values, 1, &s), 0);
	assert_true(s.median == 5 && s.mad == 0);
	assert_int_equal(spread_of(values, 5, &s), 0);
	assert_true(s.median == 3 && s.mad == 2);
	assert_int_equal(spread_of(two, 2, &s), 0);
	assert_true(s.median == 2 && s.mad == 2);
	assert_true(spread_score(&s, 2, 0) == 0);
	s.mad = 0;
	assert_true(isinf(spread_score(&s, 3, 0)) && spread_score(&s, 3, 0.5) == 2);
}

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void medians_are_those_of_sorted_values(void **state)
{
	double values[301], sorted[301];
	struct robust_spread s;

	(void)state;
	for (size_t nr = 1; nr <= 301; nr += 3) {
		for (size_t i = 0; i < nr; i++)
			values[i] = sorted[i] = normal_at(nr, i) * pow(10, (double)(i % 20) - 10);
		qsort(sorted, nr, sizeof *sorted, compare_doubles);
		assert_int_equal(spread_of(values, nr, &s), 0);
		assert_true(s.median == (nr % 2 ? sorted[nr / 2]
						: sorted[nr / 2 - 1] / 2 + sorted[nr / 2] / 2));
	}
}

static void spreads_of_histograms_are_those_of_logs(void **state)
{
	enum { NR = 20001 };
	double *logs = xcalloc(NR, sizeof *logs);
	struct histogram h;
	struct robust_spread exact, s;

	(void)state;
	histogram_init(&h, HISTOGRAM_BITS);
	for (size_t i = 0; i < NR; i++) {
		const uint64_t value = mixed_latency(i);

		logs[i] = log2((double)value);
		histogram_add(&h, loglinear_index(value, HISTOGRAM_BITS), 1);
	}
	spread_of(logs, NR, &exact);
	s = spread_of_logs(&h);
	assert_true(fabs(s.median - exact.median) < 0.004);
	assert_true(fabs(s.mad - exact.mad) < 0.008);
	histogram_fini(&h);
	free(logs);
}

static void columns_are_scaled(void **state)
{
	const double values[] = {1, 2, 3, 4, 1e9};
	struct robust_spread s;
	float out[10] = {0};

	(void)state;
	spread_of(values, 5, &s);
	spread_scale(&s, values, 5, 0.1, 8, out, 2);
	assert_true(out[4] == 0 && out[8] == 8 && out[1] == 0);
	assert_near((double)out[6], 1 / MAD_TO_DEVIATION, 1e-6);
	s.mad = 0; /* what most share has no deviation of its own */
	spread_scale(&s, values, 5, 2, 8, out, 2);
	assert_true(out[4] == 0 && out[8] == 8);
	assert_near((double)out[6], 0.5, 1e-6);
}

/* With itself among ten, no value is more than 3 deviations away, whatever it is. */
static void an_outlier_does_not_hide_itself(void **state)
{
	double values[10] = {1, 2, 1, 2, 1, 2, 1, 2, 1, 1e12};
	struct outlier out[10];

	(void)state;
	assert_int_equal(outliers_leave_one_out(values, 10, out), 0);
	assert_true(out[9].score > 1e12 && out[9].probability < 1e-50);
	for (int i = 0; i < 9; i++)
		assert_true(fabs(out[i].score) < 1);
	assert_int_equal(outliers_leave_one_out(values, 2, out), 0);
	assert_true(out[0].score == 0 && out[0].probability == 1);
	for (int i = 0; i < 10; i++)
		values[i] = 7;
	assert_int_equal(outliers_leave_one_out(values, 10, out), 0);
	assert_true(out[3].score == 0 && out[3].probability == 1);
	values[0] = INFINITY;
	assert_int_equal(outliers_leave_one_out(values, 10, out), -EDOM);
}

/* The probability of leaving one out is uniform when there are no outliers, even of five values. */
static void probabilities_of_clean_values_are_honest(void **state)
{
	size_t below = 0;

	(void)state;
	for (uint64_t key = 0; key < 2000; key++) {
		double values[5];
		struct outlier out[5];

		for (size_t i = 0; i < 5; i++)
			values[i] = normal_at(key, i);
		outliers_leave_one_out(values, 5, out);
		for (size_t i = 0; i < 5; i++)
			below += out[i].probability < 0.1;
	}
	assert_in_range(below, 900, 1100);
}

static void clean_columns_have_no_outliers_and_planted_ones_are_found(void **state)
{
	enum { NR = 2000, PLANTED = 20 };
	double values[NR];
	struct outlier out[NR];
	bool is_outlier[NR];
	size_t found, wrong = 0, missed = 0, clean = 0;

	(void)state;
	for (uint64_t key = 0; key < 50; key++) {
		for (size_t i = 0; i < NR; i++)
			values[i] = 11 + 0.4 * normal_at(key, i); /* logs of latencies */
		assert_int_equal(outliers_find(values, NR, 0, 0.05, out, is_outlier, &found), 0);
		clean += found == 0;
		for (size_t i = 0; i < PLANTED; i++)
			values[i * 100] += 3;
		assert_int_equal(outliers_find(values, NR, 0, 0.05, out, is_outlier, &found), 0);
		for (size_t i = 0; i < NR; i++) {
			const bool is_planted = i % 100 == 0;

			wrong += is_outlier[i] && !is_planted;
			missed += !is_outlier[i] && is_planted;
		}
	}
	assert_in_range(clean, 45, 50);
	assert_in_range(wrong, 0, 50 * PLANTED / 10);
	assert_in_range(missed, 0, 5);
	assert_int_equal(outliers_find(values, 0, 0, 0.05, out, is_outlier, &found), 0);
	assert_int_equal(found, 0);
	values[1] = NAN;
	assert_int_equal(outliers_find(values, NR, 0, 0.05, out, is_outlier, &found), -EDOM);
}

/* ---- Windows ---- */

static void windows_forget(void **state)
{
	struct window w, fresh;

	(void)state;
	window_init(&w, 50);
	window_init(&fresh, 50);
	assert_true(window_score(&w, 1000) == 0 && window_baseline(&w) == 0);
	for (uint64_t i = 0; i < 100000; i++)
		window_push(&w, random_at(1, i) >> i % 64);
	for (uint64_t i = 0; i < 50; i++) {
		window_push(&w, 1000 + i);
		window_push(&fresh, 1000 + i);
	}
	assert_true(w.sum == fresh.sum && w.squares == fresh.squares);
	assert_true(window_score(&w, 5000) == window_score(&fresh, 5000));
	assert_in_range(window_baseline(&w), 1015, 1030);
	window_fini(&w);
	window_fini(&fresh);
}

static void windows_judge_by_what_they_hold(void **state)
{
	struct window w;

	(void)state;
	window_init(&w, 3); /* as few as it may hold */
	assert_int_equal(w.size, WINDOW_LEAST);
	for (int i = 0; i < WINDOW_LEAST - 1; i++)
		window_push(&w, 4096);
	assert_true(window_score(&w, 1 << 20) == 0);
	window_push(&w, 4096);
	assert_true(window_score(&w, 4096) == 0);
	assert_near(window_score(&w, 8192), 16 / sqrt(1.1), 1e-12); /* an octave, in sixteenths */
	assert_near(window_score(&w, 2048), -16 / sqrt(1.1), 1e-12);
	assert_true(window_score(&w, UINT64_MAX) > 100);
	window_fini(&w);
}

/* ---- Correlation ---- */

static void correlations_are_those_planted(void **state)
{
	enum { NR = 5000 };
	double *x = xcalloc(3 * NR, sizeof *x), *y = x + NR, *cubes = y + NR;
	struct correlation c;

	(void)state;
	for (int step = -10; step <= 10; step++) {
		const double r = step / 10.0;

		for (size_t i = 0; i < NR; i++) {
			x[i] = normal_at(3, i);
			y[i] = 1e9 + r * x[i] + sqrt(1 - r * r) * normal_at(4, i);
			cubes[i] = exp(3 * (y[i] - 1e9)); /* monotone, and far from linear */
		}
		assert_int_equal(correlation_pearson(x, y, NR, &c), 0);
		assert_true(c.is_defined && c.low <= c.r && c.r <= c.high);
		assert_true(fabs(c.r - r) < 0.05);
		assert_true(fabs(r) < 0.1 ? c.probability > 1e-4 : c.probability < 1e-6);
		assert_int_equal(correlation_spearman(x, cubes, NR, &c), 0);
		assert_true(fabs(c.r - 6 / M_PI * asin(r / 2)) < 0.05);
	}
	free(x);
}

static void correlations_of_odd_columns(void **state)
{
	const double x[] = {1, 2, 3, 4}, same[] = {5, 5, 5, 5}, y[] = {2, 4, 6, 8.5};
	const double bad[] = {1, INFINITY, 2, 3}, huge[] = {-1.7e308, 1.7e308, -1e300, 0};
	struct correlation c;

	(void)state;
	assert_int_equal(correlation_pearson(x, same, 4, &c), 0);
	assert_true(!c.is_defined && c.r == 0 && c.probability == 1);
	assert_int_equal(correlation_pearson(x, y, 2, &c), 0);
	assert_false(c.is_defined);
	assert_int_equal(correlation_pearson(x, y, 0, &c), 0);
	assert_int_equal(correlation_pearson(x, bad, 4, &c), -EDOM);
	assert_int_equal(correlation_spearman(bad, x, 4, &c), -EDOM);
	assert_int_equal(correlation_pearson(huge, huge, 4, &c), 0);
	assert_near(c.r, 1, 1e-15);
	assert_int_equal(correlation_spearman(x, y, 4, &c), 0);
	assert_near(c.r, 1, 1e-15);
	assert_true(c.probability < 1e-6);
}

/* The four quartets of Anscombe have one r. */
static void correlation_of_the_quartet(void **state)
{
	static const double x[11] = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
	static const double y[11] = {8.04, 6.95, 7.58,  8.81, 8.33, 9.96,
				     7.24, 4.26, 10.84, 4.82, 5.68};
	struct correlation c;

	(void)state;
	assert_int_equal(correlation_pearson(x, y, 11, &c), 0);
	assert_near(c.r, 0.81642051634484, 1e-13);
	assert_near(c.probability, 0.00216962887307879, 1e-9);
	assert_near(c.low, 0.424391, 1e-5);
	assert_near(c.high, 0.950693, 1e-5);
}

static void equal_values_share_their_rank(void **state)
{
	const double values[] = {3, 1, 3, 2, 3};
	const double wanted[] = {4, 1, 4, 2, 4};
	double ranks[5];

	(void)state;
	ranks_of(values, 5, ranks);
	assert_memory_equal(ranks, wanted, sizeof wanted);
}

static void matrices_hold_every_pair(void **state)
{
	enum { COLUMNS = 4, NR = 333 };
	double data[COLUMNS][NR], r[COLUMNS * COLUMNS];
	const double *columns[COLUMNS] = {data[0], data[1], data[2], data[3]};

	(void)state;
	for (size_t i = 0; i < NR; i++) {
		for (size_t c = 0; c < COLUMNS; c++)
			data[c][i] = c == 3 ? 1 : normal_at(c, i) + (double)c * normal_at(9, i);
	}
	assert_int_equal(correlation_matrix(columns, COLUMNS, NR, r), 0);
	for (size_t i = 0; i < COLUMNS; i++) {
		for (size_t j = 0; j < COLUMNS; j++) {
			struct correlation c;

			correlation_pearson(columns[i], columns[j], NR, &c);
			assert_true(r[i * COLUMNS + j] == c.r);
		}
	}
	data[1][7] = NAN;
	assert_int_equal(correlation_matrix(columns, COLUMNS, NR, r), -EDOM);
}

static void slow_series_are_worth_fewer_rows(void **state)
{
	double noise[1000], slow[1000] = {0};

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		noise[i] = normal_at(1, i);
		slow[i] = (i ? 0.95 * slow[i - 1] : 0) + normal_at(2, i);
	}
	assert_true(correlation_effective(noise, noise, 1000) > 950);
	assert_true(correlation_effective(slow, slow, 1000) < 100);
	assert_true(correlation_effective(slow, slow, 1000) >= 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tails_are_those_of_tables),
		cmocka_unit_test(discoveries_are_those_of_the_paper),
		cmocka_unit_test(spreads_of_few_values),
		cmocka_unit_test(medians_are_those_of_sorted_values),
		cmocka_unit_test(spreads_of_histograms_are_those_of_logs),
		cmocka_unit_test(columns_are_scaled),
		cmocka_unit_test(an_outlier_does_not_hide_itself),
		cmocka_unit_test(probabilities_of_clean_values_are_honest),
		cmocka_unit_test(clean_columns_have_no_outliers_and_planted_ones_are_found),
		cmocka_unit_test(windows_forget),
		cmocka_unit_test(windows_judge_by_what_they_hold),
		cmocka_unit_test(correlations_are_those_planted),
		cmocka_unit_test(correlations_of_odd_columns),
		cmocka_unit_test(correlation_of_the_quartet),
		cmocka_unit_test(equal_values_share_their_rank),
		cmocka_unit_test(matrices_hold_every_pair),
		cmocka_unit_test(slow_series_are_worth_fewer_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "analysis/relations.h"

#include <math.h>

#include "stats/tails.h"

#define LEAST_RELATION  0.5
#define FALSE_RELATIONS 0.01
#define LEAST_REST      0.02
#define ALL_ALIKE       0.95

static int compare_relations(const void *a, const void *b)
{
	const struct relation *x = a, *y = b;
	double left = fabs(x->correlation.r), right = fabs(y->correlation.r);

	if (left != right)
		return left < right ? 1 : -1;
	return x->x != y->x ? (x->x < y->x ? -1 : 1) : (x->y > y->y) - (x->y < y->y);
}

/* That there is more time where there are more faults says nothing; nor that all calls are more
 * where the most frequent ones are. */
static bool is_trivial(const struct series *x, const struct series *y)
{
	return (x->kind == SERIES_FAULTS && y->kind == SERIES_FAULT_NS) ||
	       (x->kind == SERIES_CALLS && y->kind == SERIES_CALLS_OF) ||
	       (x->kind == SERIES_CALLS && y->kind == SERIES_ERRORS);
}

static bool is_idle(const struct windows *w, uint32_t at)
{
	for (uint32_t i = 0; i < w->nr_series; i++) {
		if (w->series[i].kind != SERIES_LATENCY_OF && w->series[i].values[at] != 0)
			return false;
	}
	return true;
}

/* In windows where nothing happens everything is zero together, which says nothing about what goes
 * with what: only the others count. */
static size_t busy_values(const struct windows *w, const struct series *s, double *out)
{
	size_t nr = 0;

	for (uint32_t at = 0; at < w->nr; at++) {
		if (!is_idle(w, at))
			out[nr++] = s->values[at];
	}
	return nr;
}

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A time that hardly differs from window to window is not worth a word, whatever it goes with. */
static bool is_steady(const struct windows *w, const struct series *s)
{
	scoped_free double *sorted = xcalloc(w->nr, sizeof *sorted);

	if (s->kind != SERIES_LATENCY_OF)
		return false;
	memcpy(sorted, s->values, w->nr * sizeof *sorted);
	qsort(sorted, w->nr, sizeof *sorted, compare_doubles);
	return sorted[(size_t)w->nr * 9 / 10] - sorted[w->nr / 10] < log2(LEAST_CHANGE);
}

static bool is_about_numbers(const struct series *x, const struct series *y)
{
	return x->kind != SERIES_LATENCY_OF || y->kind != SERIES_LATENCY_OF;
}

/* How many calls were made in each window, but for those of the two series. */
static void count_others(const struct course *course, uint32_t x, uint32_t y, double *out)
{
	const struct windows *w = &course->windows;
	size_t nr = 0;

	for (uint32_t at = 0; at < w->nr; at++) {
		if (is_idle(w, at))
			continue;
		for (uint32_t i = 0; i < w->nr_series; i++) {
			if (w->series[i].kind == SERIES_CALLS_OF && i != x && i != y)
				out[nr] += w->series[i].values[at];
		}
		nr++;
	}
}

/* The correlation that is left when the others are held fixed; `r` if there are none. Of one that
 * goes up and down just as they do nothing is left, unless the other does so, too. */
static double partial(double r, const double *x, const double *y, const double *others, size_t nr)
{
	struct correlation with_x, with_y;
	double rest_of_x, rest_of_y;

	correlation_spearman(x, others, nr, &with_x);
	correlation_spearman(y, others, nr, &with_y);
	rest_of_x = 1 - with_x.r * with_x.r;
	rest_of_y = 1 - with_y.r * with_y.r;
	if (!with_x.is_defined || !with_y.is_defined)
		return r;
	if (fmin(rest_of_x, rest_of_y) < LEAST_REST)
		return fabs(r) >= ALL_ALIKE ? r : 0;
	return fmax(-1, fmin(1, (r - with_x.r * with_y.r) / sqrt(rest_of_x * rest_of_y)));
}

static void judge_pair(const struct course *course, double *const *ranks, size_t nr,
		       struct relation *pair)
{
	const struct windows *w = &course->windows;
	double r = course->r[pair->x * w->nr_series + pair->y];
	double independent = correlation_effective(ranks[pair->x], ranks[pair->y], nr);

	if (is_about_numbers(&w->series[pair->x], &w->series[pair->y])) {
		scoped_free double *others = xcalloc(w->nr, sizeof *others);

		count_others(course, pair->x, pair->y, others);
		r = partial(r, ranks[pair->x], ranks[pair->y], others, nr);
		independent -= 1;
	}
	correlation_judge(r, independent, &pair->correlation);
}

static void judge_pairs(struct course *course, double *const *ranks, size_t nr)
{
	const struct windows *w = &course->windows;
	VEC(struct relation) pairs = {0};
	scoped_free double *probabilities = NULL;
	scoped_free bool *is_true = NULL;

	for (uint32_t x = 0; x < w->nr_series; x++) {
		for (uint32_t y = x + 1; y < w->nr_series; y++) {
			struct relation *pair;

			if (is_trivial(&w->series[x], &w->series[y]) ||
			    is_steady(w, &w->series[x]) || is_steady(w, &w->series[y]))
				continue;
			pair = vec_push(&pairs);
			pair->x = x;
			pair->y = y;
			judge_pair(course, ranks, nr, pair);
		}
	}
	probabilities = xcalloc(pairs.size + 1, sizeof *probabilities);
	is_true = xcalloc(pairs.size + 1, sizeof *is_true);
	for (size_t i = 0; i < pairs.size; i++)
		probabilities[i] = pairs.items[i].correlation.probability;
	tails_discoveries(probabilities, pairs.size, FALSE_RELATIONS, is_true);
	for (size_t i = 0; i < pairs.size; i++) {
		if (is_true[i] && fabs(pairs.items[i].correlation.r) >= LEAST_RELATION)
			*vec_push(&course->relations) = pairs.items[i];
	}
	if (course->relations.size)
		qsort(course->relations.items, course->relations.size,
		      sizeof *course->relations.items, compare_relations);
	vec_free(&pairs);
}

void relations_find(struct course *course)
{
	const struct windows *w = &course->windows;
	scoped_free double *busy = xcalloc(w->nr, sizeof *busy);
	double *ranks[MOST_SERIES];
	size_t nr = 0;

	course->r = xcalloc((size_t)w->nr_series * w->nr_series + 1, sizeof *course->r);
	for (uint32_t i = 0; i < w->nr_series; i++) {
		nr = busy_values(w, &w->series[i], busy);
		ranks[i] = xcalloc(w->nr, sizeof *ranks[i]);
		ranks_of(busy, nr, ranks[i]);
	}
	course->busy_windows = (uint32_t)nr;
	correlation_matrix((const double *const *)ranks, w->nr_series, nr, course->r);
	if (nr >= LEAST_WINDOWS)
		judge_pairs(course, ranks, nr);
	for (uint32_t i = 0; i < w->nr_series; i++)
		free(ranks[i]);
}

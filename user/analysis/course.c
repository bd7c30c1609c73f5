// SPDX-License-Identifier: MIT
#include "analysis/course.h"

#include <math.h>

#include "stats/changes.h"
#include "stats/robust.h"
#include "stats/tails.h"

#define CLUSTER_KEY      0x70726f66 /* of random numbers: the same for everyone */
#define MOST_DEVIATIONS  8.0f
#define LEAST_SCORE      1.5  /* deviations from the median that make a trait of a phase */
#define LEAST_SILHOUETTE 0.35 /* of phases that are told */
#define SAME_SERIES      0.98 /* so correlated, one of two columns says all that both do */
#define LEAST_LEVEL      20   /* a level lasts for such a part of all windows, or is a burst */
#define LEAST_RELATION   0.5
#define FALSE_RELATIONS  0.01

/* The scale on which a series is judged: levels differ by factors. Latencies are logs already. */
static void series_logs(const struct windows *w, const struct series *s, double *out)
{
	for (uint32_t at = 0; at < w->nr; at++)
		out[at] = s->kind == SERIES_LATENCY_OF ? s->values[at] : log2(s->values[at] + 1);
}

static double of_log(const struct series *s, double log)
{
	return s->kind == SERIES_LATENCY_OF ? exp2(log) : exp2(log) - 1;
}

static double median_of(const double *values, size_t nr)
{
	struct spread spread = {0};

	spread_of(values, nr, &spread);
	return spread.median;
}

/* ---- Changes of level ---- */

static void changes_of_series(struct course *course, uint32_t series, const double *logs)
{
	const struct windows *w = &course->windows;
	const struct series *s = &w->series[series];
	scoped_free size_t *starts = xcalloc(w->nr + 1, sizeof *starts);
	size_t found = 0, begin = 0;

	if (changes_find(logs, w->nr, starts, &found))
		return;
	for (size_t i = 0; i < found; i++) {
		size_t end = i + 1 < found ? starts[i + 1] : w->nr;
		size_t least = w->nr / LEAST_LEVEL;
		double before = of_log(s, median_of(logs + begin, starts[i] - begin));
		double after = of_log(s, median_of(logs + starts[i], end - starts[i]));
		double factor = (after + 1) / (before + 1);

		if (fmax(factor, 1 / factor) >= LEAST_CHANGE && starts[i] - begin >= least &&
		    end - starts[i] >= least)
			*vec_push(&course->changes) = (struct change){
				series, (uint32_t)starts[i], before, after, factor,
			};
		begin = starts[i];
	}
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->series > y->series) - (x->series < y->series);
}

static void find_changes(struct course *course, double *const *logs)
{
	for (uint32_t i = 0; i < course->windows.nr_series; i++)
		changes_of_series(course, i, logs[i]);
	if (course->changes.size)
		qsort(course->changes.items, course->changes.size, sizeof *course->changes.items,
		      compare_changes);
}

/* ---- Phases ---- */

/* Columns that do not repeat another one. */
static uint32_t choose_features(const struct course *course, uint32_t chosen[MOST_SERIES])
{
	uint32_t nr_series = course->windows.nr_series, nr = 0;

	for (uint32_t i = 0; i < nr_series; i++) {
		bool repeats = false;

		for (uint32_t k = 0; k < nr; k++)
			repeats |= fabs(course->r[i * nr_series + chosen[k]]) > SAME_SERIES;
		if (!repeats)
			chosen[nr++] = i;
	}
	return nr;
}

static int compare_traits(const void *a, const void *b)
{
	const struct trait_of_phase *x = a, *y = b;

	if (fabs(x->score) != fabs(y->score))
		return fabs(x->score) < fabs(y->score) ? 1 : -1;
	return (x->series > y->series) - (x->series < y->series);
}

/* What is unusual in the windows of one phase, all series considered. */
static void describe_phase(const struct course *course, double *const *logs, uint32_t phase,
			   struct phase *out)
{
	const struct windows *w = &course->windows;
	scoped_free double *inside = xcalloc(w->nr, sizeof *inside);
	struct trait_of_phase traits[MOST_SERIES];
	unsigned int nr = 0;

	for (uint32_t i = 0; i < w->nr_series; i++) {
		struct spread all;
		size_t nr_inside = 0;
		double middle;

		for (uint32_t at = 0; at < w->nr; at++) {
			if (course->phase_of[at] == phase)
				inside[nr_inside++] = logs[i][at];
		}
		middle = median_of(inside, nr_inside);
		if (spread_of(logs[i], w->nr, &all))
			continue;
		traits[nr] = (struct trait_of_phase){i, exp2(middle - all.median),
						     spread_score(&all, middle, 0.25)};
		nr += fabs(traits[nr].score) >= LEAST_SCORE &&
		      fmax(traits[nr].factor, 1 / traits[nr].factor) >= LEAST_CHANGE;
	}
	qsort(traits, nr, sizeof *traits, compare_traits);
	out->nr_traits = nr < MOST_TRAITS ? nr : MOST_TRAITS;
	memcpy(out->traits, traits, out->nr_traits * sizeof *traits);
}

static int compare_phases(const void *a, const void *b)
{
	const struct phase *x = a, *y = b;

	if (x->windows != y->windows)
		return x->windows < y->windows ? 1 : -1;
	return (x->first > y->first) - (x->first < y->first);
}

static void take_phases(struct course *course, const struct clusters *clusters, double *const *logs)
{
	const struct windows *w = &course->windows;

	course->nr_phases = clusters->k;
	course->silhouette = clusters->silhouette;
	for (uint32_t at = w->nr; at-- > 0;) {
		struct phase *phase = &course->phases[clusters->kmeans.labels[at]];

		course->phase_of[at] = clusters->kmeans.labels[at];
		phase->windows++;
		phase->first = at;
	}
	for (uint32_t i = 0; i < course->nr_phases; i++)
		describe_phase(course, logs, i, &course->phases[i]);
	qsort(course->phases, course->nr_phases, sizeof *course->phases, compare_phases);
}

static void find_phases(struct course *course, double *const *logs)
{
	const struct windows *w = &course->windows;
	const struct kmeans_options options = {.key = CLUSTER_KEY};
	uint32_t chosen[MOST_SERIES], nr = choose_features(course, chosen);
	scoped_free float *rows = xcalloc((size_t)w->nr * (nr + 1), sizeof *rows);
	struct clusters clusters;
	struct points points;

	course->nr_phases = 1;
	course->phase_of = xcalloc(w->nr, sizeof *course->phase_of);
	for (uint32_t i = 0; i < nr; i++) {
		struct spread spread;

		if (!spread_of(logs[chosen[i]], w->nr, &spread))
			spread_scale(&spread, logs[chosen[i]], w->nr, MOST_DEVIATIONS, rows + i,
				     nr);
	}
	if (!nr || points_init(&points, rows, w->nr, nr))
		return;
	clusters_find(&points, &options, &clusters);
	if (clusters.k > 1 && clusters.silhouette >= LEAST_SILHOUETTE)
		take_phases(course, &clusters, logs);
	clusters_fini(&clusters);
	points_fini(&points);
}

/* ---- What goes together ---- */

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

static void judge_pairs(struct course *course, double *const *ranks, size_t nr)
{
	const struct windows *w = &course->windows;
	VEC(struct relation) pairs = {0};
	scoped_free double *probabilities = NULL;
	scoped_free bool *is_true = NULL;

	for (uint32_t x = 0; x < w->nr_series; x++) {
		for (uint32_t y = x + 1; y < w->nr_series; y++) {
			struct relation *pair;
			double independent = correlation_effective(ranks[x], ranks[y], nr);

			if (is_trivial(&w->series[x], &w->series[y]))
				continue;
			pair = vec_push(&pairs);
			pair->x = x;
			pair->y = y;
			correlation_judge(course->r[x * w->nr_series + y], independent,
					  &pair->correlation);
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

static void correlate(struct course *course)
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

void course_build(struct recording *r, struct course *out)
{
	double *logs[MOST_SERIES];

	*out = (struct course){0};
	windows_build(r, &out->windows);
	if (!out->windows.nr)
		return;
	for (uint32_t i = 0; i < out->windows.nr_series; i++) {
		logs[i] = xcalloc(out->windows.nr, sizeof *logs[i]);
		series_logs(&out->windows, &out->windows.series[i], logs[i]);
	}
	correlate(out);
	find_changes(out, logs);
	find_phases(out, logs);
	for (uint32_t i = 0; i < out->windows.nr_series; i++)
		free(logs[i]);
}

void course_fini(struct course *course)
{
	windows_fini(&course->windows);
	vec_free(&course->changes);
	vec_free(&course->relations);
	free(course->phase_of);
	free(course->r);
	*course = (struct course){0};
}

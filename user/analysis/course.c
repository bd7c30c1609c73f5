// SPDX-License-Identifier: MIT
#include "analysis/course.h"

#include <math.h>

#include "analysis/relations.h"
#include "stats/changes.h"
#include "stats/robust.h"

#define CLUSTER_KEY      0x70726f66 /* of random numbers: the same for everyone */
#define MOST_DEVIATIONS  8.0f
#define LEAST_DEVIATION  0.25 /* octaves: steady series make no phases by trifles */
#define LEAST_SCORE      1.5  /* deviations from the median that make a trait of a phase */
#define LEAST_PHASE      50   /* windows that are a smaller part are between phases */
#define LEAST_SILHOUETTE 0.35 /* of phases that are told */
#define SAME_SERIES      0.98 /* so correlated, one of two columns says all that both do */
#define LEAST_LEVEL      20   /* a level lasts for such a part of all windows, or is a burst */

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
	struct robust_spread spread = {0};

	spread_of(values, nr, &spread);
	return spread.median;
}

/* ---- Changes of level ---- */

/* What is shorter than a level is a burst: it neither ends the level before it nor begins one. */
static size_t drop_bursts(size_t *starts, size_t found, size_t nr, size_t *levels)
{
	size_t nr_levels = 0, begin = 0;

	for (size_t i = 0; i <= found; i++) {
		size_t end = i < found ? starts[i] : nr;

		if (end - begin >= nr / LEAST_LEVEL) {
			levels[2 * nr_levels] = begin;
			levels[2 * nr_levels++ + 1] = end;
		}
		begin = end;
	}
	return nr_levels;
}

static void changes_of_series(struct course *course, uint32_t series, const double *logs)
{
	const struct windows *w = &course->windows;
	const struct series *s = &w->series[series];
	scoped_free size_t *starts = xcalloc(w->nr + 1, sizeof *starts);
	scoped_free size_t *levels = xcalloc(2 * (w->nr + 1), sizeof *levels);
	size_t found = 0, nr_levels;

	if (changes_find(logs, w->nr, starts, &found))
		return;
	nr_levels = drop_bursts(starts, found, w->nr, levels);
	for (size_t i = 1; i < nr_levels; i++) {
		const size_t *old = &levels[2 * i - 2], *new = &levels[2 * i];
		double before = of_log(s, median_of(logs + old[0], old[1] - old[0]));
		double after = of_log(s, median_of(logs + new[0], new[1] - new[0]));
		double factor = (after + 1) / (before + 1);

		if (fmax(factor, 1 / factor) >= LEAST_CHANGE)
			*vec_push(&course->changes) = (struct change){
				series, (uint32_t) new[0], before, after, factor,
			};
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
		struct robust_spread all;
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
						     spread_score(&all, middle, LEAST_DEVIATION)};
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

static bool has_trait(const struct phase *phase, const struct trait_of_phase *trait)
{
	for (unsigned int i = 0; i < phase->nr_traits; i++) {
		if (phase->traits[i].series == trait->series &&
		    (phase->traits[i].factor > 1) == (trait->factor > 1))
			return true;
	}
	return false;
}

static bool is_alike(const struct phase *a, const struct phase *b)
{
	for (unsigned int i = 0; i < a->nr_traits && a->nr_traits == b->nr_traits; i++) {
		if (!has_trait(b, &a->traits[i]))
			return false;
	}
	return a->nr_traits == b->nr_traits;
}

/* Phases that would be told by the same words are one: the first of them stands for all. */
static void merge_alike(struct course *course)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < course->nr_phases; i++) {
		struct phase *phase = &course->phases[i], *like = course->phases;

		while (like < course->phases + kept && !is_alike(like, phase))
			like++;
		if (like == course->phases + kept) {
			course->phases[kept++] = *phase;
			continue;
		}
		like->windows += phase->windows;
		like->first = phase->first < like->first ? phase->first : like->first;
	}
	course->nr_phases = kept;
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
	merge_alike(course);
	qsort(course->phases, course->nr_phases, sizeof *course->phases, compare_phases);
	while (course->nr_phases &&
	       course->phases[course->nr_phases - 1].windows < w->nr / LEAST_PHASE)
		course->nr_phases--;
}

/*
 * A feature for each window, in deviations. What mostly is the same, as the number of a call that
 * is made in one phase only, has no deviation by its median; what differs in hardly any window is
 * no matter of phases.
 */
static bool take_feature(const struct windows *w, const double *logs, float *out, uint32_t stride)
{
	uint32_t nr_different = 0;
	struct robust_spread spread;

	if (spread_of(logs, w->nr, &spread))
		return false;
	spread_scale(&spread, logs, w->nr, LEAST_DEVIATION, MOST_DEVIATIONS, out, stride);
	for (uint32_t at = 0; at < w->nr; at++)
		nr_different += fabsf(out[(size_t)at * stride]) >= LEAST_SCORE;
	if (nr_different >= w->nr / LEAST_LEVEL)
		return true;
	for (uint32_t at = 0; at < w->nr; at++)
		out[(size_t)at * stride] = 0;
	return false;
}

static void find_phases(struct course *course, double *const *logs)
{
	const struct windows *w = &course->windows;
	const struct kmeans_options options = {.key = CLUSTER_KEY};
	uint32_t chosen[MOST_SERIES], nr = choose_features(course, chosen);
	scoped_free float *rows = xcalloc((size_t)w->nr * (nr + 1), sizeof *rows);
	uint32_t nr_features = 0;
	struct clusters clusters;
	struct points points;

	course->nr_phases = 1;
	course->phase_of = xcalloc(w->nr, sizeof *course->phase_of);
	for (uint32_t i = 0; i < nr; i++)
		nr_features += take_feature(w, logs[chosen[i]], rows + i, nr);
	if (!nr_features || points_init(&points, rows, w->nr, nr))
		return;
	clusters_find(&points, &options, &clusters);
	if (clusters.k > 1 && clusters.silhouette >= LEAST_SILHOUETTE)
		take_phases(course, &clusters, logs);
	clusters_fini(&clusters);
	points_fini(&points);
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
	relations_find(out);
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

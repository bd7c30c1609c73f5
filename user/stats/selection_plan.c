// SPDX-License-Identifier: MIT
/*
 * What the next pass is to count and to pick, so that every rank's interval gets narrower.
 *
 * An interval of few values is picked whole. Several crowded ones get a histogram of their own, if
 * the sample says that it parts them; any other is cut by values of the sample next to its rank.
 */
#include "stats/selection_state.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

#define PICKED_MIN (1U << 16)
#define PICKED_MAX (1U << 23) /* values held in memory */
#define SAMPLE_FEW 16
#define SPREAD     3.0 /* standard deviations of a sample's rank between splitter and rank */
#define ZOOM_LEAST 3   /* ranks that crowd */

/* Spans stay disjoint: those that the new one meets become a part of it. */
static void add_span(struct span *spans, unsigned int *nr, struct span span)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < *nr; i++) {
		if (spans[i].low > span.last || spans[i].last < span.low) {
			spans[kept++] = spans[i];
			continue;
		}
		span.low = spans[i].low < span.low ? spans[i].low : span.low;
		span.last = spans[i].last > span.last ? spans[i].last : span.last;
	}
	spans[kept] = span;
	*nr = kept + 1;
}

static unsigned int limit_number(struct selection *s, uint64_t limit)
{
	unsigned int i = 0;

	while (i < s->nr_limits && s->limits[i] != limit)
		i++;
	if (i == s->nr_limits) {
		s->limits[i] = limit;
		s->counts[i] = 0;
		s->nr_limits++;
	}
	return i;
}

/* A limit splits the interval, unless it is its lower end. */
static void add_edge(struct selection *s, struct target *t, uint64_t limit)
{
	if (limit > t->at.low && limit <= t->at.last)
		t->edges[t->nr_edges++] = limit_number(s, limit);
}

/* Splits at `value`, so that those equal to it are a part of their own. */
static void add_splitter(struct selection *s, struct target *t, uint64_t value)
{
	add_edge(s, t, value);
	add_edge(s, t, value + 1);
}

/* How many values of the interval lie in a span of it, by the `nr` sampled ones. */
static double estimate(const struct selection *s, const struct target *t, uint32_t nr,
		       struct span span)
{
	const uint32_t sampled =
		sample_up_to(&s->sample, span.last) - sample_below(&s->sample, span.low);

	return (double)sampled / nr * (double)t->count;
}

/* So frequent that it is better counted than picked. */
static bool is_tie(const struct selection *s, const struct target *t, uint32_t nr, uint64_t value)
{
	return s->is_cautious ||
	       estimate(s, t, nr, (struct span){value, value}) > (double)s->share / 2;
}

/* The pick begins with `value`, or behind it where that is a tie. */
static void cut_low(struct selection *s, struct target *t, uint32_t nr, uint64_t value)
{
	add_edge(s, t, value);
	t->pick.low = value;
	if (!is_tie(s, t, nr, value))
		return;
	add_edge(s, t, value + 1);
	t->has_pick = value < t->at.last;
	t->pick.low = value + 1;
}

/* How many values lie below the end of the pick follows from it, so an edge there is saved. */
static void cut_high(struct selection *s, struct target *t, uint32_t nr, uint64_t value)
{
	t->pick.last = value;
	if (is_tie(s, t, nr, value)) {
		if (s->is_cautious)
			add_edge(s, t, value);
		add_edge(s, t, value + 1);
		t->has_pick &= value > t->pick.low;
		t->pick.last = value - 1;
	} else if (!t->nr_edges || s->planned + estimate(s, t, nr, t->pick) > (double)s->room) {
		add_edge(s, t, value + 1);
	}
}

/* Picks what is between two of the `nr` sampled values, most likely below and above the rank. */
static void split(struct selection *s, struct target *t, const uint64_t *sampled, uint32_t nr)
{
	const double place = nr * ((double)(t->rank - t->below) / (double)t->count);
	const double slack = SPREAD * sqrt(place * (1 - place / nr)) + 2;
	const double low = floor(place - slack), high = ceil(place + slack);
	const bool has_low = low >= 0, has_high = high < nr;

	t->pick = t->at;
	t->has_pick = has_low || has_high;
	if (has_low && has_high && sampled[(uint32_t)low] == sampled[(uint32_t)high])
		t->has_pick = false;
	if (!t->has_pick) {
		add_splitter(s, t, sampled[place < nr ? (uint32_t)place : nr - 1]);
		return;
	}
	if (has_low)
		cut_low(s, t, nr, sampled[(uint32_t)low]);
	if (has_high)
		cut_high(s, t, nr, sampled[(uint32_t)high]);
	if (t->has_pick) {
		s->planned += estimate(s, t, nr, t->pick);
		add_span(s->picks, &s->nr_picks, t->pick);
	}
}

static void sort_sample(struct selection *s)
{
	if (!s->is_sorted)
		sample_sort(&s->sample);
	s->is_sorted = true;
}

static bool is_crowded(const struct selection *s, const struct target *t)
{
	return t->state != DONE && t->at.low < t->at.last && t->count > s->share;
}

/* Whether the bucket of the zoom that most likely holds the rank has few values enough. */
static bool zoom_helps(const struct selection *s, const struct target *t)
{
	const uint32_t from = sample_below(&s->sample, t->at.low);
	const uint32_t nr = sample_up_to(&s->sample, t->at.last) - from;
	const double place = nr * ((double)(t->rank - t->below) / (double)t->count);
	uint64_t base = s->zoom_counter.base, value;
	uint32_t bucket;

	if (nr < SAMPLE_FEW || !is_crowded(s, t))
		return false;
	value = s->sample.values[from + (place < nr ? (uint32_t)place : nr - 1)];
	bucket = loglinear_index(value - base, HISTOGRAM_BITS);
	base += loglinear_lower(bucket, HISTOGRAM_BITS);
	return estimate(s, t, nr,
			(struct span){base, base + (loglinear_width(bucket, HISTOGRAM_BITS) -
						    1)}) <= (double)s->share;
}

/*
 * Where several ranks lie in one crowded bucket or a few neighbours, as those of sleeps do, a
 * histogram of the distances from the first one's beginning costs less than counting for each.
 */
static void plan_zoom(struct selection *s)
{
	unsigned int nr = 0;

	s->is_zooming = false;
	if (s->passes != 1)
		return;
	s->zoom_counter.base = UINT64_MAX;
	for (unsigned int i = 0; i < s->nr_targets; i++) {
		const struct target *t = &s->targets[i];

		if (is_crowded(s, t) && t->at.low < s->zoom_counter.base) {
			s->zoom_counter.base = t->at.low;
			s->zoom_below = t->below;
		}
	}
	if (s->zoom_counter.base == UINT64_MAX)
		return;
	sort_sample(s);
	for (unsigned int i = 0; i < s->nr_targets; i++)
		nr += zoom_helps(s, &s->targets[i]);
	s->is_zooming = nr >= ZOOM_LEAST;
}

static void plan_target(struct selection *s, struct target *t)
{
	uint32_t from, nr;

	t->nr_edges = 0;
	t->has_pick = false;
	t->state = OPEN;
	if (t->at.low == t->at.last) {
		t->state = DONE;
		return;
	}
	if (s->is_zooming && zoom_helps(s, t)) {
		t->state = ZOOMED;
		return;
	}
	if (t->count <= s->share) {
		t->pick = t->at;
		t->has_pick = true;
		s->planned += (double)t->count;
		add_span(s->picks, &s->nr_picks, t->pick);
		return;
	}
	sort_sample(s);
	from = sample_below(&s->sample, t->at.low);
	nr = sample_up_to(&s->sample, t->at.last) - from;
	if (nr >= (t->was_hungry ? 1 : SAMPLE_FEW)) {
		t->was_hungry = false;
		split(s, t, s->sample.values + from, nr);
	} else if (t->was_hungry) {
		give_up(t);
	} else {
		t->state = HUNGRY;
	}
}

static void make_room(struct selection *s)
{
	const uint64_t wanted = s->histogram.total / 8;
	const size_t room = wanted < PICKED_MIN   ? PICKED_MIN
			    : wanted > PICKED_MAX ? PICKED_MAX
						  : (size_t)wanted;

	if (room > s->room) {
		free(s->picked);
		free(s->scratch);
		s->picked = xcalloc(room + TILE + FILTER_SLACK, sizeof *s->picked);
		s->scratch = xcalloc(room + TILE + FILTER_SLACK, sizeof *s->scratch);
		s->room = room;
	}
	s->nr_picked = 0;
	s->seen = 0;
	s->planned = 0;
	s->is_cautious = s->is_full;
	s->is_full = false;
}

bool selection_plan(struct selection *s)
{
	unsigned int nr_open = 0, nr_hungry = 0;

	s->nr_picks = s->nr_hungry = s->nr_limits = 0;
	for (unsigned int i = 0; i < s->nr_targets; i++)
		nr_open += s->targets[i].state != DONE;
	if (!nr_open)
		return false;
	make_room(s);
	s->share = s->room / (2 * nr_open);
	plan_zoom(s);
	for (unsigned int i = 0; i < s->nr_targets; i++) {
		struct target *t = &s->targets[i];

		if (t->state == DONE)
			continue;
		plan_target(s, t);
		nr_hungry += t->state == HUNGRY;
		if (t->state == HUNGRY)
			add_span(s->hungry, &s->nr_hungry, t->at);
	}
	if (nr_hungry) {
		sample_start(&s->sample);
		s->is_sorted = false;
	}
	return s->nr_picks || s->nr_hungry || s->nr_limits || s->is_zooming;
}

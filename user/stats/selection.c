// SPDX-License-Identifier: MIT
#include "stats/selection.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "stats/candidates.h"
#include "stats/sample.h"

#define TILE       2048  /* values: half of a first-level cache, for several looks at them */
#define SCAN_TILE  16384 /* values: sampled while they are in the second-level cache */
#define PICKED_MIN (1U << 16)
#define PICKED_MAX (1U << 23) /* values held in memory */
#define SAMPLE_FEW 16
#define SPREAD     3.0 /* standard deviations of a sample's rank between splitter and rank */
#define EDGES_MAX  4
#define PASSES_MAX 256

enum state { OPEN, HUNGRY, DONE };

/* A rank, and the interval that is known to hold its value. */
struct target {
	uint64_t rank, below; /* how many values lie below the interval, */
	uint64_t count;       /* and how many in it */
	struct span at, pick;
	enum state state;
	bool has_pick, is_exact, was_hungry;
	unsigned int nr_edges, edges[EDGES_MAX]; /* ascending splitters in at */
};

struct selection {
	struct histogram histogram;
	struct bucket_counter counter;
	struct sample sample;
	bool is_sorted; /* the sample */
	unsigned int nr_targets, passes;
	struct target targets[SELECTION_RANKS];

	/* What the pass under way does: distinct intervals and limits. */
	struct span picks[SELECTION_RANKS], hungry[SELECTION_RANKS];
	unsigned int nr_picks, nr_hungry, nr_limits;
	uint64_t limits[SELECTION_RANKS * EDGES_MAX], counts[SELECTION_RANKS * EDGES_MAX];
	uint64_t seen;
	bool is_full, is_cautious;
	double planned; /* how many values the picks hold, if the sample is like all */
	size_t room, share, nr_picked;
	uint64_t *picked, *scratch; /* of `room` values and a tile */
};

struct selection *selection_new(void)
{
	struct selection *s = xnew(struct selection);

	histogram_init(&s->histogram, HISTOGRAM_BITS);
	bucket_counter_init(&s->counter, &s->histogram);
	selection_restart(s);
	return s;
}

void selection_free(struct selection *s)
{
	if (!s)
		return;
	bucket_counter_fini(&s->counter);
	histogram_fini(&s->histogram);
	free(s->picked);
	free(s->scratch);
	free(s);
}

void selection_restart(struct selection *s)
{
	bucket_counter_settle(&s->counter);
	histogram_clear(&s->histogram);
	sample_start(&s->sample);
	s->is_sorted = false;
	s->nr_targets = s->passes = 0;
	s->nr_picks = s->nr_hungry = s->nr_limits = 0;
	s->nr_picked = 0;
}

void selection_scan(struct selection *s, const uint64_t *values, size_t nr)
{
	for (size_t i = 0; i < nr; i += SCAN_TILE) {
		const size_t part = nr - i < SCAN_TILE ? nr - i : SCAN_TILE;

		bucket_counter_add(&s->counter, values + i, part);
		sample_add(&s->sample, values + i, part);
	}
}

void selection_know(struct selection *s, const struct histogram *h)
{
	histogram_merge(&s->histogram, h);
}

const struct histogram *selection_histogram(struct selection *s)
{
	bucket_counter_settle(&s->counter);
	return &s->histogram;
}

uint64_t selection_total(struct selection *s)
{
	return selection_histogram(s)->total;
}

unsigned int selection_ask(struct selection *s, uint64_t rank)
{
	const struct histogram *h = selection_histogram(s);
	struct target *t = &s->targets[s->nr_targets];
	uint32_t bucket;

	if (s->nr_targets == SELECTION_RANKS || !rank || rank > h->total)
		BUG("rank %llu of %llu", (unsigned long long)rank, (unsigned long long)h->total);
	*t = (struct target){.rank = rank, .is_exact = true};
	bucket = histogram_find(h, rank, &t->below);
	t->count = h->counts[bucket];
	t->at.low = loglinear_lower(bucket, HISTOGRAM_BITS);
	t->at.last = t->at.low + (loglinear_width(bucket, HISTOGRAM_BITS) - 1);
	return s->nr_targets++;
}

/* ---- What a pass must do ---- */

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

static void give_up(struct target *t)
{
	t->is_exact = false;
	t->state = DONE;
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
	if (t->count <= s->share) {
		t->pick = t->at;
		t->has_pick = true;
		s->planned += (double)t->count;
		add_span(s->picks, &s->nr_picks, t->pick);
		return;
	}
	if (!s->is_sorted)
		sample_sort(&s->sample);
	s->is_sorted = true;
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

static bool plan(struct selection *s)
{
	unsigned int nr_open = 0, nr_hungry = 0;

	s->nr_picks = s->nr_hungry = s->nr_limits = 0;
	for (unsigned int i = 0; i < s->nr_targets; i++)
		nr_open += s->targets[i].state != DONE;
	if (!nr_open)
		return false;
	make_room(s);
	s->share = s->room / (2 * nr_open);
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
	return s->nr_picks || s->nr_hungry || s->nr_limits;
}

/* ---- What a pass has shown ---- */

/* The part between two edges that holds the rank becomes the interval. */
static void narrow(const struct selection *s, struct target *t)
{
	const uint64_t end = t->below + t->count;
	uint64_t last = t->at.last;

	for (unsigned int i = 0; i < t->nr_edges; i++) {
		const uint64_t limit = s->limits[t->edges[i]], below = s->counts[t->edges[i]];

		if (t->rank <= below) {
			last = limit - 1;
			t->count = below - t->below;
			break;
		}
		t->at.low = limit;
		t->below = below;
		t->count = end > below ? end - below : 0;
	}
	t->at.last = last;
}

/* The pick begins where the interval does; if it ends before, the rank may be behind it. */
static void take_picked(struct selection *s, struct target *t)
{
	const uint64_t rank = t->rank - t->below;
	size_t nr = 0;

	for (size_t i = 0; i < s->nr_picked; i += TILE)
		nr += kernels()->filter(s->picked + i,
					s->nr_picked - i < TILE ? s->nr_picked - i : TILE, &t->pick,
					1, s->scratch + nr);
	if (t->pick.last < t->at.last && nr < rank && nr <= t->count) {
		t->at.low = t->pick.last + 1;
		t->below += nr;
		t->count -= nr;
		return;
	}
	t->is_exact = rank <= nr && (t->pick.last < t->at.last || nr == t->count);
	t->state = DONE;
	if (t->is_exact)
		t->at.low = candidates_select(s->scratch, nr, rank, t->pick);
}

static void finish_target(struct selection *s, struct target *t)
{
	if (t->state == DONE)
		return;
	if (t->state == HUNGRY) {
		t->was_hungry = true;
		return;
	}
	if (t->nr_edges && s->seen != s->histogram.total) {
		give_up(t); /* values are missing, so those below the edges may be */
		return;
	}
	narrow(s, t);
	if (t->at.low == t->at.last)
		t->state = DONE;
	else if (!s->is_full && t->has_pick && t->pick.low == t->at.low &&
		 t->pick.last <= t->at.last)
		take_picked(s, t);
	else if (s->passes > PASSES_MAX)
		give_up(t);
}

bool selection_again(struct selection *s)
{
	if (s->passes++) {
		for (unsigned int i = 0; i < s->nr_targets; i++)
			finish_target(s, &s->targets[i]);
	}
	return plan(s);
}

/* ---- A pass ---- */

static bool overlaps(const struct span *spans, unsigned int nr, uint64_t low, uint64_t last)
{
	for (unsigned int i = 0; i < nr; i++) {
		if (spans[i].low <= last && low <= spans[i].last)
			return true;
	}
	return false;
}

bool selection_wants(const struct selection *s, uint64_t low, uint64_t last)
{
	/* splitters count from the bottom */
	return s->nr_limits || overlaps(s->picks, s->nr_picks, low, last) ||
	       overlaps(s->hungry, s->nr_hungry, low, last);
}

static size_t filter_all(const uint64_t *values, size_t nr_values, const struct span *spans,
			 unsigned int nr, uint64_t *out)
{
	size_t found = 0;

	for (unsigned int i = 0; i < nr; i += SPANS_MAX)
		found += kernels()->filter(values, nr_values, spans + i,
					   nr - i < SPANS_MAX ? nr - i : SPANS_MAX, out + found);
	return found;
}

static void pass_tile(struct selection *s, const uint64_t *values, size_t nr)
{
	if (s->nr_picks && s->nr_picked > s->room)
		s->is_full = true;
	else
		s->nr_picked +=
			filter_all(values, nr, s->picks, s->nr_picks, s->picked + s->nr_picked);
	if (s->nr_limits)
		kernels()->below(values, nr, s->limits, s->nr_limits, s->counts);
	if (s->nr_hungry) {
		size_t found = filter_all(values, nr, s->hungry, s->nr_hungry, s->scratch);

		sample_add(&s->sample, s->scratch, found);
	}
}

void selection_pass(struct selection *s, const uint64_t *values, size_t nr)
{
	s->seen += nr;
	for (size_t i = 0; i < nr; i += TILE)
		pass_tile(s, values + i, nr - i < TILE ? nr - i : TILE);
}

uint64_t selection_value(const struct selection *s, unsigned int i, bool *is_exact)
{
	if (is_exact)
		*is_exact = s->targets[i].is_exact;
	return s->targets[i].at.low;
}

void selection_of(const uint64_t *column, size_t nr, const uint64_t *ranks, unsigned int nr_ranks,
		  uint64_t *values)
{
	struct selection *s = selection_new();

	selection_scan(s, column, nr);
	for (unsigned int i = 0; i < nr_ranks; i++)
		selection_ask(s, ranks[i]);
	while (selection_again(s))
		selection_pass(s, column, nr);
	for (unsigned int i = 0; i < nr_ranks; i++)
		values[i] = selection_value(s, i, NULL);
	selection_free(s);
}

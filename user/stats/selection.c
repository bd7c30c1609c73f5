// SPDX-License-Identifier: MIT
#include "stats/selection.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "stats/candidates.h"
#include "stats/selection_state.h"

#define SCAN_TILE  16384 /* values: sampled while they are in the second-level cache */
#define PASSES_MAX 256

struct selection *selection_new(void)
{
	struct selection *s = xnew(struct selection);

	histogram_init(&s->histogram, HISTOGRAM_BITS);
	bucket_counter_init(&s->counter, &s->histogram);
	histogram_init(&s->zoom, HISTOGRAM_BITS);
	bucket_counter_init(&s->zoom_counter, &s->zoom);
	selection_restart(s);
	return s;
}

void selection_free(struct selection *s)
{
	if (!s)
		return;
	bucket_counter_fini(&s->counter);
	histogram_fini(&s->histogram);
	bucket_counter_fini(&s->zoom_counter);
	histogram_fini(&s->zoom);
	free(s->picked);
	free(s->scratch);
	free(s);
}

void selection_restart(struct selection *s)
{
	bucket_counter_settle(&s->counter);
	histogram_clear(&s->histogram);
	bucket_counter_settle(&s->zoom_counter);
	histogram_clear(&s->zoom);
	s->is_zooming = false;
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

/* Distances below the base are beyond all others: they wrap. */
static void zoom_in(struct selection *s, struct target *t)
{
	uint64_t below, low, last;
	uint32_t bucket;

	bucket_counter_settle(&s->zoom_counter);
	if (s->seen != s->histogram.total) {
		give_up(t);
		return;
	}
	bucket = histogram_find(&s->zoom, t->rank - s->zoom_below, &below);
	low = s->zoom_counter.base + loglinear_lower(bucket, HISTOGRAM_BITS);
	last = low + (loglinear_width(bucket, HISTOGRAM_BITS) - 1);
	if (low < t->at.low || last > t->at.last || last < low)
		return;
	t->at = (struct span){low, last};
	t->below = s->zoom_below + below;
	t->count = s->zoom.counts[bucket];
}

static void finish_target(struct selection *s, struct target *t)
{
	if (t->state == DONE)
		return;
	if (t->state == HUNGRY) {
		t->was_hungry = true;
		return;
	}
	if (t->state == ZOOMED) {
		zoom_in(s, t);
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
	return selection_plan(s);
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
	return s->nr_limits || s->is_zooming || overlaps(s->picks, s->nr_picks, low, last) ||
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
	if (s->is_zooming)
		bucket_counter_add(&s->zoom_counter, values, nr);
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

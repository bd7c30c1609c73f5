// SPDX-License-Identifier: MIT
#include "stats/spread.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "loglinear.h"
#include "stats/quantiles.h"

#define STEPS      (1U << SPREAD_BITS) /* buckets of an octave */
#define NR_OCTAVES (LOGLINEAR_BUCKETS(SPREAD_BITS) / STEPS)

void spread_fini(struct spread *s)
{
	for (uint32_t i = 0; s->octaves && i < NR_OCTAVES; i++)
		free(s->octaves[i]);
	free(s->octaves);
	free(s->values);
	*s = (struct spread){0};
}

/* ---- As a histogram ---- */

static void count(struct spread *s, uint32_t bucket, uint64_t nr)
{
	uint64_t **octave = &s->octaves[bucket / STEPS];

	if (!*octave)
		*octave = xcalloc(STEPS, sizeof **octave);
	(*octave)[bucket % STEPS] += nr;
}

static void become_histogram(struct spread *s)
{
	if (s->octaves)
		return;
	s->octaves = xcalloc(NR_OCTAVES, sizeof *s->octaves);
	for (uint64_t i = 0; i < s->total; i++)
		count(s, loglinear_index(s->values[i], SPREAD_BITS), 1);
	free(s->values);
	s->values = NULL;
}

/* The middle of the bucket that has the rank. */
static uint64_t find_rank(const struct spread *s, uint64_t rank)
{
	uint64_t below = 0;

	for (uint32_t octave = 0; octave < NR_OCTAVES; octave++) {
		for (uint32_t step = 0; s->octaves[octave] && step < STEPS; step++) {
			uint32_t bucket = octave * STEPS + step;

			below += s->octaves[octave][step];
			if (below >= rank)
				return loglinear_lower(bucket, SPREAD_BITS) +
				       loglinear_width(bucket, SPREAD_BITS) / 2;
		}
	}
	return 0;
}

/* ---- As values ---- */

static void keep(struct spread *s, uint64_t value)
{
	if (s->total == s->room) {
		s->room = s->room ? 2 * s->room : 4;
		s->values = xrealloc(s->values, s->room, sizeof *s->values);
	}
	s->values[s->total] = value;
}

static int by_value(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static uint64_t select_rank(const struct spread *s, uint64_t rank)
{
	uint64_t sorted[SPREAD_VALUES];

	for (uint64_t i = 0; i < s->total; i++)
		sorted[i] = s->values[i];
	qsort(sorted, s->total, sizeof *sorted, by_value);
	return sorted[rank - 1];
}

/* ---- Either ---- */

void spread_add(struct spread *s, uint64_t value)
{
	if (s->total == SPREAD_VALUES)
		become_histogram(s);
	if (s->octaves)
		count(s, loglinear_index(value, SPREAD_BITS), 1);
	else
		keep(s, value);
	s->total++;
}

void spread_merge(struct spread *into, const struct spread *from)
{
	if (!from->octaves) {
		for (uint64_t i = 0; i < from->total; i++)
			spread_add(into, from->values[i]);
		return;
	}
	become_histogram(into);
	for (uint32_t octave = 0; octave < NR_OCTAVES; octave++) {
		for (uint32_t step = 0; from->octaves[octave] && step < STEPS; step++)
			count(into, octave * STEPS + step, from->octaves[octave][step]);
	}
	into->total += from->total;
}

uint64_t spread_quantile(const struct spread *s, unsigned int ppm)
{
	uint64_t rank = quantile_rank_ppm(s->total, ppm);

	if (!s->total)
		return 0;
	return s->octaves ? find_rank(s, rank) : select_rank(s, rank);
}

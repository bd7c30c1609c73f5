// SPDX-License-Identifier: MIT
#include "stats/quantiles.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

#define TAIL         0.025 /* of 95 % confidence, on each side */
#define TAIL_NORMAL  1.959963984540054
#define EXACT_SPREAD 1000.0 /* variance of a rank from which on it counts as normal */

uint64_t quantile_rank_ppm(uint64_t count, unsigned int ppm)
{
	const unsigned __int128 product = (unsigned __int128)count * ppm;
	const uint64_t rank = (uint64_t)((product + QUANTILE_PPM - 1) / QUANTILE_PPM);

	return rank ? rank : 1;
}

uint64_t quantile_rank(uint64_t count, unsigned int percent)
{
	return quantile_rank_ppm(count, percent * (QUANTILE_PPM / 100));
}

bool quantile_is_told(uint64_t count, unsigned int ppm)
{
	return count >= 3 && count * (QUANTILE_PPM - ppm) >= QUANTILE_PPM;
}

double quantile_interpolation(uint64_t count, unsigned int ppm, uint64_t *rank)
{
	const unsigned __int128 place = (unsigned __int128)(count ? count - 1 : 0) * ppm;

	*rank = (uint64_t)(place / QUANTILE_PPM) + 1;
	return (double)(uint64_t)(place % QUANTILE_PPM) / QUANTILE_PPM;
}

/* How many of `count` values lie below the quantile is binomial: P(it is k). */
static double probability(uint64_t count, double p, uint64_t k)
{
	const double n = (double)count, x = (double)k;
	int sign;

	return exp(lgamma_r(n + 1, &sign) - lgamma_r(x + 1, &sign) - lgamma_r(n - x + 1, &sign) +
		   x * log(p) + (n - x) * log1p(-p));
}

/* The least k with P(at most k) above `part`; from so far below that nothing is left out. */
static uint64_t binomial_quantile(uint64_t count, double p, double part)
{
	const double middle = (double)count * p, spread = sqrt(middle * (1 - p));
	uint64_t k = middle > 10 * spread + 10 ? (uint64_t)(middle - 10 * spread - 10) : 0;
	double sum = 0;

	for (; k < count; k++) {
		sum += probability(count, p, k);
		if (sum > part)
			break;
	}
	return k;
}

bool quantile_interval(uint64_t count, unsigned int ppm, uint64_t *low, uint64_t *high)
{
	const double p = (double)ppm / QUANTILE_PPM, n = (double)count;
	const double variance = n * p * (1 - p);

	if (!ppm || ppm >= QUANTILE_PPM || n * log(p) > log(TAIL) || n * log1p(-p) > log(TAIL))
		return false;
	if (variance >= EXACT_SPREAD) {
		*low = (uint64_t)floor(n * p - TAIL_NORMAL * sqrt(variance));
		*high = (uint64_t)ceil(n * p + TAIL_NORMAL * sqrt(variance)) + 1;
	} else {
		*low = binomial_quantile(count, p, TAIL);
		*high = binomial_quantile(count, p, 1 - TAIL) + 1;
	}
	return *low && *high <= count;
}

static void start_pass(struct search *s)
{
	free(s->cells);
	s->cells = NULL;
	s->shift = 0;
	if (s->width == 1)
		return;
	while (s->width >> s->shift > SEARCH_CELLS)
		s->shift++;
	s->cells = xcalloc(s->width >> s->shift, sizeof *s->cells);
}

void search_init(struct search *s, uint64_t low, uint64_t width, uint64_t rank)
{
	*s = (struct search){.low = low, .width = width, .rank = rank};
	start_pass(s);
}

void search_fini(struct search *s)
{
	free(s->cells);
	s->cells = NULL;
}

bool search_narrow(struct search *s)
{
	uint64_t cell = 0, cells = s->width >> s->shift;

	for (; cell < cells && s->rank > s->cells[cell]; cell++)
		s->rank -= s->cells[cell];
	if (cell == cells)
		return false;
	s->low += cell << s->shift;
	s->width = 1ULL << s->shift;
	start_pass(s);
	return true;
}

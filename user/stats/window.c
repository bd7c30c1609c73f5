// SPDX-License-Identifier: MIT
#include "stats/window.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "stats/kernels.h"

#define LEAST_DEVIATION ((1 << HISTOGRAM_BITS) / 16)

_Static_assert(COUNT_BUCKETS <= UINT16_MAX, "a mark is an index");

void window_init(struct window *w, uint32_t size)
{
	size = size < WINDOW_LEAST ? WINDOW_LEAST : size > WINDOW_MAX ? WINDOW_MAX : size;
	*w = (struct window){.size = size, .marks = xcalloc(size, sizeof *w->marks)};
}

void window_fini(struct window *w)
{
	free(w->marks);
	*w = (struct window){0};
}

void window_push(struct window *w, uint64_t value)
{
	const uint64_t mark = loglinear_index(value, HISTOGRAM_BITS);
	const uint64_t gone = w->nr == w->size ? w->marks[w->next] : 0;

	w->sum += mark - gone;
	w->squares += mark * mark - gone * gone;
	w->marks[w->next] = (uint16_t)mark;
	w->next = (w->next + 1) % w->size;
	w->nr += w->nr < w->size;
}

double window_score(const struct window *w, uint64_t value)
{
	const double n = w->nr, mean = (double)w->sum / n;
	unsigned __int128 spread;
	double deviation;

	if (w->nr < WINDOW_LEAST)
		return 0;
	spread = (unsigned __int128)w->squares * w->nr - (unsigned __int128)w->sum * w->sum;
	deviation = fmax(sqrt((double)spread / (n * (n - 1))), LEAST_DEVIATION);
	return ((double)loglinear_index(value, HISTOGRAM_BITS) - mean) /
	       (deviation * sqrt(1 + 1 / n));
}

uint64_t window_baseline(const struct window *w)
{
	return w->nr ? loglinear_lower((uint32_t)(w->sum / w->nr), HISTOGRAM_BITS) : 0;
}

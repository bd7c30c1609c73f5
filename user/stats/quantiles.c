// SPDX-License-Identifier: MIT
#include "stats/quantiles.h"

#include <stdlib.h>

#include "base/alloc.h"

uint64_t quantile_rank(uint64_t count, unsigned int percent)
{
	/* ceil(count * percent / 100) without leaving 64 bits */
	uint64_t rank = count / 100 * percent + (count % 100 * percent + 99) / 100;

	return rank ? rank : 1;
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

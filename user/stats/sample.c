// SPDX-License-Identifier: MIT
#include "stats/sample.h"

#include <stdlib.h>

#include "base/search.h"
#include "stats/random.h"

#define KEY 0x73616d706c65

static uint64_t place_in(const struct sample *s, uint64_t number)
{
	return number * s->stretch + random_below(KEY, number * s->stretch, s->stretch);
}

/* One of each two stays, either by chance: the first would always be an even place's. */
static void make_room(struct sample *s)
{
	for (uint32_t i = 0; i < SAMPLE_VALUES / 2; i++)
		s->values[i] = s->values[2 * i + (random_at(KEY + s->stretch, i) & 1)];
	s->nr = SAMPLE_VALUES / 2;
	s->stretch *= 2;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void sample_start(struct sample *s)
{
	s->seen = s->next = 0;
	s->stretch = 1;
	s->nr = 0;
}

void sample_add(struct sample *s, const uint64_t *values, size_t nr)
{
	const uint64_t end = s->seen + nr;

	while (s->next < end) {
		s->values[s->nr++] = values[s->next - s->seen];
		if (s->nr == SAMPLE_VALUES)
			make_room(s);
		s->next = place_in(s, s->nr);
	}
	s->seen = end;
}

void sample_sort(struct sample *s)
{
	qsort(s->values, s->nr, sizeof *s->values, compare);
}

uint32_t sample_below(const struct sample *s, uint64_t limit)
{
	return search_first(i, 0, s->nr, s->values[i] >= limit);
}

uint32_t sample_up_to(const struct sample *s, uint64_t last)
{
	return last == UINT64_MAX ? s->nr : sample_below(s, last + 1);
}

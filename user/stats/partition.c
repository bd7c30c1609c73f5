// SPDX-License-Identifier: MIT
#include "stats/partition.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

struct place {
	double sum;    /* of the best cuts up to here */
	size_t begin;  /* of the last stretch of them */
	size_t closed; /* the place that is better from here on, 0 if none is */
};

/* Places closed long enough that a stretch of the least length fits behind their better go. */
static size_t drop_closed(const struct place *places, size_t *open, size_t nr, size_t end,
			  size_t least)
{
	size_t kept = 0;

	for (size_t i = 0; i < nr; i++) {
		const size_t closed = places[open[i]].closed;

		if (!closed || end < closed + least)
			open[kept++] = open[i];
	}
	return kept;
}

static void find_begin(const struct partition *p, struct place *places, const size_t *open,
		       size_t nr, size_t end)
{
	struct place *here = &places[end];

	here->sum = INFINITY;
	for (size_t i = 0; i < nr; i++) {
		const double sum =
			places[open[i]].sum + p->cost(p->data, open[i], end) + p->penalty;

		if (sum < here->sum) {
			here->sum = sum;
			here->begin = open[i];
		}
	}
}

static void close_places(const struct partition *p, struct place *places, const size_t *open,
			 size_t nr, size_t end)
{
	for (size_t i = 0; i < nr; i++) {
		struct place *place = &places[open[i]];

		if (!place->closed && place->sum + p->cost(p->data, open[i], end) > places[end].sum)
			place->closed = end;
	}
}

static size_t walk_back(const struct place *places, size_t nr, size_t *ends)
{
	size_t found = 0;

	for (size_t end = nr; end; end = places[end].begin)
		ends[found++] = end;
	for (size_t i = 0; i < found / 2; i++) {
		const size_t end = ends[i];

		ends[i] = ends[found - 1 - i];
		ends[found - 1 - i] = end;
	}
	return found;
}

size_t partition_find(const struct partition *p, size_t nr, size_t *ends)
{
	const size_t least = p->least ? p->least : 1;
	struct place *places = xcalloc(nr + 1, sizeof *places);
	size_t *open = xcalloc(nr + 1, sizeof *open), nr_open = 0, found;

	for (size_t end = 1; end <= nr; end++) {
		/* what is shorter than the least length is one stretch */
		if (end < least) {
			places[end].sum = INFINITY;
			continue;
		}
		if (end == least || end >= 2 * least)
			open[nr_open++] = end - least;
		if (p->is_cut_cheap)
			nr_open = drop_closed(places, open, nr_open, end, least);
		find_begin(p, places, open, nr_open, end);
		if (p->is_cut_cheap)
			close_places(p, places, open, nr_open, end);
	}
	found = nr ? walk_back(places, nr, ends) : 0;
	free(open);
	free(places);
	return found;
}

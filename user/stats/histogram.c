// SPDX-License-Identifier: MIT
#include "stats/histogram.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "loglinear.h"

void histogram_init(struct histogram *h, uint32_t bits)
{
	*h = (struct histogram){
		.bits = bits,
		.counts = xcalloc(LOGLINEAR_BUCKETS(bits), sizeof *h->counts),
	};
}

void histogram_fini(struct histogram *h)
{
	free(h->counts);
	*h = (struct histogram){0};
}

void histogram_clear(struct histogram *h)
{
	if (h->end)
		memset(h->counts + h->first, 0, (h->end - h->first) * sizeof *h->counts);
	h->total = 0;
	h->first = h->end = 0;
}

void histogram_add(struct histogram *h, uint32_t index, uint64_t count)
{
	if (index >= LOGLINEAR_BUCKETS(h->bits))
		return;
	if (!h->end || index < h->first)
		h->first = index;
	if (index >= h->end)
		h->end = index + 1;
	h->counts[index] += count;
	h->total += count;
}

uint32_t histogram_find(const struct histogram *h, uint64_t rank, uint64_t *below)
{
	uint32_t index = h->first;

	*below = 0;
	for (; index + 1 < h->end && rank - *below > h->counts[index]; index++)
		*below += h->counts[index];
	return index;
}

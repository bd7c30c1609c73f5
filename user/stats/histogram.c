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
	memset(h->counts, 0, LOGLINEAR_BUCKETS(h->bits) * sizeof *h->counts);
	h->total = 0;
}

void histogram_add(struct histogram *h, uint32_t index, uint64_t count)
{
	if (index >= LOGLINEAR_BUCKETS(h->bits))
		return;
	h->counts[index] += count;
	h->total += count;
}

uint32_t histogram_find(const struct histogram *h, uint64_t rank, uint64_t *below)
{
	uint32_t index = 0, last = LOGLINEAR_BUCKETS(h->bits) - 1;

	*below = 0;
	for (; index < last && rank - *below > h->counts[index]; index++)
		*below += h->counts[index];
	return index;
}

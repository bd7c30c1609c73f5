// SPDX-License-Identifier: MIT
#include "stats/histogram.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

#define PENDING_MAX (1ULL << 31) /* no counter of 32 bits can overflow before */

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

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	if (into->bits != from->bits)
		BUG("histograms of %u and %u bits", into->bits, from->bits);
	for (uint32_t i = from->first; i < from->end; i++) {
		if (from->counts[i])
			histogram_add(into, i, from->counts[i]);
	}
}

uint32_t histogram_find(const struct histogram *h, uint64_t rank, uint64_t *below)
{
	uint32_t index = h->first;

	*below = 0;
	for (; index + 1 < h->end && rank - *below > h->counts[index]; index++)
		*below += h->counts[index];
	return index;
}

uint64_t histogram_middle(const struct histogram *h, uint32_t index)
{
	return loglinear_lower(index, h->bits) + loglinear_width(index, h->bits) / 2;
}

void bucket_counter_init(struct bucket_counter *c, struct histogram *into)
{
	*c = (struct bucket_counter){
		.table = xcalloc(COUNT_BUCKETS, sizeof *c->table),
		.into = into,
	};
}

void bucket_counter_fini(struct bucket_counter *c)
{
	free(c->table);
	c->table = NULL;
}

void bucket_counter_settle(struct bucket_counter *c)
{
	if (!c->pending)
		return;
	for (uint32_t i = 0; i < COUNT_BUCKETS; i++) {
		if (c->table[i])
			histogram_add(c->into, i, c->table[i]);
	}
	memset(c->table, 0, COUNT_BUCKETS * sizeof *c->table);
	c->pending = 0;
}

void bucket_counter_add(struct bucket_counter *c, const uint64_t *values, size_t nr)
{
	while (nr) {
		size_t part = nr < PENDING_MAX - c->pending ? nr : PENDING_MAX - c->pending;

		kernels()->count(values, part, c->base, c->table);
		c->pending += part;
		if (c->pending == PENDING_MAX)
			bucket_counter_settle(c);
		values += part;
		nr -= part;
	}
}

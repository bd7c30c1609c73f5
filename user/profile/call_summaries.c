// SPDX-License-Identifier: MIT
#include "profile/call_summaries.h"

static int compare_keys(const void *a, const void *b)
{
	const struct key_summary *x = *(const struct key_summary *const *)a;
	const struct key_summary *y = *(const struct key_summary *const *)b;

	return (x->key > y->key) - (x->key < y->key);
}

void call_summaries_init(struct call_summaries *s, const struct recording *r)
{
	*s = (struct call_summaries){0};
	for (uint32_t k = 0; !r->blocks.size && k < r->nr_call_keys; k++)
		*vec_push(&s->items) = &r->call_keys[k];
	vec_each (&r->blocks, block) {
		for (uint32_t k = 0; block->kind == BLOCK_SYSCALLS && k < block->nr_keys; k++)
			*vec_push(&s->items) = &block->keys[k];
	}
	if (s->items.size)
		qsort(s->items.items, s->items.size, sizeof *s->items.items, compare_keys);
}

void call_summaries_fini(struct call_summaries *s)
{
	vec_free(&s->items);
	s->at = 0;
}

bool call_summaries_next(struct call_summaries *s, struct call_summary *out)
{
	size_t first = s->at;

	if (first == s->items.size)
		return false;
	out->key = s->items.items[first]->key;
	out->items = &s->items.items[first];
	while (s->at < s->items.size && s->items.items[s->at]->key == out->key)
		s->at++;
	out->nr = s->at - first;
	return true;
}

void call_summary_add(const struct call_summary *of, struct histogram *durations)
{
	for (size_t i = 0; i < of->nr; i++) {
		const struct key_summary *summary = of->items[i];

		for (uint32_t k = 0; k < summary->nr_buckets; k++)
			histogram_add(durations, summary->buckets[k].index,
				      summary->buckets[k].count);
	}
}

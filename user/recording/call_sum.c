// SPDX-License-Identifier: MIT
#include "recording/call_sum.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static void keys_free(struct call_sum *sum)
{
	vec_each (&sum->keys, key) {
		free(key->buckets);
		free(key->errnos);
	}
	vec_free(&sum->keys);
}

void call_sum_fini(struct call_sum *sum)
{
	keys_free(sum);
	*sum = (struct call_sum){0};
}

/* Both ascend, and so does what becomes of them. */
static void buckets_add(struct bucket **into, uint32_t *nr, const struct bucket *from,
			uint32_t nr_from)
{
	struct bucket *sum = xcalloc((size_t)*nr + nr_from + 1, sizeof *sum);
	const struct bucket *a = *into;
	uint32_t size = 0, i = 0, j = 0;

	while (i < *nr || j < nr_from) {
		if (j == nr_from || (i < *nr && a[i].index < from[j].index)) {
			sum[size++] = a[i++];
		} else {
			sum[size] = from[j++];
			if (i < *nr && a[i].index == sum[size].index)
				sum[size].count += a[i++].count;
			size++;
		}
	}
	free(*into);
	*into = sum;
	*nr = size;
}

static void key_add(struct call_sum *sum, struct key_summary *into, const struct key_summary *from)
{
	sum->nr_buckets -= into->nr_buckets + into->nr_errnos;
	if (from->timed && (!into->timed || from->min_ns < into->min_ns))
		into->min_ns = from->min_ns;
	if (from->max_ns > into->max_ns)
		into->max_ns = from->max_ns;
	into->events += from->events;
	into->timed += from->timed;
	into->duration_ns += from->duration_ns;
	buckets_add(&into->buckets, &into->nr_buckets, from->buckets, from->nr_buckets);
	buckets_add(&into->errnos, &into->nr_errnos, from->errnos, from->nr_errnos);
	sum->nr_buckets += into->nr_buckets + into->nr_errnos;
}

static struct key_summary *key_of(struct call_sum *sum, uint32_t key)
{
	size_t at = 0;

	while (at < sum->keys.size && sum->keys.items[at].key < key)
		at++;
	if (at == sum->keys.size || sum->keys.items[at].key != key) {
		vec_push(&sum->keys);
		memmove(&sum->keys.items[at + 1], &sum->keys.items[at],
			(sum->keys.size - 1 - at) * sizeof *sum->keys.items);
		sum->keys.items[at] = (struct key_summary){.key = key};
	}
	return &sum->keys.items[at];
}

static void block_add(struct call_sum *sum, const struct block *block)
{
	for (uint32_t k = 0; k < block->nr_keys && !sum->is_too_large; k++) {
		key_add(sum, key_of(sum, block->keys[k].key), &block->keys[k]);
		sum->is_too_large =
			sum->keys.size > CALL_SUM_KEYS || sum->nr_buckets > CALL_SUM_BUCKETS;
	}
	if (sum->is_too_large)
		keys_free(sum);
}

void call_sum_add(struct call_sum *sum, const struct bytes *payload)
{
	struct cursor in = cursor_over(payload->data, payload->size);
	struct arena arena = {0};
	struct block block = {0};

	if (summary_take(&in, &arena, &block))
		block_add(sum, &block);
	arena_fini(&arena);
}

void call_sum_put(const struct call_sum *sum, struct bytes *out)
{
	uint32_t last = 0;

	if (!sum->keys.size)
		return;
	bytes_varint(out, sum->keys.size);
	vec_each (&sum->keys, key) {
		bytes_varint(out, key->key - last);
		bytes_varint(out, key->events);
		bytes_varint(out, key->timed);
		bytes_varint(out, key->duration_ns);
		bytes_varint(out, key->min_ns);
		bytes_varint(out, key->max_ns - key->min_ns);
		buckets_put(out, key->buckets, key->nr_buckets);
		buckets_put(out, key->errnos, key->nr_errnos);
		last = key->key;
	}
}

bool call_sum_take(struct cursor *in, struct arena *arena, struct key_summary **keys, uint32_t *nr)
{
	const uint64_t nr_keys = cursor_varint(in);
	uint64_t key = 0;

	if (in->failed || nr_keys > CALL_SUM_KEYS || nr_keys > cursor_left(in))
		return false;
	*keys = arena_take(arena, nr_keys * sizeof **keys);
	for (uint64_t i = 0; i < nr_keys; i++) {
		const uint64_t step = cursor_varint(in);

		if (step > UINT32_MAX - key || (i && !step))
			return false;
		key += step;
		(*keys)[i].key = (uint32_t)key;
		if (!key_take(in, arena, BLOCK_SYSCALLS, &(*keys)[i]))
			return false;
	}
	*nr = (uint32_t)nr_keys;
	return cursor_done(in);
}

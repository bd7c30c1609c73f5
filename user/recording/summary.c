// SPDX-License-Identifier: MIT
#include "recording/summary.h"

#include <stdlib.h>
#include <string.h>

#include "loglinear.h"
#include "recording/schema.h"

#define MAX_ERRNO     4095
#define KEY_HASH_BITS 16

/* Counts by index: dense counters, and a bitmap to find and clear the few that were used. */
struct tally {
	uint32_t *counts;
	uint64_t *used;
	uint32_t words;
};

struct key {
	uint32_t key, id;
	uint32_t first, nr; /* of its rows, in `order` */
};

struct summarizer {
	struct tally durations, errnos;
	uint32_t ids[1 << KEY_HASH_BITS]; /* 1 + index into keys, by hash of the key */
	struct key keys[BLOCK_ROWS];
	uint32_t nr_keys;
	uint16_t row_ids[BLOCK_ROWS]; /* index into keys */
	uint16_t order[BLOCK_ROWS];   /* rows, those of one key side by side */
};

static struct tally tally_of(uint32_t size)
{
	return (struct tally){
		.counts = xcalloc(size, sizeof(uint32_t)),
		.used = xcalloc(size / 64 + 1, sizeof(uint64_t)),
		.words = size / 64 + 1,
	};
}

static void tally_fini(struct tally *t)
{
	free(t->counts);
	free(t->used);
}

static inline void tally_add(struct tally *t, uint32_t index)
{
	t->counts[index]++;
	t->used[index / 64] |= 1ULL << index % 64;
}

/* Writes the counts as buckets and leaves the tally empty. */
static void tally_drain(struct tally *t, struct bytes *out)
{
	uint32_t nr = 0, last = 0;

	for (uint32_t word = 0; word < t->words; word++)
		nr += (uint32_t)__builtin_popcountll(t->used[word]);
	bytes_varint(out, nr);
	for (uint32_t word = 0; nr && word < t->words; word++) {
		for (; t->used[word]; t->used[word] &= t->used[word] - 1) {
			uint32_t index = word * 64 + (uint32_t)__builtin_ctzll(t->used[word]);

			bytes_varint(out, index - last);
			bytes_varint(out, t->counts[index]);
			t->counts[index] = 0;
			last = index;
		}
	}
}

struct summarizer *summarizer_new(void)
{
	struct summarizer *s = xnew(struct summarizer);

	s->durations = tally_of(LOGLINEAR_BUCKETS(SUMMARY_BITS));
	s->errnos = tally_of(MAX_ERRNO + 1);
	return s;
}

void summarizer_free(struct summarizer *s)
{
	if (!s)
		return;
	tally_fini(&s->durations);
	tally_fini(&s->errnos);
	free(s);
}

static uint32_t key_of(enum block_kind kind, uint64_t *const *columns, uint32_t row)
{
	if (kind == BLOCK_FAULTS) {
		uint64_t fault_kind = columns[FAULT_KIND][row];

		return fault_kind < NR_FAULT_KINDS ? (uint32_t)fault_kind : FAULT_FAILED;
	}
	if (kind == BLOCK_ALLOCATIONS)
		return columns[ALLOC_KIND][row] < NR_ALLOC_KINDS
			       ? (uint32_t)columns[ALLOC_KIND][row]
			       : ALLOC_FREED;
	return syscall_key(columns[SYSCALL_NR][row], columns[SYSCALL_FLAGS][row]);
}

static uint32_t key_id(struct summarizer *s, uint32_t key)
{
	uint32_t at = key * 0x9e3779b1U >> (32 - KEY_HASH_BITS);

	while (s->ids[at] && s->keys[s->ids[at] - 1].key != key)
		at = (at + 1) % (1 << KEY_HASH_BITS);
	if (!s->ids[at]) {
		s->keys[s->nr_keys] = (struct key){.key = key, .id = s->nr_keys};
		s->ids[at] = ++s->nr_keys;
	}
	return s->ids[at] - 1;
}

/* Fills keys, in order of appearance, and `order`. */
static void rows_by_key(struct summarizer *s, enum block_kind kind, uint64_t *const *columns,
			uint32_t rows)
{
	uint32_t last_key = 0, id = UINT32_MAX, first = 0;

	memset(s->ids, 0, sizeof s->ids);
	s->nr_keys = 0;
	for (uint32_t row = 0; row < rows; row++) {
		uint32_t key = key_of(kind, columns, row);

		if (key != last_key || id == UINT32_MAX)
			id = key_id(s, key);
		last_key = key;
		s->row_ids[row] = (uint16_t)id;
		s->keys[id].nr++;
	}
	for (uint32_t i = 0; i < s->nr_keys; i++) {
		s->keys[i].first = first;
		first += s->keys[i].nr;
		s->keys[i].nr = 0;
	}
	for (uint32_t row = 0; row < rows; row++) {
		struct key *key = &s->keys[s->row_ids[row]];

		s->order[key->first + key->nr++] = (uint16_t)row;
	}
}

static void time_add(struct key_summary *sum, uint64_t nr, uint64_t total, uint64_t min,
		     uint64_t max)
{
	sum->min_ns = sum->timed && sum->min_ns < min ? sum->min_ns : min;
	sum->max_ns = sum->max_ns > max ? sum->max_ns : max;
	sum->max_ns = sum->max_ns > sum->min_ns ? sum->max_ns : sum->min_ns;
	sum->duration_ns += total;
	sum->timed += nr;
}

static void syscalls_sum(struct summarizer *s, uint64_t *const *columns, const struct key *key,
			 struct key_summary *sum)
{
	sum->events = key->nr;
	for (uint32_t i = 0; i < key->nr; i++) {
		uint32_t row = s->order[key->first + i];
		uint64_t duration_ns = columns[SYSCALL_DURATION_NS][row];
		uint64_t error = 0 - columns[SYSCALL_RESULT][row];

		if (!(columns[SYSCALL_FLAGS][row] & SYSCALL_UNTIMED)) {
			time_add(sum, 1, duration_ns, duration_ns, duration_ns);
			tally_add(&s->durations, loglinear_index(duration_ns, SUMMARY_BITS));
		}
		if (error - 1 < MAX_ERRNO)
			tally_add(&s->errnos, (uint32_t)error);
	}
}

/* As the reader will see it: sums of counts stay far from overflowing. */
static uint64_t fault_count(uint64_t cell)
{
	return cell < 1 ? 1 : cell < MAX_RUN_FAULTS ? cell : MAX_RUN_FAULTS;
}

static void faults_sum(struct summarizer *s, uint64_t *const *columns, const struct key *key,
		       struct key_summary *sum)
{
	for (uint32_t i = 0; i < key->nr; i++) {
		uint32_t row = s->order[key->first + i];
		uint64_t count = fault_count(columns[FAULT_COUNT][row]);

		sum->events += count;
		if (!(columns[FAULT_FLAGS][row] & FAULT_UNTIMED))
			time_add(sum, count, columns[FAULT_SERVICE_NS][row],
				 columns[FAULT_SERVICE_MIN_NS][row],
				 columns[FAULT_SERVICE_MAX_NS][row]);
	}
}

/* They have neither durations nor errors. */
static void allocations_sum(const struct key *key, struct key_summary *sum)
{
	sum->events = key->nr;
}

static void rows_sum(struct summarizer *s, enum block_kind kind, uint64_t *const *columns,
		     const struct key *key, struct key_summary *sum)
{
	if (kind == BLOCK_ALLOCATIONS)
		allocations_sum(key, sum);
	else
		(kind == BLOCK_FAULTS ? faults_sum : syscalls_sum)(s, columns, key, sum);
}

static uint64_t add_saturated(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

static void time_range(enum block_kind kind, uint64_t *const *columns, uint32_t rows,
		       uint64_t *start, uint64_t *end)
{
	uint32_t lasting = kind == BLOCK_FAULTS ? FAULT_SPAN_NS : SYSCALL_DURATION_NS;

	_Static_assert(SYSCALL_START_NS == 0 && FAULT_START_NS == 0 && ALLOC_TIME_NS == 0,
		       "the start is the first column");
	*start = UINT64_MAX;
	*end = 0;
	for (uint32_t row = 0; row < rows; row++) {
		uint64_t lasts = kind == BLOCK_ALLOCATIONS ? 0 : columns[lasting][row];
		uint64_t last = add_saturated(columns[0][row], lasts);

		if (kind == BLOCK_FAULTS)
			last = add_saturated(last, columns[FAULT_SERVICE_MAX_NS][row]);
		*start = *start < columns[0][row] ? *start : columns[0][row];
		*end = *end > last ? *end : last;
	}
}

static int compare_keys(const void *left, const void *right)
{
	const struct key *a = left, *b = right;

	return (a->key > b->key) - (a->key < b->key);
}

void summary_put(struct summarizer *s, enum block_kind kind, uint64_t *const *columns,
		 uint32_t rows, struct bytes *out)
{
	uint64_t start_ns, end_ns;
	uint32_t last_key = 0;

	time_range(kind, columns, rows, &start_ns, &end_ns);
	rows_by_key(s, kind, columns, rows);
	qsort(s->keys, s->nr_keys, sizeof *s->keys, compare_keys);
	bytes_varint(out, kind);
	bytes_varint(out, rows);
	bytes_varint(out, start_ns);
	bytes_varint(out, end_ns - start_ns);
	bytes_varint(out, s->nr_keys);
	for (const struct key *key = s->keys; key < s->keys + s->nr_keys; key++) {
		struct key_summary sum = {0};

		rows_sum(s, kind, columns, key, &sum);
		bytes_varint(out, key->key - last_key);
		bytes_varint(out, sum.events);
		bytes_varint(out, sum.timed);
		bytes_varint(out, sum.duration_ns);
		bytes_varint(out, sum.min_ns);
		bytes_varint(out, sum.max_ns - sum.min_ns);
		tally_drain(&s->durations, out);
		tally_drain(&s->errnos, out);
		last_key = key->key;
	}
}

void buckets_put(struct bytes *out, const struct bucket *buckets, uint32_t nr)
{
	uint32_t last = 0;

	bytes_varint(out, nr);
	for (uint32_t i = 0; i < nr; i++) {
		bytes_varint(out, buckets[i].index - last);
		bytes_varint(out, buckets[i].count);
		last = buckets[i].index;
	}
}

struct bucket *buckets_take(struct cursor *in, struct arena *arena, uint32_t limit, uint32_t *nr,
			    uint64_t *total)
{
	uint64_t wanted = cursor_varint(in), index = 0;
	struct bucket *buckets;

	*nr = 0;
	*total = 0;
	if (wanted > limit || wanted > cursor_left(in) / 2) {
		in->failed = true;
		return NULL;
	}
	buckets = arena_take(arena, wanted * sizeof *buckets);
	for (uint64_t i = 0; i < wanted; i++) {
		uint64_t step = cursor_varint(in), count = cursor_varint(in);

		in->failed |= step >= limit - index || (i && !step) || !count;
		in->failed |= __builtin_add_overflow(*total, count, total);
		if (in->failed)
			return NULL;
		index += step;
		buckets[i] = (struct bucket){.index = (uint32_t)index, .count = count};
	}
	*nr = (uint32_t)wanted;
	return wanted ? buckets : NULL;
}

bool key_take(struct cursor *in, struct arena *arena, enum block_kind kind, struct key_summary *out)
{
	uint64_t in_buckets, errors;

	out->events = cursor_varint(in);
	out->timed = cursor_varint(in);
	out->duration_ns = cursor_varint(in);
	out->min_ns = cursor_varint(in);
	out->max_ns = cursor_varint(in) + out->min_ns;
	out->buckets = buckets_take(in, arena, LOGLINEAR_BUCKETS(SUMMARY_BITS), &out->nr_buckets,
				    &in_buckets);
	out->errnos = buckets_take(in, arena, MAX_ERRNO + 1, &out->nr_errnos, &errors);
	if (in->failed || out->timed > out->events || out->max_ns < out->min_ns)
		return false;
	if (kind == BLOCK_FAULTS)
		return !in_buckets && !errors && out->key < NR_FAULT_KINDS;
	if (kind == BLOCK_ALLOCATIONS && (out->timed || errors || out->key >= NR_ALLOC_KINDS))
		return false;
	return in_buckets == out->timed && errors <= out->events;
}

bool summary_take(struct cursor *in, struct arena *arena, struct block *out)
{
	uint64_t kind = cursor_varint(in), rows = cursor_varint(in), nr_keys, events = 0, key = 0;

	out->start_min_ns = cursor_varint(in);
	out->end_max_ns = add_saturated(out->start_min_ns, cursor_varint(in));
	nr_keys = cursor_varint(in);
	if (in->failed || !rows || rows > BLOCK_ROWS || !nr_keys || nr_keys > rows ||
	    nr_keys > cursor_left(in))
		return false;
	out->rows = (uint32_t)rows;
	if (!schema_of(kind < UINT32_MAX ? (uint32_t)kind : 0))
		return true;
	out->kind = (enum block_kind)kind;
	out->nr_keys = (uint32_t)nr_keys;
	out->keys = arena_take(arena, nr_keys * sizeof *out->keys);
	for (uint32_t i = 0; i < nr_keys; i++) {
		uint64_t step = cursor_varint(in);

		if (step > UINT32_MAX - key || (i && !step))
			return false;
		key += step;
		out->keys[i].key = (uint32_t)key;
		if (!key_take(in, arena, out->kind, &out->keys[i]) ||
		    (out->kind != BLOCK_FAULTS && out->keys[i].events > rows))
			return false;
		events += out->keys[i].events;
	}
	return cursor_done(in) && (out->kind == BLOCK_FAULTS || events == rows);
}

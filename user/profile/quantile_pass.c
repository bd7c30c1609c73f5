// SPDX-License-Identifier: MIT
#include "profile/quantile_pass.h"

#include "loglinear.h"
#include "base/search.h"
#include "stats/quantiles.h"

#define BATCH  256 /* questions at a time: 8 MiB of search cells */
#define CHAINS 512 /* a power of two; system calls share one only when forged */

struct batch {
	struct question *questions;
	size_t nr;
	struct search searches[BATCH];
	uint16_t head[CHAINS], next[BATCH]; /* search + 1 by its system call, 0 ends the chain */
};

static bool summary_has(const struct key_summary *summary, uint32_t bucket)
{
	uint32_t at = search_first(i, 0, summary->nr_buckets, summary->buckets[i].index >= bucket);

	return at < summary->nr_buckets && summary->buckets[at].index == bucket;
}

/* What a block says of a system call, or NULL when it has none of them. */
static const struct key_summary *block_summary(const struct block *block, uint32_t key)
{
	uint32_t at = search_first(i, 0, block->nr_keys, block->keys[i].key >= key);

	return at < block->nr_keys && block->keys[at].key == key ? &block->keys[at] : NULL;
}

static bool block_matters(const struct batch *batch, const struct block *block)
{
	if (block->kind != BLOCK_SYSCALLS)
		return false;
	for (size_t i = 0; i < batch->nr; i++) {
		const struct question *q = &batch->questions[i];
		const struct key_summary *summary = block_summary(block, q->key);

		if (!search_is_done(&batch->searches[i]) && summary &&
		    summary_has(summary, q->bucket))
			return true;
	}
	return false;
}

static void count_rows(struct batch *batch, const struct columns *c)
{
	for (uint32_t row = 0; row < c->rows; row++) {
		uint32_t key = syscall_key(c->at[SYSCALL_NR][row], c->at[SYSCALL_FLAGS][row]);

		if (c->at[SYSCALL_FLAGS][row] & SYSCALL_UNTIMED)
			continue;
		for (uint16_t at = batch->head[key % CHAINS]; at; at = batch->next[at - 1]) {
			if (batch->questions[at - 1].key == key)
				search_count(&batch->searches[at - 1],
					     c->at[SYSCALL_DURATION_NS][row]);
		}
	}
}

static void read_blocks(struct recording *r, struct batch *batch)
{
	uint32_t mask = COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_DURATION_NS);

	vec_each (&r->blocks, block) {
		struct columns c;

		if (!block_matters(batch, block) || block_columns(r, block, mask, &c) < 0)
			continue;
		count_rows(batch, &c);
		columns_fini(&c);
	}
}

/* Chains the open searches by system call; false when there are none. */
static bool chain_open(struct batch *batch)
{
	bool any = false;

	memset(batch->head, 0, sizeof batch->head);
	for (size_t i = 0; i < batch->nr; i++) {
		uint16_t *head = &batch->head[batch->questions[i].key % CHAINS];

		if (search_is_done(&batch->searches[i]))
			continue;
		batch->next[i] = *head;
		*head = (uint16_t)(i + 1);
		any = true;
	}
	return any;
}

static void narrow(struct batch *batch)
{
	for (size_t i = 0; i < batch->nr; i++) {
		struct search *search = &batch->searches[i];

		if (search_is_done(search) || search_narrow(search))
			continue;
		batch->questions[i].is_exact = false;
		search_fini(search);
	}
}

static void answer_batch(struct recording *r, struct question *questions, size_t nr)
{
	struct batch *batch = xnew(struct batch);

	batch->questions = questions;
	batch->nr = nr;
	for (size_t i = 0; i < nr; i++) {
		struct question *q = &questions[i];

		search_init(&batch->searches[i], loglinear_lower(q->bucket, SUMMARY_BITS),
			    loglinear_width(q->bucket, SUMMARY_BITS), q->rank);
		q->is_exact = true;
	}
	while (chain_open(batch)) {
		read_blocks(r, batch);
		narrow(batch);
	}
	for (size_t i = 0; i < nr; i++)
		questions[i].answer_ns = batch->searches[i].low;
	free(batch);
}

void questions_answer(struct recording *r, struct question *questions, size_t nr)
{
	for (size_t done = 0; done < nr; done += BATCH)
		answer_batch(r, questions + done, nr - done < BATCH ? nr - done : BATCH);
}

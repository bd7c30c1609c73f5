// SPDX-License-Identifier: MIT
#include "analysis/priority.h"

#include <stdlib.h>

#include "analysis/waiting.h"
#include "profile/facts.h"

const char *const priority_reason_names[NR_PRIORITY_REASONS] = {
	"little", "one-is-long", "slow", "many", "many-cheap", "waits",
};

#define MANY_CALLS 1000

static enum priority_reason reason_of(const struct prioritized *p, double run_ns, bool waits)
{
	const struct syscall_row *row = p->row;
	double share = (double)row->total_ns / run_ns;
	bool is_quick = p->mean_ns < PRIORITY_QUICK_NS;

	if (waits)
		return REASON_WAITS;
	if (row->max_ns >= PRIORITY_NOTICED_NS ||
	    (row->max_ns >= PRIORITY_LONG_LEAST &&
	     (double)row->max_ns >= PRIORITY_LONG_SHARE * run_ns))
		return REASON_ONE_IS_LONG;
	if (!is_quick && share >= PRIORITY_SOME_SHARE)
		return REASON_SLOW;
	if (is_quick && share >= PRIORITY_QUICK_SHARE)
		return REASON_MANY;
	return is_quick && row->calls >= MANY_CALLS ? REASON_MANY_CHEAP : REASON_LITTLE;
}

static enum priority priority_of(const struct prioritized *p, double run_ns)
{
	const struct syscall_row *row = p->row;
	double much = PRIORITY_MUCH_SHARE * run_ns;

	switch (p->reason) {
	case REASON_ONE_IS_LONG:
		return row->max_ns >= PRIORITY_LONG_NS ||
				       (double)row->max_ns >= PRIORITY_LONG_SHARE * run_ns
			       ? PRIORITY_HIGH
			       : PRIORITY_MEDIUM;
	case REASON_SLOW:
		return (double)row->total_ns >= much ? PRIORITY_HIGH : PRIORITY_MEDIUM;
	case REASON_MANY:
		return PRIORITY_MEDIUM;
	default:
		return PRIORITY_LOW;
	}
}

static int compare(const void *a, const void *b)
{
	const struct prioritized *x = a, *y = b;
	bool x_waits = x->reason == REASON_WAITS, y_waits = y->reason == REASON_WAITS;

	if (x->priority != y->priority)
		return x->priority < y->priority ? 1 : -1;
	if (x_waits != y_waits)
		return x_waits ? 1 : -1;
	if (x->row->total_ns != y->row->total_ns)
		return x->row->total_ns < y->row->total_ns ? 1 : -1;
	return (x->row->key > y->row->key) - (x->row->key < y->row->key);
}

static struct prioritized *item_of(struct priorities *p, uint32_t key)
{
	vec_each (&p->items, item) {
		if (item->row->key == key)
			return item;
	}
	return NULL;
}

static void find_in_block(struct priorities *p, const struct columns *c)
{
	for (uint32_t i = 0; i < c->rows; i++) {
		uint64_t flags = c->at[SYSCALL_FLAGS][i];
		struct prioritized *item;

		if (flags & SYSCALL_UNTIMED || c->at[SYSCALL_DURATION_NS][i] < PRIORITY_LONG_LEAST)
			continue;
		item = item_of(p, syscall_key(c->at[SYSCALL_NR][i], flags));
		if (!item || item->longest.task ||
		    c->at[SYSCALL_DURATION_NS][i] != item->row->max_ns)
			continue;
		item->longest = (struct example){
			c->at[SYSCALL_START_NS][i],
			c->at[SYSCALL_DURATION_NS][i],
			(uint32_t)c->at[SYSCALL_TASK][i],
		};
	}
}

static bool has_long_one(const struct block *block)
{
	for (uint32_t i = 0; block->kind == BLOCK_SYSCALLS && i < block->nr_keys; i++) {
		if (block->keys[i].max_ns >= PRIORITY_LONG_LEAST)
			return true;
	}
	return false;
}

/* Each one's longest call, if it is long at all: blocks without such need not be read. */
static void find_longest(struct recording *r, struct priorities *p)
{
	const uint32_t mask = COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_TASK) |
			      COLUMN(SYSCALL_START_NS) | COLUMN(SYSCALL_DURATION_NS);

	vec_each (&r->blocks, block) {
		struct columns c;

		if (!has_long_one(block) || block_columns(r, block, mask, &c) < 0)
			continue;
		find_in_block(p, &c);
		columns_fini(&c);
	}
}

void priorities_build(struct recording *r, struct priorities *out)
{
	struct syscall_set waiting;

	*out = (struct priorities){.recording = r, .run_ns = recording_run_ns(r)};
	waiting_calls(&waiting);
	syscall_table_build(r, &out->calls);
	vec_each (&out->calls.rows, row) {
		struct prioritized *item = vec_push(&out->items);

		item->row = row;
		item->mean_ns = syscall_row_mean_ns(row);
		item->reason =
			reason_of(item, (double)out->run_ns, syscall_set_has(&waiting, row->key));
		item->priority = priority_of(item, (double)out->run_ns);
	}
	if (out->items.size)
		qsort(out->items.items, out->items.size, sizeof *out->items.items, compare);
	find_longest(r, out);
}

void priorities_fini(struct priorities *priorities)
{
	syscall_table_fini(&priorities->calls);
	vec_free(&priorities->items);
}

// SPDX-License-Identifier: MIT
#include "analysis/net_times.h"

#include "loglinear.h"

static void change(struct net_times *n, uint32_t key, uint64_t ns, int64_t by)
{
	uint32_t number = pair_map_number(&n->buckets, key, loglinear_index(ns, SUMMARY_BITS));

	vec_extend(&n->changes, number + 1);
	n->changes.items[number] += by;
}

void net_times_init(struct net_times *n, struct recording *r)
{
	const uint32_t mask = COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) |
			      COLUMN(SYSCALL_DURATION_NS) | COLUMN(SYSCALL_READY_NS);

	*n = (struct net_times){0};
	vec_each (&r->blocks, block) {
		struct columns c;

		if (block->kind != BLOCK_SYSCALLS || block_columns(r, block, mask, &c) < 0)
			continue;
		for (uint32_t i = 0; i < c.rows; i++) {
			uint64_t flags = c.at[SYSCALL_FLAGS][i];
			uint32_t key = syscall_key(c.at[SYSCALL_NR][i], flags);
			uint64_t duration_ns = c.at[SYSCALL_DURATION_NS][i];

			if (!c.at[SYSCALL_READY_NS][i] || flags & SYSCALL_UNTIMED)
				continue;
			change(n, key, duration_ns, -1);
			change(n, key, net_ns(duration_ns, c.at[SYSCALL_READY_NS][i]), 1);
		}
		columns_fini(&c);
	}
}

void net_times_fini(struct net_times *n)
{
	pair_map_fini(&n->buckets);
	vec_free(&n->changes);
}

void net_times_apply(const struct net_times *n, uint32_t key, struct histogram *h)
{
	for (size_t i = 0; i < n->changes.size; i++) {
		const struct pair *pair = &n->buckets.pairs.items[i];

		if (pair->a == key && n->changes.items[i])
			histogram_add(h, (uint32_t)pair->b, (uint64_t)n->changes.items[i]);
	}
}

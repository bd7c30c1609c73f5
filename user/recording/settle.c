// SPDX-License-Identifier: MIT
/* The last step of loading: what can be checked and ordered only when every chunk has been read. */
#include <string.h>

#include "recording/load.h"
#include "recording/stable_sort.h"

/* Keeps the items for which `keep` holds. */
#define vec_keep(vec, it, keep)                                                                    \
	do {                                                                                       \
		size_t kept_ = 0;                                                                  \
		vec_each ((vec), it) {                                                             \
			if (keep)                                                                  \
				(vec)->items[kept_++] = *it;                                       \
		}                                                                                  \
		(vec)->size = kept_;                                                               \
	} while (0)

#define vec_sort(vec, compare) stable_sort((vec)->items, (vec)->size, sizeof *(vec)->items, compare)

static int order_of(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_module_and_offset(const void *left, const void *right)
{
	const struct location *a = left, *b = right;

	return order_of(a->module, b->module) ?: order_of(a->offset, b->offset);
}

static int by_time(const void *left, const void *right)
{
	const struct task_event *a = left, *b = right;

	return order_of(a->time_ns, b->time_ns);
}

static int by_time_of_mapping(const void *left, const void *right)
{
	const struct task_mapping *a = left, *b = right;

	return order_of(a->time_ns, b->time_ns);
}

static int by_name(const void *left, const void *right)
{
	const struct counter *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static int by_nr(const void *left, const void *right)
{
	const struct syscall_total *a = left, *b = right;

	return order_of(a->nr, b->nr);
}

static int by_start(const void *left, const void *right)
{
	const struct block *a = left, *b = right;

	return order_of(a->start_min_ns, b->start_min_ns);
}

static void ids_settle(struct recording *r)
{
	vec_each (&r->frames, frame) {
		if (frame->module >= r->modules.size)
			frame->module = MODULE_UNKNOWN;
	}
	vec_each (&r->stacks, stack) {
		if (stack->frame >= r->frames.size)
			stack->frame = 0;
	}
	vec_each (&r->mappings, mapping) {
		if (mapping->module >= r->modules.size)
			mapping->module = MODULE_UNKNOWN;
	}
	vec_keep(&r->locations, location, location->module < r->modules.size);
}

void settle_tables(struct recording *r)
{
	ids_settle(r);
	vec_sort(&r->locations, by_module_and_offset);
	vec_sort(&r->task_events, by_time);
	vec_sort(&r->mappings, by_time_of_mapping);
	vec_sort(&r->blocks, by_start);

	/* Of several of one name or number the last one holds; sorting has kept their order. */
	vec_sort(&r->counters, by_name);
	vec_keep(&r->counters, counter,
		 counter + 1 == r->counters.items + r->counters.size ||
			 by_name(counter, counter + 1) != 0);
	vec_sort(&r->syscall_totals, by_nr);
	vec_keep(&r->syscall_totals, total,
		 total + 1 == r->syscall_totals.items + r->syscall_totals.size ||
			 total->nr != total[1].nr);
}

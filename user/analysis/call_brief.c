// SPDX-License-Identifier: MIT
/*
 * Groups by system call without reading a call: counts, sums and extremes of the summaries are
 * exact, quantiles are the middles of the histogram's buckets.
 */
#include "analysis/call_groups.h"
#include "profile/call_summaries.h"
#include "profile/facts.h"
#include "stats/quantiles.h"

/* As if the values of a bucket were all in its middle, but for those known to be at its ends. */
static uint64_t value_at(const struct histogram *h, const struct moments *times, uint64_t rank)
{
	uint64_t below, middle = histogram_middle(h, histogram_find(h, rank, &below));

	return middle < times->min ? times->min : middle > times->max ? times->max : middle;
}

static void find_quantiles(const struct histogram *h, struct call_group *group)
{
	for (unsigned int i = 0; i < NR_CALL_QUANTILES && h->total; i++) {
		struct call_quantile *q = &group->quantiles[i];
		const unsigned int ppm = call_quantile_ppm[i];
		uint64_t low, high;

		q->value_ns = value_at(h, &group->times, quantile_rank_ppm(h->total, ppm));
		q->has_interval = quantile_interval(h->total, ppm, &low, &high);
		if (q->has_interval) {
			q->low_ns = value_at(h, &group->times, low);
			q->high_ns = value_at(h, &group->times, high);
		}
	}
}

static void add_summary(struct call_group *group, const struct key_summary *summary)
{
	const struct moments times = {
		.count = summary->timed,
		.min = summary->min_ns,
		.max = summary->max_ns,
		.sum = summary->duration_ns,
	};

	group->calls += summary->events;
	moments_merge(&group->times, &times);
	for (uint32_t i = 0; i < summary->nr_errnos; i++)
		group->errors += summary->errnos[i].count;
}

void call_groups_brief(const struct recording *r, struct call_groups *out)
{
	static const enum aspect by_syscall[] = {ASPECT_SYSCALL};
	struct call_summaries summaries;
	struct histogram durations;
	struct call_summary of;

	*out = (struct call_groups){.lost = recording_lost_syscalls(r), .is_brief = true};
	grouping_init(&out->grouping, r, by_syscall, 1);
	histogram_init(&durations, SUMMARY_BITS);
	call_summaries_init(&summaries, r);
	while (call_summaries_next(&summaries, &of)) {
		struct call_group *group = vec_push(&out->groups);

		pair_map_number(&out->grouping.numbers[0], 0, of.key);
		for (size_t i = 0; i < of.nr; i++)
			add_summary(group, of.items[i]);
		histogram_clear(&durations);
		call_summary_add(&of, &durations);
		find_quantiles(&durations, group);
		out->all.calls += group->calls;
		out->all.errors += group->errors;
		moments_merge(&out->all.times, &group->times);
	}
	call_summaries_fini(&summaries);
	histogram_fini(&durations);
}

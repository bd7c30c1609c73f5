// SPDX-License-Identifier: MIT
#include "profile/call_tail.h"

#include <errno.h>

#include "base/error.h"
#include "loglinear.h"
#include "base/search.h"
#include "profile/call_summaries.h"
#include "stats/quantiles.h"

void call_tail_build(const struct recording *r, unsigned int ppm, struct call_tail *out)
{
	struct call_summaries summaries;
	struct call_summary of;
	struct histogram h;

	*out = (struct call_tail){0};
	histogram_init(&h, SUMMARY_BITS);
	call_summaries_init(&summaries, r);
	while (call_summaries_next(&summaries, &of)) {
		uint64_t below;

		histogram_clear(&h);
		call_summary_add(&of, &h);
		if (!h.total)
			continue;
		*vec_push(&out->starts) = (struct tail_start){
			.key = of.key,
			.from_ns = loglinear_lower(
				histogram_find(&h, quantile_rank_ppm(h.total, ppm), &below),
				SUMMARY_BITS),
		};
	}
	call_summaries_fini(&summaries);
	histogram_fini(&h);
}

void call_tail_fini(struct call_tail *tail)
{
	vec_free(&tail->starts);
}

uint64_t call_tail_excess_ns(const struct call_tail *tail, uint32_t key, uint64_t duration_ns)
{
	size_t at = search_first(i, 0, tail->starts.size, tail->starts.items[i].key >= key);

	if (at == tail->starts.size || tail->starts.items[at].key != key ||
	    duration_ns <= tail->starts.items[at].from_ns)
		return 0;
	return duration_ns - tail->starts.items[at].from_ns;
}

int call_tail_parse(const char *word, unsigned int *ppm)
{
	char *end;
	double percent = *word == 'p' ? strtod(word + 1, &end) : -1;

	if (percent < 1 || percent > 99.9999 || *end) {
		refuse(-EINVAL, "'%s' is no percentile", word);
		hint("p99 and p99.9 are");
		return -EINVAL;
	}
	*ppm = (unsigned int)(percent * 10000 + 0.5);
	return 0;
}

// SPDX-License-Identifier: MIT
/* What groups are called, and in which order they come: the same in all forms. */
#include "output/call_groups_output.h"

#include <stdlib.h>
#include <string.h>

struct ranked {
	uint32_t group;
	double weight;
	char *label;
};

char *call_group_label(const struct call_groups *groups, uint32_t group)
{
	char *label = grouping_label(&groups->grouping, group, 0);

	for (unsigned int i = 1; i < groups->grouping.nr_aspects; i++) {
		scoped_free char *part = grouping_label(&groups->grouping, group, i);
		char *longer = xasprintf("%s, %s", label, part);

		free(label);
		label = longer;
	}
	return label;
}

/* How much slower the slowest are than the usual; of too few calls nothing is said. */
static double tail_of(const struct call_group *group)
{
	const struct call_quantile *q = group->quantiles;

	if (!call_quantile_is_told(group->times.count, QUANTILE_P99) || !q[QUANTILE_P50].value_ns)
		return 0;
	return (double)q[QUANTILE_P99].value_ns / (double)q[QUANTILE_P50].value_ns;
}

static double weight_of(const struct call_group *group, enum group_sort sort)
{
	if (sort == GROUPS_BY_TAIL)
		return tail_of(group);
	return sort == GROUPS_BY_CALLS ? (double)group->calls : (double)group->times.sum;
}

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return strcmp(x->label, y->label);
}

uint32_t *call_groups_order(const struct call_groups *groups, enum group_sort sort)
{
	size_t nr = groups->groups.size;
	scoped_free struct ranked *ranked = xcalloc(nr + 1, sizeof *ranked);
	uint32_t *order = xcalloc(nr + 1, sizeof *order);

	for (uint32_t i = 0; i < nr; i++)
		ranked[i] = (struct ranked){i, weight_of(&groups->groups.items[i], sort),
					    call_group_label(groups, i)};
	qsort(ranked, nr, sizeof *ranked, compare_ranked);
	for (size_t i = 0; i < nr; i++) {
		order[i] = ranked[i].group;
		free(ranked[i].label);
	}
	return order;
}

// SPDX-License-Identifier: MIT
#include "analysis/traits.h"

struct caller_counts {
	uint64_t few, all;
};

/* The traits of one part, on the way to its findings. */
struct gathered {
	VEC(struct trait) traits;
	VEC(struct caller_counts) callers; /* by number of the function */
	uint64_t few_at[TIME_PARTS], all_at[TIME_PARTS];
};

void traits_fini(struct traits *t)
{
	pair_map_fini(&t->numbers);
	vec_free(&t->counts);
}

void traits_count(struct traits *t, uint32_t study, unsigned int mode, bool is_slow,
		  const uint64_t values[NR_ATTRIBUTES])
{
	for (uint32_t attribute = 0; attribute < NR_ATTRIBUTES; attribute++) {
		struct trait_counts *counts;
		uint32_t number;

		if (values[attribute] == NO_VALUE)
			continue;
		number = pair_map_number(&t->numbers, (uint64_t)study * NR_ATTRIBUTES + attribute,
					 values[attribute]);
		vec_extend(&t->counts, number + 1);
		counts = &t->counts.items[number];
		counts->of_part[mode]++;
		counts->of_part[TRAITS_OF_SLOWEST] += is_slow;
		counts->all++;
	}
}

/* A function on the stack says the same as the place that made the call; bytes asked for and bytes
 * moved mostly say the same, too. */
static uint32_t question_of(uint32_t attribute)
{
	return attribute == ATTRIBUTE_CALLER  ? (uint32_t)ATTRIBUTE_SITE
	       : attribute == ATTRIBUTE_MOVED ? (uint32_t)ATTRIBUTE_SIZE
					      : attribute;
}

static struct trait trait_of(uint32_t attribute, uint64_t value, uint64_t few, uint64_t all)
{
	return (struct trait){
		.attribute = attribute,
		.question = question_of(attribute),
		.value = value,
		.few = few,
		.rest = all - few,
	};
}

static void gather_stack(struct gathered *g, struct callers *callers, uint32_t stack, uint64_t few,
			 uint64_t all)
{
	uint32_t nr;
	const uint32_t *numbers = callers_of(callers, stack, &nr);

	for (uint32_t i = 0; i < nr; i++) {
		vec_extend(&g->callers, numbers[i] + 1);
		g->callers.items[numbers[i]].few += few;
		g->callers.items[numbers[i]].all += all;
	}
}

static void gather(const struct traits *t, struct attributes *attributes, uint32_t study,
		   unsigned int part, struct gathered *g)
{
	for (size_t i = 0; i < t->numbers.pairs.size; i++) {
		const struct pair *pair = &t->numbers.pairs.items[i];
		const struct trait_counts *counts = &t->counts.items[i];
		uint32_t attribute = (uint32_t)(pair->a % NR_ATTRIBUTES);
		uint64_t few = counts->of_part[part];

		if (pair->a / NR_ATTRIBUTES != study)
			continue;
		if (attribute == ATTRIBUTE_CALLER) {
			gather_stack(g, &attributes->callers, (uint32_t)pair->b, few, counts->all);
		} else if (attribute == ATTRIBUTE_TIME) {
			g->few_at[pair->b] = few;
			g->all_at[pair->b] = counts->all;
		} else {
			*vec_push(&g->traits) = trait_of(attribute, pair->b, few, counts->all);
		}
	}
}

static void add_callers(struct gathered *g)
{
	for (uint32_t i = 0; i < g->callers.size; i++) {
		const struct caller_counts *counts = &g->callers.items[i];

		if (counts->all)
			*vec_push(&g->traits) =
				trait_of(ATTRIBUTE_CALLER, i, counts->few, counts->all);
	}
}

/* The span in which the few are more frequent than elsewhere by the most: of the sums of all spans
 * the greatest (Kadane). */
static void add_span(struct gathered *g, double nr_few, double nr_rest)
{
	unsigned int from = 0, first = 0, last = 0;
	struct trait trait = {.attribute = ATTRIBUTE_TIME, .question = ATTRIBUTE_TIME};
	double sum = 0, best = 0;

	for (unsigned int i = 0; i < TIME_PARTS; i++) {
		double few = (double)g->few_at[i], rest = (double)g->all_at[i] - few;

		if (sum <= 0) {
			sum = 0;
			from = i;
		}
		sum += few / nr_few - rest / nr_rest;
		if (sum > best) {
			best = sum;
			first = from;
			last = i;
		}
	}
	for (unsigned int i = first; i <= last; i++) {
		trait.few += g->few_at[i];
		trait.rest += g->all_at[i] - g->few_at[i];
	}
	trait.value = TIME_SPAN(first, last);
	trait.tries = TIME_PARTS * (TIME_PARTS + 1) / 2;
	if (best > 0)
		*vec_push(&g->traits) = trait;
}

unsigned int traits_explain(const struct traits *t, struct attributes *attributes, uint32_t study,
			    unsigned int part, uint64_t few, uint64_t rest,
			    struct finding out[MAX_FINDINGS])
{
	struct gathered g = {0};
	unsigned int nr;

	if (!few || !rest)
		return 0;
	gather(t, attributes, study, part, &g);
	add_callers(&g);
	add_span(&g, (double)few, (double)rest);
	nr = contrast_find(g.traits.items, g.traits.size, few, rest, out);
	vec_free(&g.traits);
	vec_free(&g.callers);
	return nr;
}

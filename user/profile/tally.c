// SPDX-License-Identifier: MIT
#include "profile/tally.h"

static bool is_same(const struct place *a, const struct place *b)
{
	return a->stack == b->stack && a->leaf == b->leaf && a->root == b->root;
}

static uint32_t find_cell(struct tally *t, const struct place *place)
{
	uint64_t high = (uint64_t)place->root << 32 | place->stack;
	uint32_t cell = pair_map_number(&t->places, high, place->leaf);

	if (cell == t->cells.size)
		vec_push(&t->cells)->place = *place;
	return cell;
}

void tally_fini(struct tally *t)
{
	pair_map_fini(&t->places);
	vec_free(&t->cells);
	*t = (struct tally){0};
}

void tally_add(struct tally *t, const struct place *place, const uint64_t weights[NR_WEIGHTS])
{
	uint64_t *sums;

	if (!t->last_cell || !is_same(&t->last, place)) {
		t->last_cell = find_cell(t, place) + 1;
		t->last = *place;
	}
	sums = t->cells.items[t->last_cell - 1].weights;
	for (int w = 0; w < NR_WEIGHTS; w++)
		sums[w] += weights[w];
}

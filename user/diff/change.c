// SPDX-License-Identifier: MIT
#include "diff/change.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "stats/random.h"

#define MOST_ARRANGEMENTS 20000 /* all are tried up to here, beyond that as many at random */
#define DRAWS             2000  /* of a bootstrap */
#define MOST_RUNS         62

static struct range range_of(const uint64_t *values, size_t nr)
{
	struct range range = {.low = (double)values[0], .high = (double)values[0]};
	double sum = 0;

	for (size_t i = 0; i < nr; i++) {
		double value = (double)values[i];

		sum += value;
		range.low = fmin(range.low, value);
		range.high = fmax(range.high, value);
	}
	range.mean = sum / (double)nr;
	return range;
}

/* ---- The permutation test ---- */

struct permutation {
	double values[MOST_RUNS];
	size_t nr, nr_base;
	double sum, observed; /* |difference of the means| */
};

static double mean_difference(const struct permutation *t, double base_sum)
{
	double base = base_sum / (double)t->nr_base;

	return fabs((t->sum - base_sum) / (double)(t->nr - t->nr_base) - base);
}

static bool is_as_extreme(const struct permutation *t, double base_sum)
{
	return mean_difference(t, base_sum) >= t->observed * (1 - 1e-12);
}

static double nr_arrangements(size_t nr, size_t chosen)
{
	double nr_ways = 1;

	for (size_t i = 0; i < chosen; i++)
		nr_ways = nr_ways * (double)(nr - i) / (double)(i + 1);
	return nr_ways;
}

static void count_all(const struct permutation *t, size_t from, size_t left, double sum,
		      uint64_t *extreme, uint64_t *all)
{
	if (!left) {
		*extreme += is_as_extreme(t, sum);
		++*all;
		return;
	}
	for (size_t i = from; i + left <= t->nr; i++)
		count_all(t, i + 1, left - 1, sum + t->values[i], extreme, all);
}

static double random_base_sum(struct permutation *t, uint64_t round)
{
	double sum = 0;

	for (size_t i = 0; i < t->nr_base; i++) {
		size_t at = i + random_below(round, i, t->nr - i);
		double chosen = t->values[at];

		t->values[at] = t->values[i];
		t->values[i] = chosen;
		sum += chosen;
	}
	return sum;
}

/* The observed arrangement is one of them, so a p is never zero. */
static double permutation_p(struct permutation *t, double nr_ways)
{
	uint64_t extreme = 0, all = 0;

	if (nr_ways <= MOST_ARRANGEMENTS) {
		count_all(t, 0, t->nr_base, 0, &extreme, &all);
		return (double)extreme / (double)all;
	}
	for (; all < MOST_ARRANGEMENTS; all++)
		extreme += is_as_extreme(t, random_base_sum(t, all));
	return (double)(extreme + 1) / (double)(all + 1);
}

static void test(const uint64_t *base, size_t nr_base, const uint64_t *new, size_t nr_new,
		 struct change *c)
{
	struct permutation t = {.nr = nr_base + nr_new, .nr_base = nr_base};
	double nr_ways = nr_arrangements(t.nr, nr_base);

	c->p = c->p_floor = 1;
	if (nr_base < 2 || nr_new < 2 || t.nr > MOST_RUNS)
		return;
	for (size_t i = 0; i < t.nr; i++) {
		t.values[i] = (double)(i < nr_base ? base[i] : new[i - nr_base]);
		t.sum += t.values[i];
	}
	t.observed = fabs(c->new.mean - c->base.mean);
	c->p = permutation_p(&t, nr_ways);
	/* Where both sides have as many runs, exchanging them is as extreme. */
	c->p_floor = fmax((nr_base == nr_new ? 2 : 1) / nr_ways, 1.0 / MOST_ARRANGEMENTS);
}

/* ---- Changes ---- */

void change_measure(const uint64_t *base, size_t nr_base, const uint64_t *new, size_t nr_new,
		    const struct noise *noise, struct change *out)
{
	double size;

	*out = (struct change){.base = range_of(base, nr_base), .new = range_of(new, nr_new)};
	size = fabs(change_delta(out));
	out->is_large =
		size > noise->least && size > noise->part * fmax(out->base.mean, out->new.mean);
	out->is_apart = out->base.high < out->new.low || out->new.high < out->base.low;
	test(base, nr_base, new, nr_new, out);
}

static int by_p(const void *left, const void *right)
{
	double a = (*(struct change *const *)left)->p, b = (*(struct change *const *)right)->p;

	return (a > b) - (a < b);
}

/* The greatest p that is still claimed, 0 for none. */
static double cut_of(struct change *const *sorted, size_t nr, double rate)
{
	double cut = 0;

	for (size_t i = 0; i < nr; i++) {
		if (sorted[i]->p <= rate * (double)(i + 1) / (double)nr)
			cut = sorted[i]->p;
	}
	return cut;
}

/* So few runs that no test could claim anything: then the gap must exceed what runs differ by. */
static bool gap_is_wide(const struct change *c)
{
	double gap = fmax(c->new.low - c->base.high, c->base.low - c->new.high);

	return gap > fmax(c->base.high - c->base.low, c->new.high - c->new.low);
}

void changes_control(struct change *const *changes, size_t nr, double rate)
{
	struct change **sorted = xcalloc(nr + 1, sizeof *sorted);
	double cut;

	for (size_t i = 0; i < nr; i++)
		sorted[i] = changes[i];
	qsort(sorted, nr, sizeof *sorted, by_p);
	cut = cut_of(sorted, nr, rate);
	for (size_t i = 0; i < nr; i++) {
		struct change *c = changes[i];
		bool can_be_tested = c->p_floor <= rate / (double)nr;

		c->is_claimed = c->is_large && c->is_apart &&
				(c->p <= cut || (!can_be_tested && gap_is_wide(c)));
	}
	free(sorted);
}

/* ---- Intervals ---- */

static double drawn_sum(const uint64_t *parts, size_t nr, uint64_t key)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += (double)parts[random_below(key, i, nr)];
	return sum;
}

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

struct interval ratio_interval(const uint64_t *base, size_t nr_base, const uint64_t *new,
			       size_t nr_new)
{
	scoped_free double *ratios = xcalloc(DRAWS, sizeof *ratios);

	if (nr_base < 3 || nr_new < 3)
		return (struct interval){0};
	for (uint64_t draw = 0; draw < DRAWS; draw++) {
		double below = drawn_sum(base, nr_base, 2 * draw) / (double)nr_base;
		double above = drawn_sum(new, nr_new, 2 * draw + 1) / (double)nr_new;

		ratios[draw] = below > 0 ? above / below : INFINITY;
	}
	qsort(ratios, DRAWS, sizeof *ratios, by_value);
	if (!isfinite(ratios[DRAWS * 975 / 1000]))
		return (struct interval){0};
	return (struct interval){true, ratios[DRAWS * 25 / 1000], ratios[DRAWS * 975 / 1000]};
}

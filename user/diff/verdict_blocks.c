// SPDX-License-Identifier: MIT
/*
 * Why one side asks its allocator for more: more blocks, or larger ones.
 *
 * Blocks have no time of their own in a recording. What they bring along in page faults and system
 * calls is found there; their own price is that of a malloc() and a free() that stay in user space.
 */
#include <math.h>

#include "cli/number.h"
#include "diff/diff.h"

#define PRICE_OF_BLOCK_NS 40

static const struct diff_row *largest_change(const struct diff_table *table, enum side more,
					     enum amount amount)
{
	const struct diff_row *largest = NULL;
	double most = 0;

	vec_each (&table->rows, row) {
		double apart = diff_row_mean(table, row, more, amount) -
			       diff_row_mean(table, row, other_side(more), amount);

		if (apart > most) {
			most = apart;
			largest = row;
		}
	}
	return largest;
}

static void say_site(struct verdict_finding *finding, const struct diff_table *table,
		     const struct diff_row *row, enum side side)
{
	double blocks = diff_row_mean(table, row, side, AMOUNT_COUNT);
	double untouched = diff_row_mean(table, row, side, AMOUNT_UNTOUCHED);
	char count[NUMBER_SIZE], size[NUMBER_SIZE], life[NUMBER_SIZE], never[NUMBER_SIZE];
	scoped_free char *touched = NULL;

	if (blocks < 1) {
		verdict_say(finding, side_name(side), xstrdup("has none there"));
		return;
	}
	size_format((uint64_t)(diff_row_mean(table, row, side, AMOUNT_BYTES) / blocks), size);
	duration_format((uint64_t)(diff_row_mean(table, row, side, AMOUNT_NS) / blocks), life);
	if (untouched >= 1)
		touched = xasprintf(", %s in all never touched",
				    size_format((uint64_t)untouched, never));
	verdict_say(finding, side_name(side),
		    xasprintf("%s there, of %s on average, each for about %s%s",
			      count_format((uint64_t)blocks, count), size, life,
			      touched ? touched : ""));
}

static void tell_more(const struct diff *diff, struct verdict *out)
{
	const struct diff_table *table = &diff->tables[FACET_BLOCK];
	const struct change *c = &diff->metrics[METRIC_BLOCKS].change;
	enum side more = diff_heavier(diff, METRIC_BLOCKS), less = other_side(more);
	const struct diff_row *row = largest_change(table, more, AMOUNT_COUNT);
	double apart = fabs(change_delta(c));
	char count[NUMBER_SIZE], there[NUMBER_SIZE];
	struct verdict_finding *finding = verdict_add(
		out, "more-blocks", more,
		xasprintf("In %s: %s blocks of memory more than the %s of %s%s%s", side_name(more),
			  count_format((uint64_t)apart, count),
			  count_format((uint64_t)(more == NEW ? c->base.mean : c->new.mean), there),
			  side_name(less), row ? ", most by " : "",
			  row ? diff_row_name(table, row) : ""));

	finding->price_ns = apart * PRICE_OF_BLOCK_NS;
	if (!row)
		return;
	say_site(finding, table, row, more);
	say_site(finding, table, row, less);
	verdict_say(finding, "fix",
		    xstrdup("Keep a block and use it again, ask for many at once, or pass what is "
			    "copied by reference"));
}

static void tell_larger(const struct diff *diff, struct verdict *out)
{
	const struct diff_table *table = &diff->tables[FACET_BLOCK];
	const struct change *c = &diff->metrics[METRIC_BLOCK_BYTES].change;
	enum side more = diff_heavier(diff, METRIC_BLOCK_BYTES), less = other_side(more);
	const struct diff_row *row = largest_change(table, more, AMOUNT_BYTES);
	char size[NUMBER_SIZE], there[NUMBER_SIZE];
	struct verdict_finding *finding = verdict_add(
		out, "larger-blocks", more,
		xasprintf("In %s: as many blocks of memory, of %s more in all than the %s of "
			  "%s%s%s",
			  side_name(more), size_format((uint64_t)fabs(change_delta(c)), size),
			  size_format((uint64_t)(more == NEW ? c->base.mean : c->new.mean), there),
			  side_name(less), row ? ", most by " : "",
			  row ? diff_row_name(table, row) : ""));

	finding->price_ns = PRICE_OF_BLOCK_NS;
	if (!row)
		return;
	say_site(finding, table, row, more);
	say_site(finding, table, row, less);
}

void verdict_find_blocks(const struct diff *diff, struct verdict *out)
{
	if (!diff->metrics[METRIC_BLOCKS].is_known)
		return;
	if (diff->metrics[METRIC_BLOCKS].change.is_claimed)
		tell_more(diff, out);
	else if (diff->metrics[METRIC_BLOCK_BYTES].change.is_claimed)
		tell_larger(diff, out);
}

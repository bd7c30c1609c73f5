// SPDX-License-Identifier: MIT
#include "diff/table.h"

#include <math.h>

const struct facet_words facet_words[NR_FACETS] = {
	[FACET_CAUSE] = {"causes", "Page faults by cause", "faults"},
	[FACET_REGION] = {"regions", "Page faults by kind of memory", "faults"},
	[FACET_SIZE] = {"sizes", "Page faults by size of the region", "faults"},
	[FACET_LIFE] = {"lives", "Regions by how long they lived", "regions"},
	[FACET_OWNER] = {"owners", "Page faults by who made the memory", "faults"},
	[FACET_RETURNER] = {"returners", "Page faults by who had given the memory back", "faults"},
	[FACET_BLOCK] = {"blocks", "Blocks of the allocator by who asked for them", "blocks"},
	[FACET_MEMORY] = {"memory", "System calls that make memory or give it back", "calls"},
	[FACET_SYSCALL] = {"syscalls", "System calls", "calls"},
	[FACET_CALL_SITE] = {"call_sites", "System calls by who made them", "calls"},
	[FACET_FILE] = {"files", "System calls by file", "calls"},
};

void diff_table_init(struct diff_table *table, enum facet facet, const uint32_t nr_runs[NR_SIDES])
{
	*table = (struct diff_table){.facet = facet, .nr_runs = {nr_runs[BASE], nr_runs[NEW]}};
}

void diff_table_fini(struct diff_table *table)
{
	vec_each (&table->rows, row) {
		free(row->amounts[BASE]);
		free(row->amounts[NEW]);
	}
	vec_free(&table->rows);
	pair_map_fini(&table->numbers);
	names_fini(&table->names);
}

static struct diff_row *row_of(struct diff_table *table, const char *text)
{
	uint32_t name = names_intern(&table->names, text);
	uint32_t number = pair_map_number(&table->numbers, name, 0);

	if (number == table->rows.size) {
		struct diff_row *row = vec_push(&table->rows);

		row->name = name;
		for (int side = 0; side < NR_SIDES; side++)
			row->amounts[side] = xcalloc((size_t)table->nr_runs[side] * NR_AMOUNTS,
						     sizeof *row->amounts[side]);
	}
	return &table->rows.items[number];
}

void diff_table_add(struct diff_table *table, enum side side, uint32_t run, const char *name,
		    const uint64_t amounts[NR_AMOUNTS])
{
	uint64_t *cells = row_of(table, name)->amounts[side] + (size_t)run * NR_AMOUNTS;

	for (int amount = 0; amount < NR_AMOUNTS; amount++)
		cells[amount] += amounts[amount];
}

const struct diff_row *diff_table_find(const struct diff_table *table, const char *name)
{
	vec_each (&table->rows, row) {
		if (!strcmp(diff_row_name(table, row), name))
			return row;
	}
	return NULL;
}

const char *diff_row_name(const struct diff_table *table, const struct diff_row *row)
{
	return names_text(&table->names, row->name);
}

uint64_t diff_row_sum(const struct diff_table *table, const struct diff_row *row, enum side side,
		      enum amount amount)
{
	uint64_t sum = 0;

	for (uint32_t run = 0; run < table->nr_runs[side]; run++)
		sum += row->amounts[side][run * NR_AMOUNTS + amount];
	return sum;
}

double diff_row_mean(const struct diff_table *table, const struct diff_row *row, enum side side,
		     enum amount amount)
{
	return (double)diff_row_sum(table, row, side, amount) / table->nr_runs[side];
}

bool diff_row_quantile(const struct diff_table *table, const struct diff_row *row, enum side side,
		       enum amount amount, double *out)
{
	for (uint32_t run = 0; run < table->nr_runs[side]; run++) {
		if (!row->amounts[side][run * NR_AMOUNTS + amount])
			return false;
	}
	*out = diff_row_mean(table, row, side, amount);
	return true;
}

void diff_row_values(const struct diff_table *table, const struct diff_row *row, enum side side,
		     enum amount amount, uint64_t *out)
{
	for (uint32_t run = 0; run < table->nr_runs[side]; run++)
		out[run] = row->amounts[side][run * NR_AMOUNTS + amount];
}

static void row_measure(const struct diff_table *table, struct diff_row *row, enum amount amount,
			const struct noise *noise, struct change *out)
{
	scoped_free uint64_t *base = xcalloc(table->nr_runs[BASE], sizeof *base);
	scoped_free uint64_t *new = xcalloc(table->nr_runs[NEW], sizeof *new);

	diff_row_values(table, row, BASE, amount, base);
	diff_row_values(table, row, NEW, amount, new);
	change_measure(base, table->nr_runs[BASE], new, table->nr_runs[NEW], noise, out);
}

static int by_difference(const void *left, const void *right, void *arg)
{
	const struct diff_row *a = left, *b = right;
	double a_size = fabs(change_delta(&a->change)), b_size = fabs(change_delta(&b->change));
	double a_most = fmax(a->change.base.mean, a->change.new.mean);
	double b_most = fmax(b->change.base.mean, b->change.new.mean);

	if (a_size != b_size)
		return a_size < b_size ? 1 : -1;
	if (a_most != b_most)
		return a_most < b_most ? 1 : -1;
	return strcmp(diff_row_name(arg, a), diff_row_name(arg, b));
}

void diff_table_judge(struct diff_table *table, const struct noise *noise,
		      const struct noise *byte_noise, double rate)
{
	struct change **changes = xcalloc(2 * table->rows.size + 1, sizeof *changes);
	enum amount also = facet_also(table->facet);
	size_t nr = 0;

	vec_each (&table->rows, row) {
		row_measure(table, row, AMOUNT_COUNT, noise, &row->change);
		row_measure(table, row, also, also == AMOUNT_BYTES ? byte_noise : noise,
			    &row->also);
	}
	if (table->rows.size)
		qsort_r(table->rows.items, table->rows.size, sizeof *table->rows.items,
			by_difference, table);
	vec_each (&table->rows, row) {
		changes[nr++] = &row->change;
		if (row->also.base.high + row->also.new.high > 0)
			changes[nr++] = &row->also;
	}
	changes_control(changes, nr, rate);
	free(changes);
}

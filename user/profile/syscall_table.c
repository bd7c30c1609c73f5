// SPDX-License-Identifier: MIT
#include "profile/syscall_table.h"

#include "loglinear.h"
#include "base/search.h"
#include "profile/call_summaries.h"
#include "profile/facts.h"
#include "profile/quantile_pass.h"
#include "stats/histogram.h"
#include "stats/quantiles.h"

const unsigned int quantile_percent[NR_QUANTILES] = {50, 90, 99};

const char *const syscall_sort_names[NR_SYSCALL_SORTS + 1] = {
	"time", "calls", "errors", "avg", "min", "p50", "p90", "p99", "max", "name", "p99/p50",
};

/* Questions about rows; the answer to number i goes to the i-th slot. */
struct slot {
	uint32_t row, quantile;
};
struct questions {
	VEC(struct question) items;
	VEC(struct slot) slots;
};

static void error_counts_add(struct error_counts *counts, const struct bucket *errors)
{
	size_t at = 0;

	while (at < counts->size && counts->items[at].index < errors->index)
		at++;
	if (at == counts->size || counts->items[at].index != errors->index) {
		vec_push(counts);
		memmove(&counts->items[at + 1], &counts->items[at],
			(counts->size - 1 - at) * sizeof *counts->items);
		counts->items[at] = (struct bucket){.index = errors->index};
	}
	counts->items[at].count += errors->count;
}

static void add_summary(struct syscall_row *row, const struct key_summary *summary)
{
	if (summary->timed && (!row->timed || summary->min_ns < row->min_ns))
		row->min_ns = summary->min_ns;
	if (summary->max_ns > row->max_ns)
		row->max_ns = summary->max_ns;
	row->calls += summary->events;
	row->timed += summary->timed;
	row->total_ns += summary->duration_ns;
	for (uint32_t i = 0; i < summary->nr_errnos; i++) {
		row->errors += summary->errnos[i].count;
		error_counts_add(&row->errnos, &summary->errnos[i]);
	}
}

static void ask_quantiles(const struct syscall_row *row, uint32_t row_index,
			  const struct histogram *durations, struct questions *questions)
{
	for (uint32_t q = 0; q < NR_QUANTILES && durations->total; q++) {
		uint64_t rank = quantile_rank(durations->total, quantile_percent[q]), below;
		uint32_t bucket = histogram_find(durations, rank, &below);

		*vec_push(&questions->items) = (struct question){
			.key = row->key,
			.bucket = bucket,
			.rank = rank - below,
		};
		*vec_push(&questions->slots) = (struct slot){row_index, q};
	}
}

static void add_rows(const struct recording *r, struct syscall_table *table,
		     struct questions *questions)
{
	struct call_summaries summaries;
	struct histogram durations;
	struct call_summary of;

	histogram_init(&durations, SUMMARY_BITS);
	call_summaries_init(&summaries, r);
	while (call_summaries_next(&summaries, &of)) {
		struct syscall_row *row = vec_push(&table->rows);

		row->key = of.key;
		for (size_t i = 0; i < of.nr; i++)
			add_summary(row, of.items[i]);
		histogram_clear(&durations);
		call_summary_add(&of, &durations);
		ask_quantiles(row, (uint32_t)table->rows.size - 1, &durations, questions);
	}
	call_summaries_fini(&summaries);
	histogram_fini(&durations);
}

static void take_answers(const struct questions *questions, struct syscall_table *table)
{
	for (size_t i = 0; i < questions->items.size; i++) {
		const struct slot *slot = &questions->slots.items[i];
		const struct question *question = &questions->items.items[i];
		struct syscall_row *row = &table->rows.items[slot->row];

		row->quantile_ns[slot->quantile] = question->answer_ns;
		row->approximate |= !question->is_exact;
	}
}

/* The rows made from summaries, the first `nr_known`, are in order of their numbers. */
static struct syscall_row *row_of(struct syscall_table *table, size_t nr_known, uint32_t key)
{
	size_t at = search_first(i, 0, nr_known, table->rows.items[i].key >= key);
	struct syscall_row *row;

	if (at < nr_known && table->rows.items[at].key == key)
		return &table->rows.items[at];
	row = vec_push(&table->rows);
	row->key = key;
	return row;
}

/* The middle of the bucket that holds the rank, as the kernel's histogram knows no better. */
static uint64_t coarse_quantile_ns(const struct histogram *durations, unsigned int percent,
				   uint64_t max_ns)
{
	uint64_t below, rank = quantile_rank(durations->total, percent);
	uint32_t bucket = histogram_find(durations, rank, &below);
	uint64_t middle = loglinear_lower(bucket, KERNEL_TOTAL_BITS) +
			  loglinear_width(bucket, KERNEL_TOTAL_BITS) / 2;

	return middle < max_ns ? middle : max_ns;
}

static void use_kernel_total(const struct syscall_total *total, struct syscall_row *row)
{
	struct histogram durations;

	histogram_init(&durations, KERNEL_TOTAL_BITS);
	for (uint32_t i = 0; i < total->nr_buckets; i++)
		histogram_add(&durations, total->buckets[i].index, total->buckets[i].count);
	if (!row->timed && total->nr_buckets)
		row->min_ns = loglinear_lower(total->buckets[0].index, KERNEL_TOTAL_BITS);
	if (total->errors > row->errors)
		error_counts_add(&row->errnos,
				 &(struct bucket){.index = ERRNO_LOST,
						  .count = total->errors - row->errors});
	row->approximate = true;
	row->calls = total->calls;
	row->errors = total->errors;
	row->timed = durations.total;
	row->total_ns = total->duration_ns;
	row->max_ns = total->max_ns;
	for (int q = 0; q < NR_QUANTILES && durations.total; q++)
		row->quantile_ns[q] =
			coarse_quantile_ns(&durations, quantile_percent[q], total->max_ns);
	histogram_fini(&durations);
}

static void use_kernel_totals(const struct recording *r, struct syscall_table *table)
{
	size_t nr_known = table->rows.size;

	vec_each (&r->syscall_totals, total) {
		struct syscall_row *row;

		if (!total->calls)
			continue;
		row = row_of(table, nr_known, total->nr);
		if (total->calls > row->calls)
			use_kernel_total(total, row);
	}
}

static void sum_rows(struct syscall_table *table)
{
	vec_each (&table->rows, row) {
		table->calls += row->calls;
		table->errors += row->errors;
		table->timed += row->timed;
		table->total_ns += row->total_ns;
		table->approximate |= row->approximate;
		vec_each (&row->errnos, errors)
			error_counts_add(&table->errnos, errors);
	}
}

void syscall_table_build(struct recording *r, struct syscall_table *out)
{
	struct questions questions = {0};

	*out = (struct syscall_table){0};
	add_rows(r, out, &questions);
	questions_answer(r, questions.items.items, questions.items.size);
	take_answers(&questions, out);
	if (recording_lacks_syscalls(r))
		use_kernel_totals(r, out);
	sum_rows(out);
	vec_free(&questions.items);
	vec_free(&questions.slots);
}

void syscall_table_fini(struct syscall_table *table)
{
	vec_each (&table->rows, row)
		vec_free(&row->errnos);
	vec_free(&table->errnos);
	vec_free(&table->rows);
}

static uint64_t sort_value(const struct syscall_row *row, enum syscall_sort by)
{
	switch (by) {
	case SORT_TIME:
		return row->total_ns;
	case SORT_CALLS:
		return row->calls;
	case SORT_ERRORS:
		return row->errors;
	case SORT_AVG:
		return syscall_row_mean_ns(row);
	case SORT_MIN:
		return row->min_ns;
	case SORT_P50:
		return row->quantile_ns[P50];
	case SORT_P90:
		return row->quantile_ns[P90];
	case SORT_P99:
		return row->quantile_ns[P99];
	case SORT_MAX:
		return row->max_ns;
	case SORT_TAIL:
		return row->timed >= 100 && row->quantile_ns[P50]
			       ? row->quantile_ns[P99] * 1000 / row->quantile_ns[P50]
			       : 0;
	default:
		return 0; /* by name */
	}
}

static int compare_rows(const void *a, const void *b, void *by)
{
	const struct syscall_row *x = a, *y = b;
	uint64_t left = sort_value(x, *(enum syscall_sort *)by);
	uint64_t right = sort_value(y, *(enum syscall_sort *)by);
	char x_name[32], y_name[32];

	if (left != right)
		return left > right ? -1 : 1;
	return strcmp(call_label(x->key, x_name), call_label(y->key, y_name));
}

void syscall_table_sort(struct syscall_table *table, enum syscall_sort by)
{
	if (table->rows.size)
		qsort_r(table->rows.items, table->rows.size, sizeof *table->rows.items,
			compare_rows, &by);
}

uint64_t syscall_row_mean_ns(const struct syscall_row *row)
{
	return row->timed ? row->total_ns / row->timed : 0;
}

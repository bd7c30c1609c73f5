// SPDX-License-Identifier: MIT
#include "diff/diff.h"

#include <math.h>

#include "decode/syscalls.h"
#include "diff/fill.h"
#include "diff/fill_blocks.h"

/*
 * What differs between two runs of one program, measured on a dozen of them (scripts/bench diff):
 * where one thread runs after the other a few pages and calls; where threads and processes race,
 * a part of everything.
 */
static const struct noise alone_noise = {16, 0.01}, racing_noise = {64, 0.10};
static const struct noise time_noise = {1000000, 0.10}, byte_noise = {65536, 0.02};
static const struct noise no_noise = {0, 0};

#define ENOUGH_RUNS    3
#define DISCOVERY_RATE 0.05
#define TIME_RATE      0.01 /* times of machines drift: ask for more */

/* ---- Metrics ---- */

static const struct noise *noise_of(const struct diff *diff, enum metric metric)
{
	if (metric == METRIC_THREADS || metric == METRIC_PROCESSES)
		return &no_noise;
	if (metric_words[metric].unit == UNIT_NS)
		return &time_noise;
	if (metric_words[metric].unit == UNIT_BYTES)
		return &byte_noise;
	return &diff->noise;
}

static bool gather(const struct diff *diff, enum side side, enum metric metric, uint64_t *out)
{
	for (uint32_t i = 0; i < diff->runs.nr[side]; i++) {
		const struct known *value = &diff->runs.of[side][i]->metrics.at[metric];

		if (!value->is_known)
			return false;
		out[i] = value->value;
	}
	return true;
}

/* Within one run, the time of its calls part by part. */
static struct interval time_in_run(const struct diff *diff, enum metric metric)
{
	const struct call_slots *base = &diff_first_run(diff, BASE)->calls.all;
	const struct call_slots *new = &diff_first_run(diff, NEW)->calls.all;

	if (metric != METRIC_SYSCALL_NS)
		return (struct interval){0};
	return ratio_interval(base->ns, CALL_SLOTS, new->ns, CALL_SLOTS);
}

static bool is_in_scope(const struct diff *diff, enum metric metric)
{
	return (!metric_words[metric].needs_syscalls || diff->scope.same_calls) &&
	       (metric != METRIC_SYSCALL_NS || diff->scope.same_times);
}

static void measure_metric(struct diff *diff, enum metric metric)
{
	struct metric_change *m = &diff->metrics[metric];
	const uint32_t *nr = diff->runs.nr;
	scoped_free uint64_t *base = xcalloc(nr[BASE], sizeof *base);
	scoped_free uint64_t *new = xcalloc(nr[NEW], sizeof *new);

	m->is_known = is_in_scope(diff, metric) && gather(diff, BASE, metric, base) &&
		      gather(diff, NEW, metric, new);
	if (!m->is_known)
		return;
	change_measure(base, nr[BASE], new, nr[NEW], noise_of(diff, metric), &m->change);
	if (metric_words[metric].unit != UNIT_NS)
		return;
	m->time = nr[BASE] == 1 && nr[NEW] == 1 ? time_in_run(diff, metric)
						: ratio_interval(base, nr[BASE], new, nr[NEW]);
}

/* Exact ones together, and times together: only where runs were repeated do these tell anything. */
static void control_metrics(struct diff *diff)
{
	struct change *exact[NR_METRICS], *times[NR_METRICS];
	size_t nr_exact = 0, nr_times = 0;

	for (int metric = 0; metric < NR_METRICS; metric++) {
		struct metric_change *m = &diff->metrics[metric];

		if (!m->is_known)
			continue;
		if (metric_words[metric].is_exact)
			exact[nr_exact++] = &m->change;
		else
			times[nr_times++] = &m->change;
	}
	changes_control(exact, nr_exact, DISCOVERY_RATE);
	if (diff->has_repeats)
		changes_control(times, nr_times, TIME_RATE);
}

/* How often threads wait for each other is chance: without that, do calls and errors differ? */
static bool own_calls_differ(const struct diff *diff, enum amount amount)
{
	const struct diff_table *table = &diff->tables[FACET_SYSCALL];
	uint64_t own[NR_SIDES] = {0};
	struct change change;

	vec_each (&table->rows, row) {
		for (int side = 0; side < NR_SIDES && !row->is_waiting; side++)
			own[side] += (uint64_t)(diff_row_mean(table, row, (enum side)side, amount));
	}
	change_measure(&own[BASE], 1, &own[NEW], 1, &diff->noise, &change);
	return change.is_large;
}

static void distrust_waiting_rows(struct diff_table *table)
{
	vec_each (&table->rows, row) {
		row->change.is_claimed &= !row->is_waiting;
		row->also.is_claimed &= !row->is_waiting;
	}
}

/* How long regions live depends on times, of which a single run knows nothing. */
static void distrust_lives(struct diff *diff)
{
	vec_each (&diff->tables[FACET_LIFE].rows, row)
		row->change.is_claimed &= diff->has_repeats;
}

static void distrust_waiting(struct diff *diff)
{
	if (!diff->is_parallel)
		return;
	distrust_waiting_rows(&diff->tables[FACET_SYSCALL]);
	distrust_waiting_rows(&diff->tables[FACET_CALL_SITE]);
	diff->metrics[METRIC_SYSCALLS].change.is_claimed &= own_calls_differ(diff, AMOUNT_COUNT);
	diff->metrics[METRIC_ERRORS].change.is_claimed &= own_calls_differ(diff, AMOUNT_ERRORS);
}

/* ---- Rows ---- */

static struct call_slots slots_of(const struct run *run, const char *name)
{
	for (size_t i = 0; i < run->calls.slots.size; i++) {
		char label[32];

		if (!strcmp(call_label((uint32_t)run->calls.keys.pairs.items[i].a, label), name))
			return run->calls.slots.items[i];
	}
	return (struct call_slots){0};
}

/* "futex", and "futex in wait_for_work". */
static void mark_waiting(struct diff *diff, enum facet facet)
{
	struct diff_table *table = &diff->tables[facet];

	vec_each (&table->rows, row) {
		const char *name = diff_row_name(table, row);
		scoped_free char *call = xstrndup(name, strcspn(name, " "));
		int nr = syscall_number(call);

		row->is_waiting = nr >= 0 && call_waits((uint32_t)nr);
	}
}

/* Within one run each, the time of a call part by part. */
static struct interval call_time_in_run(const struct diff *diff, const char *name)
{
	struct call_slots base = slots_of(diff_first_run(diff, BASE), name);
	struct call_slots new = slots_of(diff_first_run(diff, NEW), name);

	return ratio_interval(base.ns, CALL_SLOTS, new.ns, CALL_SLOTS);
}

/* Intervals for the times of system calls; those of callers and files need repeated runs. */
static void measure_call_times(struct diff *diff, struct diff_table *table)
{
	const uint32_t *nr = diff->runs.nr;
	scoped_free uint64_t *base = xcalloc(nr[BASE], sizeof *base);
	scoped_free uint64_t *new = xcalloc(nr[NEW], sizeof *new);

	vec_each (&table->rows, row) {
		if (!diff->scope.same_times)
			continue;
		if (nr[BASE] == 1 && nr[NEW] == 1) {
			if (table->facet == FACET_SYSCALL)
				row->time = call_time_in_run(diff, diff_row_name(table, row));
			continue;
		}
		diff_row_values(table, row, BASE, AMOUNT_NS, base);
		diff_row_values(table, row, NEW, AMOUNT_NS, new);
		row->time = ratio_interval(base, nr[BASE], new, nr[NEW]);
	}
}

static void fill_tables(struct diff *diff)
{
	bool compares_blocks = diff->metrics[METRIC_BLOCKS].is_known;

	for (int facet = 0; facet < NR_FACETS; facet++)
		diff_table_init(&diff->tables[facet], (enum facet)facet, diff->runs.nr);
	for (int side = 0; side < NR_SIDES; side++) {
		for (uint32_t i = 0; i < diff->runs.nr[side]; i++)
			tables_fill(diff->tables, &diff->scope, &diff->alignment, (enum side)side,
				    i, diff->runs.of[side][i]);
		for (uint32_t i = 0; i < diff->runs.nr[side] && compares_blocks; i++)
			blocks_fill(&diff->tables[FACET_BLOCK], &diff->alignment, (enum side)side,
				    i, diff->runs.of[side][i]);
	}
	for (int facet = 0; facet < NR_FACETS; facet++)
		diff_table_judge(&diff->tables[facet], &diff->noise, &byte_noise, DISCOVERY_RATE);
	for (int facet = FACET_SYSCALL; facet < NR_FACETS; facet++)
		measure_call_times(diff, &diff->tables[facet]);
	mark_waiting(diff, FACET_SYSCALL);
	mark_waiting(diff, FACET_CALL_SITE);
}

/* ---- The whole ---- */

static bool any_parallel(const struct aligned_runs *runs)
{
	for (int side = 0; side < NR_SIDES; side++) {
		for (uint32_t i = 0; i < runs->nr[side]; i++) {
			if (runs->of[side][i]->is_parallel)
				return true;
		}
	}
	return false;
}

/* Only what costs counts: that code has moved or is called otherwise does not. */
static bool costs_differ(const struct diff *diff)
{
	for (int metric = 0; metric < NR_METRICS; metric++) {
		if (diff->metrics[metric].change.is_claimed)
			return true;
	}
	vec_each (&diff->tables[FACET_SYSCALL].rows, row) {
		if (!diff->scope.same_calls && diff_row_differs(row))
			return true;
	}
	return false;
}

int diff_make(const struct aligned_runs *runs, const struct diff_options *options,
	      struct diff **out)
{
	struct diff *diff = xnew(struct diff);
	int err;

	diff->runs = *runs;
	diff->has_repeats = runs->nr[BASE] >= ENOUGH_RUNS && runs->nr[NEW] >= ENOUGH_RUNS;
	diff->is_parallel = any_parallel(runs);
	diff->noise = diff->is_parallel ? racing_noise : alone_noise;
	err = options->per ? unit_of_work_parse(options->per, runs, &diff->unit) : 0;
	if (err) {
		free(diff);
		return err;
	}
	scope_of(runs, &diff->scope);
	caveats_find(runs->of[BASE], runs->nr[BASE], runs->of[NEW], runs->nr[NEW], &diff->caveats);
	job_compare(diff_first_run(diff, BASE), diff_first_run(diff, NEW), diff->scope.same_calls,
		    &diff->job);
	for (int metric = 0; metric < NR_METRICS; metric++)
		measure_metric(diff, (enum metric)metric);
	control_metrics(diff);
	alignment_make(runs->of[BASE], runs->nr[BASE], runs->of[NEW], runs->nr[NEW], options->map,
		       &diff->alignment);
	inlined_find(&diff->alignment, runs, &diff->inlined);
	for (int events = 0; events < NR_PATH_EVENTS; events++) {
		aligned_paths_build(&diff->alignment, runs, (enum event_kind_of_path)events,
				    WEIGHT_COUNT, &diff->paths[events]);
		if (events == PATH_FAULTS ? diff->scope.faults
					  : diff->scope.syscalls && diff->scope.same_calls)
			path_changes_find(&diff->paths[events], &diff->noise,
					  &diff->path_changes[events]);
	}
	fill_tables(diff);
	distrust_waiting(diff);
	distrust_lives(diff);
	diff->differs = costs_differ(diff);
	verdict_find(diff, &diff->verdict);
	*out = diff;
	return 0;
}

void diff_free(struct diff *diff)
{
	if (!diff)
		return;
	caveats_fini(&diff->caveats);
	job_fini(&diff->job);
	unit_of_work_fini(&diff->unit);
	for (int events = 0; events < NR_PATH_EVENTS; events++) {
		path_tree_fini(&diff->paths[events]);
		path_changes_fini(&diff->path_changes[events]);
	}
	for (int facet = 0; facet < NR_FACETS; facet++)
		diff_table_fini(&diff->tables[facet]);
	vec_free(&diff->inlined.items);
	alignment_fini(&diff->alignment);
	verdict_fini(&diff->verdict);
	free(diff);
}

enum side diff_heavier(const struct diff *diff, enum metric metric)
{
	return change_delta(&diff->metrics[metric].change) < 0 ? BASE : NEW;
}

const struct run *diff_first_run(const struct diff *diff, enum side side)
{
	return diff->runs.of[side][0];
}
